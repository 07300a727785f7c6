import { type ErrorCode, LeadkitError } from "../../shared/error.js";
import type { Home, Next, Submission, Text } from "../../shared/types.js";
import type { Core } from "../core.js";
import { leadId } from "../id.js";
import type { Settings } from "../options.js";
import type { Fact, Order, Orders, Row } from "./rows.js";
import { mark, spill, spilled } from "./spill.js";
import { Store } from "./store.js";
import { LastWill, post } from "./transport.js";

/** When the browser sends by itself what a page that died could not. */
const LAST_WILL_MS = 30_000;
const TIMEOUT_MS = 15_000;
/** The longest span that `setTimeout` takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What the owner wants the visitor to read, and to see next: by the rules of the edge, private ones too. */
export interface Said {
  readonly message?: Text;
  readonly next?: Next;
}

/** What a page hears about a lead. */
export type OutboxEvent =
  | { readonly type: "kept"; readonly id: string; readonly kept: Home }
  | ({ readonly type: "received"; readonly id: string } & Said)
  | { readonly type: "refused"; readonly id: string; readonly code: string; readonly field: string }
  | { readonly type: "waiting"; readonly id: string; readonly until: number }
  | { readonly type: "dropped"; readonly id: string; readonly code: string };

interface Waiter {
  readonly resolve: (submission: Submission) => void;
  readonly reject: (error: LeadkitError) => void;
}

/**
 * Performs what the core's outbox orders. Decides nothing itself: one loop that takes an event, asks the core, performs its
 * orders and arms one timer.
 */
export class Outbox {
  private readonly store: Store;
  private readonly will: LastWill;
  private readonly waiters = new Map<string, Waiter>();
  /** Leads that are in no database: after a trap the core gets them back from here. */
  private readonly loose = new Map<string, string>();
  /** A clock that never goes back while the page lives. */
  private readonly origin = Date.now() - performance.now();
  private readonly said = new Map<string, Said>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private count: number | undefined;
  private closed = false;

  constructor(
    private readonly core: Core,
    private readonly settings: Settings,
    private readonly tell: (event: OutboxEvent) => void,
  ) {
    this.store = new Store(settings.site, leadId(Date.now()));
    this.will = new LastWill(settings.leads, LAST_WILL_MS);
    core.restored = () => this.restored();
  }

  /** Begins: claims what earlier pages left. */
  start(): void {
    document.addEventListener("visibilitychange", this.onVisibility);
    addEventListener("pagehide", this.onHide);
    addEventListener("pageshow", this.onShow);
    addEventListener("online", this.onOnline);
    this.feed(["shown"]);
    this.recover();
  }

  /** The time that the core is told. */
  now(): number {
    return Math.max(0, Math.floor(this.origin + performance.now()));
  }

  /** Takes a lead. Resolves when it is kept, and says how well. */
  submit(id: string, item: string): Promise<Submission> {
    if (this.closed) return Promise.reject(new LeadkitError("kit.closed", "the kit is closed"));
    return new Promise((resolve, reject) => {
      this.waiters.set(id, { resolve, reject });
      this.loose.set(id, item);
      try {
        this.feed(["captured", id, item]);
      } catch (error) {
        this.waiters.delete(id);
        this.loose.delete(id);
        reject(error);
      }
    });
  }

  /** Gives a lead back to the page, which delivers it by other means. */
  withdraw(id: string): void {
    this.loose.delete(id);
    this.feed(["withdrawn", id]);
  }

  /** Sends now what is not held back by the edge. */
  flush(): void {
    this.feed(["flush"]);
  }

  /** Removes everything of the site from this device. */
  async purge(): Promise<void> {
    this.feed(["purged"]);
    this.will.set("");
    this.loose.clear();
    await this.store.purge();
  }

  /** The part of the store that is not the core's business. */
  get records(): Pick<Store, "raw" | "forgetRaw" | "dead"> {
    return this.store;
  }

  close(): void {
    this.onHide();
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisibility);
    removeEventListener("pagehide", this.onHide);
    removeEventListener("pageshow", this.onShow);
    removeEventListener("online", this.onOnline);
    for (const waiter of this.waiters.values()) waiter.reject(new LeadkitError("kit.closed", "the kit is closed"));
    this.store.close();
  }

  private readonly onHide = (): void => this.feed(["hidden"]);
  private readonly onOnline = (): void => this.feed(["online"]);
  private readonly onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.feed(["shown"]);
  };
  private readonly onVisibility = (): void => this.feed([document.visibilityState === "hidden" ? "hidden" : "shown"]);

  private recover(): void {
    for (const [id, item] of spilled(this.settings.site)) {
      if (!this.loose.has(id)) this.feed(["recovered", id, item]);
    }
  }

  private restored(): void {
    for (const [id, item] of this.loose) this.feed(["recovered", id, item]);
    this.feed(["shown"]);
  }

  /** The loop: everything that happens comes through here. */
  private feed(fact: Fact): void {
    if (this.closed) return;
    const answer = JSON.parse(this.core.outbox(JSON.stringify([this.now(), ...fact]))) as Orders;
    for (const order of answer.orders) this.perform(order);
    if (answer.count !== this.count) {
      this.count = answer.count;
      mark(this.settings.site, answer.count > 0);
    }
    clearTimeout(this.timer);
    if (answer.due !== null) {
      const span = Math.min(Math.max(answer.due - this.now(), 0), MAX_TIMER_MS);
      this.timer = setTimeout(() => this.report(["tick"]), span);
    }
  }

  /** Reports the result of an order. A core that was given up cannot use it; what is stored waits for the next page. */
  private report(fact: Fact, generation = this.core.generation): void {
    if (generation !== this.core.generation) return;
    try {
      this.feed(fact);
    } catch (error) {
      if (!(error instanceof LeadkitError)) throw error;
    }
  }

  private perform(order: Order): void {
    const generation = this.core.generation;
    switch (order[0]) {
      case "store":
        void this.storeRow(order[1]).then((fact) => this.report(fact, generation));
        break;
      case "claim":
        void this.store.claim(this.now(), order[1], order[2], order[3]).then(
          (claimed) => this.report(["claimed", claimed], generation),
          () => this.report(["claim_failed"], generation),
        );
        break;
      case "send":
        this.send(order[1], order[2], order[3]);
        break;
      case "settle":
        for (const id of order[1].forget) this.loose.delete(id);
        for (const { id } of order[1].dead) this.loose.delete(id);
        // Rows that stay are claimed again later, which is harmless: the edge knows their ids.
        void this.store.settle(order[1]).catch(() => undefined);
        break;
      case "arm":
        this.will.set(order[1]);
        break;
      case "tell":
        this.announce(order);
    }
  }

  private async storeRow(row: Row): Promise<Fact> {
    const { home, gate } = await this.store.add(row);
    return ["stored", row.id, home, gate];
  }

  private send(batch: number, body: string, keepalive: boolean): void {
    const generation = this.core.generation;
    const timeout = this.settings.outbox.timeoutMs ?? TIMEOUT_MS;
    void post(this.settings.leads, body, keepalive, timeout).then((answer) => {
      if (answer) this.hear(answer.body);
      if (answer) this.report(["answered", batch, answer.status, answer.retryAfter, answer.body], generation);
      else this.report(["unanswered", batch], generation);
    });
  }

  /** Notes what the edge says to the visitor; which leads it has is the core's business. */
  private hear(body: string): void {
    try {
      const { r } = JSON.parse(body) as { r: { id: string; m?: Text; n?: Next }[] };
      for (const { id, m, n } of r) {
        if (m || n) this.said.set(id, { ...(m && { message: m }), ...(n && { next: n }) });
      }
    } catch {
      // No answer of an edge: the core finds that out.
    }
  }

  private announce(order: Order & readonly ["tell", ...unknown[]]): void {
    const [, word, id] = order;
    const waiter = this.waiters.get(id);
    if (word === "kept") {
      if (order[3] === "disk") this.loose.delete(id);
      this.waiters.delete(id);
      waiter?.resolve({ id, kept: order[3] });
      this.tell({ type: word, id, kept: order[3] });
    } else if (word === "dropped") {
      this.loose.delete(id);
      this.waiters.delete(id);
      const code = order[3] as ErrorCode;
      waiter?.reject(new LeadkitError(code, "the outbox did not take the lead", { id }));
      this.tell({ type: word, id, code });
    } else if (word === "refused") {
      this.tell({ type: word, id, code: order[3], field: order[4] });
    } else if (word === "waiting") {
      this.tell({ type: word, id, until: order[3] });
    } else {
      this.tell({ type: word, id, ...this.said.get(id) });
      this.said.delete(id);
    }
  }
}

/** Keeps an item for the next page when the core is given up; says whether that worked. */
export const keepForNextPage = (site: string, id: string, item: string): boolean => {
  mark(site, true);
  return spill(site, id, item);
};
