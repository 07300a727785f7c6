import { ELEMENT, FORM, fillElement, fold } from "./element.js";
import type { Binding } from "./form/bind.js";
import { read } from "./form/fields.js";
import { native } from "./form/native.js";
import { language } from "./form/words.js";
import { leadId } from "./id.js";
import type { Connection } from "./index.js";
import { type Options, settings } from "./options.js";
import { isMarked } from "./outbox/spill.js";
import { hasRaw, writeRaw } from "./raw.js";
import type { Touches } from "./touch/touch.js";

/** How near to the viewport a form has to be before the core is fetched. */
const NEAR = "400px";

/** What a visitor reads who submits while nothing but the loader is there. */
const SPILLED =
  "Kept in this browser. It will be sent as soon as the connection works. Please leave this page open until then.";
const SPILLED_DE =
  "In diesem Browser behalten. Es wird gesendet, sobald die Verbindung steht. Bitte lassen Sie die Seite so lange offen.";

/** The script tag: watches the forms of the page and fetches the core when somebody comes near one. */
export class Loader {
  private readonly options: Options;
  private readonly post: (form: string) => string;
  /** The forms of the page, each with what ends its listeners here. */
  private readonly watched = new Map<HTMLFormElement, AbortController>();
  /** Whether the page wants to know where visitors came from, and the name of the list that tag managers read. */
  private readonly touch: string | undefined;
  private readonly layer: string | undefined;
  private touches: Pick<Touches, "context"> | undefined;
  private readonly bound = new Map<HTMLFormElement, Binding>();
  private readonly nearby: IntersectionObserver;
  private loading: Promise<Connection> | undefined;

  constructor(
    script: HTMLScriptElement,
    private readonly load: () => Promise<Connection>,
    private readonly loadTouches: () => Promise<typeof import("./touch/touch.js")>,
  ) {
    const { endpoint = new URL(script.src).origin, site = "", base, touch, layer } = script.dataset;
    const context = (): Record<string, unknown> => this.touches?.context() ?? {};
    this.options = { endpoint, site, context, ...(base !== undefined && { base }) };
    this.touch = touch;
    this.layer = layer;
    this.post = settings(this.options).post;
    this.nearby = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && idle(() => this.wake()),
      { rootMargin: NEAR },
    );
  }

  /** Begins: finds the forms that are there and that come later, and sends what an earlier page left. */
  start(): void {
    const scan = (): void => {
      for (const form of this.watched.keys()) if (!form.isConnected) this.leave(form);
      for (const form of document.querySelectorAll<HTMLFormElement>(FORM)) this.watch(form);
      for (const element of document.querySelectorAll<HTMLElement>(ELEMENT)) void fillElement(element, this.post);
    };
    scan();
    const changes = { childList: true, subtree: true, attributeFilter: ["form", "data-leadkit"] };
    new MutationObserver(scan).observe(document.documentElement, changes);
    if (this.touch !== undefined) idle(() => void this.see());
    if (this.layer) document.addEventListener("leadkit:received", this.push);
    if (isMarked(this.options.site) || hasRaw(this.options.site)) idle(() => this.wake());
  }

  /** The function that pages call: with the options of the script tag where it gets none. */
  readonly leadkit: Connection["leadkit"] = async (options) => {
    const connection = await this.core();
    return connection.leadkit({ ...this.options, ...options });
  };

  /** Once for each lead that the edge has. Nothing that a visitor typed is in it. */
  private readonly push = (event: Event): void => {
    const page = window as unknown as Record<string, unknown[] | undefined>;
    const layer = this.layer ?? "";
    page[layer] ??= [];
    page[layer].push({ event: "leadkit_received", leadkit_form: (event as CustomEvent<{ form: string }>).detail.form });
  };

  private async see(): Promise<void> {
    try {
      this.touches = (await this.loadTouches()).touches(this.options.site);
    } catch {
      // A lead whose origin is not known is a lead all the same.
    }
  }

  private watch(form: HTMLFormElement): void {
    if (this.watched.has(form)) return;
    const end = new AbortController();
    this.watched.set(form, end);
    if (!form.hasAttribute("action")) {
      form.action = this.post(form.dataset.leadkit ?? "");
      form.method = "post";
    }
    const { signal } = end;
    fold(form, true);
    form.addEventListener("focusin", () => this.wake(), { once: true, signal });
    form.addEventListener("submit", (event) => this.early(form, event), { signal });
    this.nearby.observe(form);
  }

  /** A form that the page took away: nothing of it stays here, and it may come back. */
  private leave(form: HTMLFormElement): void {
    this.watched.get(form)?.abort();
    this.watched.delete(form);
    this.nearby.unobserve(form);
    this.bound.get(form)?.release();
    this.bound.delete(form);
  }

  private wake(): void {
    void this.bindAll().catch(() => fold(document, false));
  }

  private core(): Promise<Connection> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  private async bindAll(): Promise<void> {
    const kit = await this.leadkit(this.options);
    for (const [form, end] of this.watched) {
      this.bound.set(form, kit.bind(form));
      this.nearby.unobserve(form);
      end.abort();
    }
  }

  /** A submit before the core is there: written down, then taken in by the core. */
  private early(form: HTMLFormElement, event: SubmitEvent): void {
    if (event.defaultPrevented || form.dataset.leadkitState !== undefined) return;
    const { site } = this.options;
    const id = leadId(Date.now());
    const record = {
      id,
      at: Date.now(),
      form: form.dataset.leadkit ?? "",
      values: read(form, new Set()),
      url: location.href,
    };
    if (!writeRaw(site, record)) return;
    event.preventDefault();
    form.dataset.leadkitState = "loading";
    void this.take(form, id);
  }

  private async take(form: HTMLFormElement, id: string): Promise<void> {
    try {
      const kit = await this.leadkit(this.options);
      await kit.bind(form).submit(id);
      await kit.forgetRaw(id);
    } catch {
      // The core could not be had. The record is kept; online, the form still goes the way without scripts.
      if (navigator.onLine) native(form, this.post(form.dataset.leadkit ?? ""), id);
      else this.say(form);
    }
  }

  private say(form: HTMLFormElement): void {
    const element = document.createElement("p");
    element.setAttribute("role", "status");
    element.textContent = language(form, "en").startsWith("de") ? SPILLED_DE : SPILLED;
    form.append(element);
    form.dataset.leadkitState = "saved";
  }
}

/** When the page has nothing better to do. */
function idle(work: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: 2_000 });
  else setTimeout(work, 200);
}
