/**
 * The kiosk: one form on one device for many people, with or without a connection.
 *
 * Each visitor has a form of their own, made from a template and thrown away with all that it knew: nothing of one is ever
 * shown to the next. What the visitor sent lies in the outbox, which no page shows.
 */
import type { SiteConfig } from "../../shared/types.js";
import type { Binding } from "../form/bind.js";
import { language } from "../form/words.js";
import type { Connection, Leadkit } from "../index.js";
import { Device } from "./device.js";
import { type Offline, offline } from "./offline.js";
import { Operator } from "./operator.js";
import { Turn } from "./turn.js";
import { kioskWords, operatorWords } from "./words.js";

/** As many leads wait on a device; a page takes fewer. */
const MAX_LEADS = 10_000;
const TICK_MS = 250;
/** How often the counter of unsent leads looks. */
const COUNT_MS = 2_000;
/** How often the page asks whether it is still what the edge has. */
const REFRESH_MS = 3_600_000;
const SECONDS = { idle: 60, warn: 20, done: 10 };

/** Runs the kiosk of a page that the edge rendered. */
class Kiosk {
  private readonly site: string;
  private readonly form: string;
  private readonly locale = language(document.body, "en");
  private readonly words = kioskWords(this.locale);
  private readonly stage = find("[data-stage]");
  private readonly template = find("template") as HTMLTemplateElement;
  private readonly ask = find("[data-ask]");
  private readonly sentence = find("[data-sentence]");
  private readonly seconds = find("[data-seconds]");
  private readonly counter = find("[data-count]");
  private readonly device: Device;
  private readonly operator: Operator;
  private readonly turn: Turn;
  private kit: Leadkit | undefined;
  private binding: Binding | undefined;
  private offline: Offline | undefined;
  private ready = false;
  /** Whether the next visitor gets the page anew: it changed, or something in it broke. */
  private stale = false;

  constructor() {
    const { site = "", form = "" } = document.body.dataset;
    this.site = site;
    this.form = form;
    this.device = new Device(site);
    this.turn = new Turn(spans());
    this.operator = new Operator(this.counter, {
      site,
      device: this.device,
      words: operatorWords(this.locale),
      send: () => this.kit?.flush(),
      ready: () => this.ready,
    });
    for (const [name, text] of [
      ["stay", this.words.stay],
      ["next", this.words.next],
    ] as const) {
      find(`[data-${name}]`).textContent = text;
    }
  }

  async start(): Promise<void> {
    this.stage.textContent = this.words.wait;
    this.listen();
    try {
      this.offline = await offline("/v1/kiosk/worker.js");
      this.kit = await this.open();
      await this.kit.ready(this.form);
    } catch (error) {
      this.stage.textContent = this.words.unavailable;
      throw error;
    }
    this.next();
    setInterval(() => this.tick(), TICK_MS);
    setInterval(() => void this.count(), COUNT_MS);
    setInterval(() => void this.refresh(), REFRESH_MS);
    addEventListener("online", () => void this.refresh());
    await this.count();
    await this.keep();
    await this.refresh();
  }

  /** The kit without what makes one person's page remember: drafts, values from the address, ways out of the page. */
  private async open(): Promise<Leadkit> {
    const response = await fetch(`/v1/site/${this.site}`, { credentials: "omit" });
    if (!response.ok) throw new Error(`the edge answered ${response.status}`);
    const config = (await response.json()) as SiteConfig;
    const forms = Object.entries(config.forms).map(([name, { draft: _, thanks, ...form }]) => {
      const fields = form.fields.map(({ prefill: _, ...field }) => field);
      return [name, { ...form, fields, ...(thanks?.text && { thanks: { text: thanks.text } }) }] as const;
    });
    const { leadkit } = (await import(new URL("./core.js", import.meta.url).href)) as Connection;
    return leadkit({
      endpoint: "",
      site: this.site,
      config: { ...config, forms: Object.fromEntries(forms) },
      outbox: { maxLeads: MAX_LEADS },
      context: () => ({ kiosk: true }),
    });
  }

  /** The turn of the next visitor: a new form, and nothing left of the one before. */
  private next(): void {
    if (this.stale) {
      location.reload();
      return;
    }
    this.operator.close();
    this.binding?.release();
    for (const old of this.stage.querySelectorAll("form")) old.reset();
    this.ask.hidden = true;
    const copy = document.importNode(this.template.content, true);
    const form = copy.querySelector("form") as HTMLFormElement;
    form.autocomplete = "off";
    // What cannot be kept on the device is posted, and the page stays.
    form.target = "kiosk-post";
    for (const control of form.querySelectorAll<HTMLInputElement>("input,select,textarea")) {
      control.autocomplete = "off";
      control.spellcheck = false;
    }
    this.stage.replaceChildren(copy);
    delete this.stage.dataset["done"];
    this.turn.phase = "fresh";
    getSelection()?.removeAllRanges();
    scrollTo(0, 0);
    this.binding = this.kit?.bind(form);
  }

  private listen(): void {
    const { stage, turn } = this;
    const began = (): void => turn.began(Date.now());
    for (const type of ["input", "change", "click"]) stage.addEventListener(type, began);
    for (const type of ["pointerdown", "keydown", "wheel", "touchmove"]) {
      addEventListener(type, () => turn.touched(Date.now()), { passive: true });
    }
    stage.addEventListener("leadkit:kept", (event) => {
      const { kept } = (event as CustomEvent<{ kept: string }>).detail;
      turn.done(Date.now());
      stage.dataset["done"] = "";
      this.stale ||= kept === "memory";
      if (kept === "memory") this.say(this.words.lost);
      void this.count();
    });
    for (const type of ["leadkit:refused", "leadkit:dropped"]) {
      stage.addEventListener(type, () => {
        delete stage.dataset["done"];
        turn.again(Date.now());
      });
    }
    document.addEventListener("leadkit:received", () => void this.count());
    find("[data-stay]").addEventListener("click", () => turn.stay(Date.now()));
    find("[data-next]").addEventListener("click", () => this.next());
    // Nothing leads out of the page, and nothing is carried from one person to the next.
    stage.addEventListener("click", (event) => {
      if ((event.target as Element).closest("a")) event.preventDefault();
    });
    for (const type of ["copy", "cut", "dragstart", "contextmenu"]) {
      stage.addEventListener(type, (event) => event.preventDefault());
    }
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    addEventListener("unhandledrejection", () => {
      this.stale = true;
    });
  }

  private tick(): void {
    const left = this.turn.left(Date.now());
    if (left === "over") {
      this.next();
      return;
    }
    this.ask.hidden = left === undefined;
    if (left === undefined) return;
    const text = this.turn.phase === "done" ? this.words.done : this.words.idle;
    if (this.sentence.textContent !== text) this.sentence.textContent = text;
    this.seconds.textContent = String(left);
  }

  private say(text: string): void {
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    words.textContent = text;
    this.stage.prepend(words);
  }

  private async count(): Promise<void> {
    const { unsent } = await this.device.count().catch(() => ({ unsent: -1 }));
    const text = this.words.unsent.replace("{n}", unsent < 0 ? "?" : String(unsent));
    if (this.counter.textContent !== text) this.counter.textContent = text;
    this.counter.dataset["count"] = String(unsent);
  }

  /** Everything that the page needs to begin without a connection. */
  private async keep(): Promise<void> {
    const links = [...document.querySelectorAll<HTMLLinkElement>("link[href]")].map(({ href }) => href);
    const scripts = [...document.scripts].map(({ src }) => src);
    const tag = this.locale.slice(0, 2).toLowerCase();
    const sentences = ["messages", "words"].map((name) => new URL(`/kit/${name}/${tag}.json`, location.href).href);
    const page = location.href.split("#")[0] ?? location.href;
    this.ready = (await this.offline?.keep([page, ...links, ...scripts, ...sentences])) ?? false;
    document.body.dataset["offline"] = String(this.ready);
  }

  private async refresh(): Promise<void> {
    if (!navigator.onLine || !this.ready) return;
    this.stale ||= (await this.offline?.refresh()) ?? false;
    if (this.stale && this.turn.phase === "fresh") location.reload();
  }
}

function find(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

/** The spans, with those of the address in seconds: `?idle=90&warn=20&done=15`. */
function spans(): { idle: number; warn: number; done: number } {
  const parameters = new URLSearchParams(location.search);
  const of = (name: keyof typeof SECONDS): number => {
    const seconds = Number(parameters.get(name) ?? SECONDS[name]);
    return (seconds > 0 && seconds <= 3_600 ? seconds : SECONDS[name]) * 1_000;
  };
  return { idle: of("idle"), warn: of("warn"), done: of("done") };
}

void new Kiosk().start();
