import { ELEMENT, FORM, fillElement } from "./element.js";
import { read } from "./form/fields.js";
import { native } from "./form/native.js";
import { language, words } from "./form/words.js";
import { leadId } from "./id.js";
import type { Connection } from "./index.js";
import { type Options, settings } from "./options.js";
import { isMarked } from "./outbox/spill.js";
import { hasRaw, writeRaw } from "./raw.js";

/** How near to the viewport a form has to be before the core is fetched. */
const NEAR = "400px";

/** The script tag: watches the forms of the page and fetches the core when somebody comes near one. */
export class Loader {
  private readonly options: Options;
  private readonly post: (form: string) => string;
  private readonly watched = new Set<HTMLFormElement>();
  private readonly nearby: IntersectionObserver;
  private loading: Promise<Connection> | undefined;

  constructor(
    script: HTMLScriptElement,
    private readonly load: () => Promise<Connection>,
  ) {
    const { endpoint = new URL(script.src).origin, site = "", base } = script.dataset;
    this.options = base === undefined ? { endpoint, site } : { endpoint, site, base };
    this.post = settings(this.options).post;
    this.nearby = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && idle(() => this.wake()),
      { rootMargin: NEAR },
    );
  }

  /** Begins: finds the forms that are there and that come later, and sends what an earlier page left. */
  start(): void {
    const scan = (): void => {
      for (const form of document.querySelectorAll<HTMLFormElement>(FORM)) this.watch(form);
      for (const element of document.querySelectorAll<HTMLElement>(ELEMENT)) void fillElement(element, this.post);
    };
    scan();
    new MutationObserver(scan).observe(document.documentElement, { childList: true, subtree: true });
    if (isMarked(this.options.site) || hasRaw(this.options.site)) idle(() => this.wake());
  }

  /** The function that pages call: with the options of the script tag where it gets none. */
  readonly leadkit: Connection["leadkit"] = async (options) => {
    const connection = await this.core();
    return connection.leadkit({ ...this.options, ...options });
  };

  private watch(form: HTMLFormElement): void {
    if (this.watched.has(form)) return;
    this.watched.add(form);
    if (!form.hasAttribute("action")) {
      form.action = this.post(form.dataset.leadkit ?? "");
      form.method = "post";
    }
    form.addEventListener("focusin", () => this.wake(), { once: true });
    form.addEventListener("submit", (event) => this.early(form, event));
    this.nearby.observe(form);
  }

  private wake(): void {
    void this.bindAll().catch(() => undefined);
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
    for (const form of this.watched) {
      kit.bind(form);
      this.nearby.unobserve(form);
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
    element.textContent = words(language(form, "en")).spilled;
    form.append(element);
    form.dataset.leadkitState = "saved";
  }
}

/** When the page has nothing better to do. */
function idle(work: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: 2_000 });
  else setTimeout(work, 200);
}
