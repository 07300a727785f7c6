import { LeadkitError } from "../shared/error.js";
import type { Checked, LeadInput, SiteConfig, Submission, Values, Verdict } from "../shared/types.js";
import { Core, type Level, type Loaders, OWN } from "./core.js";
import { type KitEvents, Listeners } from "./events.js";
import type { FormatQuestion } from "./formats.js";
import { leadId } from "./id.js";
import type { ModuleSource, RawJudge } from "./modules.js";
import { type Options, type Settings, settings } from "./options.js";
import { Outbox } from "./outbox/outbox.js";
import type { DeadLetter } from "./outbox/store.js";
import { type RawRecord, spilledRaw, unspillRaw } from "./raw.js";

/** How long the configuration may take to arrive. */
const CONFIG_PATIENCE_MS = 10_000;

/** How long a module that could not be had is not asked for again. */
const REST_MS = 5_000;
/** A country is an answer, on which the question for a number depends, whose answer may show other fields. */
const MAX_ROUNDS = 8;

interface RawChecked extends Omit<Checked, "pending"> {
  /** Hosts whose ASCII form the platform has to tell. */
  readonly wanted: readonly string[];
  /** What modules of their own have to answer. */
  readonly questions: readonly FormatQuestion[];
}

/** What the core is told beside the values. */
interface Known {
  readonly hosts: Record<string, string | null>;
  readonly answers: Record<string, unknown>;
  readonly locale: string;
}

const unknownForm = (form: string): LeadkitError =>
  new LeadkitError("form.unknown", "the configuration has no such form", { form });

/** What a page has of one site. */
export class Kit {
  /** Which level of the core runs. */
  readonly level: Level;
  private readonly listeners = new Listeners();
  private readonly outbox: Outbox;
  private site: SiteConfig | undefined;
  private judging: Promise<RawJudge> | undefined;
  private modules: ModuleSource | undefined;
  private readonly loading = new Map<string, Promise<void>>();
  private end: () => void = () => undefined;
  /** Settles when the kit is closed. */
  readonly closed = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  private constructor(
    private readonly core: Core,
    /** The options with their addresses. */
    readonly settings: Settings,
    private readonly loaders: Loaders,
  ) {
    this.level = core.level;
    this.outbox = new Outbox(core, settings, (event) => this.listeners.emit(event));
  }

  /** Opens a kit: the core is loaded, the outbox runs, the configuration is there or could not be had. */
  static async open(options: Options, loaders: Loaders): Promise<Kit> {
    const read = settings(options);
    const config = Promise.resolve(read.config ?? fetchConfig(read.siteConfig));
    // It is awaited below, after the core; a page must not hear of a refusal that comes before.
    config.catch(() => undefined);
    const core = await Core.open(loaders, read.site, read.outbox);
    const kit = new Kit(core, read, loaders);
    kit.outbox.start();
    await kit.configure(config);
    void kit.takeRaw().catch(() => undefined);
    return kit;
  }

  /** The public configuration; nothing while the edge could not be asked. Leads are kept and sent without it all the same. */
  get config(): SiteConfig | undefined {
    return this.site;
  }

  /**
   * Checks values under a form. What a module of its own checks is `pending` while the module is not there; the first call
   * fetches it, and the event `known` tells when to ask again. `locale` is the language in which dates and amounts are typed.
   */
  check(form: string, values: Values, locale?: string): Checked {
    const { wanted: _, questions, ...checked } = this.checked(form, values, locale ?? this.locale).answer;
    const asked = new Set(questions.map(({ kind, value }) => JSON.stringify([kind, value])));
    const fields = asked.size === 0 ? [] : (this.site?.forms[form]?.fields ?? []);
    const waiting = fields.filter(({ name, type }) => asked.has(JSON.stringify([type, checked.values[name]])));
    if (waiting.length > 0) void this.ready(form);
    return { ...checked, pending: waiting.map(({ name }) => name) };
  }

  /** Fetches the modules that check the fields of a form. Resolves when they are there or could not be had. */
  ready(form: string): Promise<void> {
    const kinds = (this.site?.forms[form]?.fields ?? []).map(({ type }) => type).filter((type) => !OWN.test(type));
    if (kinds.length === 0) return Promise.resolve();
    const known = this.loading.get(form);
    if (known !== undefined) return known;
    const loading = this.fetchModules(kinds).then((isWhole) => {
      if (!isWhole) setTimeout(() => this.loading.delete(form), REST_MS);
      this.listeners.emit({ type: "known" });
    });
    this.loading.set(form, loading);
    return loading;
  }

  /**
   * Judges a lead by the public rules, in a module that the first call fetches. The edge judges it again by all rules, and
   * its verdict wins.
   */
  async judge(lead: LeadInput): Promise<Verdict> {
    this.judging ??= this.loadJudge();
    const [judge] = await Promise.all([this.judging, this.ready(lead.form)]);
    const { known } = this.checked(lead.form, lead.values, this.localeOf(lead));
    const now = this.outbox.now();
    const id = lead.id ?? leadId(now);
    const text = `{"id":"${id}",${this.item(lead, now).slice(1)}`;
    const answer = judge.judge(text, JSON.stringify(known), String(now));
    if (answer === "") throw unknownForm(lead.form);
    return JSON.parse(answer) as Verdict;
  }

  /** Takes a lead. Resolves when it is kept on this device, and says how well; events tell what became of it. */
  async submit(lead: LeadInput): Promise<Submission> {
    const id = lead.id ?? leadId(this.outbox.now());
    return this.outbox.submit(id, this.item(lead, this.outbox.now()));
  }

  /** Groups the digits of a telephone number while it is typed; as it is, while the module for it is not there. */
  group(text: string, country: string): string {
    return this.modules?.group(text, country) ?? text;
  }

  /** Gives a lead back to the page, which delivers it by other means. */
  withdraw(id: string): void {
    this.outbox.withdraw(id);
  }

  /** Sends now what is not held back by the edge. */
  flush(): void {
    this.outbox.flush();
  }

  /** Listens; the answer ends it. */
  on<T extends keyof KitEvents>(type: T, listener: (event: KitEvents[T]) => void): () => void {
    return this.listeners.on(type, listener);
  }

  /** The leads that the edge refused and that lie on this device. */
  refused(): Promise<DeadLetter[]> {
    return this.outbox.records.dead();
  }

  /** Removes everything of the site from this device, unsent leads too. */
  purge(): Promise<void> {
    return this.outbox.purge();
  }

  /** Ends the kit. Unsent leads stay for the next page. */
  close(): void {
    this.outbox.close();
    this.end();
  }

  private async loadJudge(): Promise<RawJudge> {
    try {
      this.modules ??= await this.loaders.modules();
      return await this.modules.judge(JSON.stringify(this.site), this.level);
    } catch (error) {
      this.judging = undefined;
      throw new LeadkitError("core.unavailable", "the judging module could not be loaded", {}, error);
    }
  }

  private async fetchModules(kinds: readonly string[]): Promise<boolean> {
    try {
      this.modules ??= await this.loaders.modules();
      return await this.modules.load(kinds, this.level);
    } catch {
      // Offline, or the edge is in trouble: it will judge what the page could not.
      return false;
    }
  }

  /** Checks values; the core asks for what only the platform or a module knows, and is told. */
  private checked(form: string, values: Values, locale: string): { answer: RawChecked; known: Known } {
    const known: Known = { hosts: {}, answers: {}, locale };
    const text = JSON.stringify(values, wellFormed);
    for (let round = 0; ; round += 1) {
      const answer = this.core.check(form, text, JSON.stringify(known));
      if (answer === "") throw unknownForm(form);
      const raw = JSON.parse(answer) as RawChecked;
      let isNew = false;
      for (const host of raw.wanted) {
        isNew ||= !(host in known.hosts);
        known.hosts[host] ??= ascii(host);
      }
      for (const question of raw.questions) {
        const said = this.modules?.answer(question);
        isNew ||= said !== undefined;
        if (said) known.answers[JSON.stringify(question)] = said;
      }
      if (!isNew || round >= MAX_ROUNDS) return { answer: raw, known };
    }
  }

  /** The language that the edge reads a lead in. */
  private localeOf({ context }: LeadInput): string {
    const said = context?.["locale"];
    return typeof said === "string" ? said : this.locale;
  }

  /** The language of the page, in which dates and numbers are typed. */
  private get locale(): string {
    return document.documentElement.lang || (this.site?.site.locale ?? "en");
  }

  /** The item of the wire format, without id and attempt number. */
  private item(lead: LeadInput, at: number): string {
    const { form, values, context = {}, consent = {} } = lead;
    if (typeof form !== "string" || typeof values !== "object" || values === null) {
      throw new LeadkitError("lead.invalid", "expected a lead with form and values");
    }
    const version = this.site?.$versions?.[form];
    const named = version === undefined ? form : `${form}@${version}`;
    const ctx = { locale: this.locale, ...this.settings.context?.(), ...context };
    return JSON.stringify({ at, form: named, data: values, ctx, consent }, wellFormed);
  }

  private async configure(config: SiteConfig | Promise<SiteConfig>): Promise<void> {
    try {
      const site = await config;
      this.core.load(JSON.stringify(site));
      this.site = site;
    } catch (error) {
      if (this.settings.config || (error instanceof LeadkitError && error.code === "config.invalid")) throw error;
      // Offline, or the edge is in trouble: leads are captured unchecked, and the edge judges them.
    }
  }

  /** Removes what the loader wrote down of a submit that is dealt with. */
  async forgetRaw(id: string): Promise<void> {
    unspillRaw(this.settings.site, id);
    await this.outbox.records.forgetRaw(id).catch(() => undefined);
  }

  /** Takes in what the loader wrote down before the core was there and no page came back for. */
  private async takeRaw(): Promise<void> {
    const stored = await this.outbox.records.raw().catch((): RawRecord[] => []);
    const records = new Map([...spilledRaw(this.settings.site), ...stored].map((record) => [record.id, record]));
    let young = false;
    for (const { id, at, form, values, url } of records.values()) {
      const age = this.outbox.now() - at;
      if (age >= 0 && age < RAW_REST_MS) {
        young = true;
        continue;
      }
      await this.outbox.submit(id, this.item({ form, values, context: { url } }, at));
      await this.forgetRaw(id);
    }
    if (young) setTimeout(() => void this.takeRaw().catch(() => undefined), RAW_REST_MS);
  }
}

/** A raw record this young may belong to a page that is still at work on it. */
const RAW_REST_MS = 60_000;

async function fetchConfig(url: string): Promise<SiteConfig> {
  const response = await fetch(url, { credentials: "omit", signal: AbortSignal.timeout(CONFIG_PATIENCE_MS) });
  if (!response.ok)
    throw new LeadkitError("config.unavailable", "the edge gave no configuration", { status: response.status });
  return (await response.json()) as SiteConfig;
}

/** The ASCII form of an international host by the platform's own parser, or nothing for one that it refuses. */
function ascii(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return null;
  }
}

/** Half a surrogate pair is no text; the edge would refuse the whole batch for it. */
const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value;
