import { LeadkitError } from "../../shared/error.js";
import type { Checked, LeadInput, Problem, Submission } from "../../shared/types.js";
import { leadId } from "../id.js";
import type { Kit } from "../kit.js";
import type { Said } from "../outbox/outbox.js";
import { consent } from "./consent.js";
import { type Extras, extend } from "./extend.js";
import { awaitFate, type Fate } from "./fate.js";
import { read, show } from "./fields.js";
import { native } from "./native.js";
import { Aids } from "./problems.js";
import { PROOF, Proof, type Solver } from "./proof.js";
import { Status } from "./status.js";
import { senders, tell } from "./tell.js";
import { type Language, language, pick, type Words, words } from "./words.js";

/** What a form fetches only when it needs it. */
export interface Helpers {
  readonly solve: Solver;
  readonly extras: () => Promise<Extras>;
}

/** Gives the sentences of a language. */
export type LanguageSource = (locale: string) => Promise<Language>;

const bound = new WeakMap<HTMLFormElement, Binding>();

/** Makes a form of the page one of the kit's. A form is bound once. */
export function bind(form: HTMLFormElement, kit: Kit, sentences: LanguageSource, helpers: Helpers): Binding {
  const binding = bound.get(form) ?? new Binding(form, kit, sentences, helpers);
  bound.set(form, binding);
  return binding;
}

/** A form of the page that checks, submits and tells the truth. */
export class Binding {
  private readonly name: string;
  private readonly aids: Aids;
  private readonly status: Status;
  private words: Words;
  private readonly locale: string;
  private hidden: Set<string> = new Set();
  private busy = false;
  /** Whether a submit found problems. */
  private tried = false;
  /** What the edge objects to, and for which value. */
  private objection: { readonly problem: Problem; readonly value: string } | undefined;
  /** When the visitor first touched the form. */
  private began: number | undefined;
  /** The work that the edge asks for. */
  private readonly proof: Proof | undefined;
  /** The attempt that is kept but not answered; a second one with the same values is the same lead. */
  private last: { readonly id: string; readonly content: string } | undefined;
  /** Ends every listener of this binding. */
  private readonly end = new AbortController();

  constructor(
    private readonly form: HTMLFormElement,
    private readonly kit: Kit,
    sentences: LanguageSource,
    { solve, extras }: Helpers,
  ) {
    this.name = form.dataset.leadkit ?? "";
    if (kit.config?.$work?.includes(this.name)) {
      this.proof = new Proof(kit.settings.challenge(this.name), solve);
      form.addEventListener("focusin", () => this.proof?.begin(), { signal: this.end.signal });
      if (form.contains(document.activeElement)) this.proof.begin();
    }
    this.locale = language(form, kit.config?.site.locale ?? "en");
    this.words = words;
    this.aids = new Aids(form, this.words, this.locale, () => kit.config?.forms[this.name]?.fields ?? []);
    this.status = new Status(form);
    const { signal } = this.end;
    const on = (type: string, listener: (event: never) => void): void =>
      form.addEventListener(type, listener as EventListener, { signal });
    on("submit", this.onSubmit);
    on("input", this.onInput);
    on("change", this.onInput);
    on("focusout", this.onBlur);
    addEventListener("pageshow", this.onShow, { signal });
    void sentences(this.locale).then(({ messages, words: own }) => {
      this.words = { ...words, ...own };
      this.aids.messages = messages;
      this.aids.words = this.words;
      // Until there are sentences in the page's language, the browser's own say what is missing.
      form.noValidate = this.checked() !== undefined;
      this.update();
    });
    signal.addEventListener(
      "abort",
      kit.on("known", () => this.update()),
    );
    void kit.ready(this.name);
    this.update();
    const update = (): void => this.update();
    const host = { form, name: this.name, locale: this.locale, signal, review: this.review, update };
    void extend(kit, host, extras).then(() => this.dispatch("ready"));
  }

  /** Takes the form's values as the visitor's submit. `id` names an attempt that was begun before the core was there. */
  async submit(id?: string): Promise<void> {
    if (this.busy) return;
    if (id !== undefined) this.last = { id, content: JSON.stringify(read(this.form, this.hidden)) };
    this.busy = true;
    try {
      await this.attempt();
    } finally {
      this.busy = false;
    }
  }

  /** Gives the form back to the page: no listener stays. A lead that is on its way arrives all the same. */
  release(): void {
    bound.delete(this.form);
    this.end.abort();
    this.aids.remove();
  }

  private readonly onSubmit = (event: SubmitEvent): void => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    void this.submit();
  };

  private readonly onInput = (): void => {
    this.began ??= performance.now();
    this.update();
  };

  /** Fields are checked when they are left, once there was an error. */
  private readonly onBlur = (event: FocusEvent): void => {
    const left = event.target as { name?: string } | null;
    this.update(this.tried ? left?.name : undefined);
  };

  /** A page that comes back from the cache of the back button takes a new lead. */
  private readonly onShow = (event: PageTransitionEvent): void => {
    if (event.persisted && !this.busy) this.status.say("idle", "");
  };

  /** Brings what is shown in step with the values. New problems wait for a submit, or until their field is `left`. */
  private update(left?: string): void {
    const checked = this.checked();
    if (!checked) return;
    const { wrong } = this.aids;
    const problems = checked.problems.filter(({ field }) => wrong.has(field) || field === left);
    if (this.objection && this.objection.value === this.valueOf(this.objection.problem.field)) {
      problems.push(this.objection.problem);
    }
    if (wrong.size > 0 || problems.length > 0) this.aids.show(problems, false);
    this.aids.offer(checked.suggestions);
  }

  private valueOf(field: string): string {
    return JSON.stringify(read(this.form, this.hidden)[field]);
  }

  /** Checks the values and shows the fields that belong to them; nothing where no configuration could be had. */
  private checked(): Checked | undefined {
    const fields = this.kit.config?.forms[this.name]?.fields;
    if (!fields) return undefined;
    const names = fields.map((field) => field.name);
    try {
      // What is shown depends on values, and which values count depends on what is shown.
      const checked = this.kit.check(this.name, read(this.form, new Set()), this.locale);
      this.hidden = show(this.form, names, checked.shown);
      return checked;
    } catch (error) {
      if (error instanceof LeadkitError && error.code === "core.failed") return undefined;
      throw error;
    }
  }

  private async attempt(): Promise<void> {
    const checked = this.checked();
    if (!checked && !this.form.reportValidity()) return;
    if (checked) {
      this.aids.show(checked.problems, true);
      this.aids.offer(checked.suggestions);
      if (checked.problems.length > 0) {
        this.tried = true;
        this.status.say("invalid", "");
        this.dispatch("problems", { problems: checked.problems });
        return;
      }
    }
    let lead = this.lead();
    this.status.say("sending", this.words.sending);
    const proof = this.proof && !(PROOF in lead.values) ? await this.proof.take() : undefined;
    if (proof !== undefined) lead = { ...lead, values: { ...lead.values, [PROOF]: proof } };
    let submission: Submission;
    const fate = awaitFate(this.kit, lead.id);
    senders.set(lead.id, this.form);
    try {
      submission = await this.kit.submit(lead);
    } catch (error) {
      fate.cancel();
      this.failed(error, lead.id);
      return;
    }
    this.dispatch("kept", { id: submission.id, kept: submission.kept });
    await this.conclude(submission, await fate.first);
  }

  private lead(): LeadInput & { readonly id: string } {
    const values = read(this.form, this.hidden);
    const content = JSON.stringify(values);
    const id = this.last?.content === content ? this.last.id : (this.form.dataset.leadkitId ?? leadId(Date.now()));
    this.last = { id, content };
    return {
      id,
      form: this.name,
      values,
      context: {
        url: location.href,
        referrer: document.referrer,
        locale: this.locale,
        time_on_form: this.began === undefined ? 0 : Math.round(performance.now() - this.began) / 1000,
      },
      consent: consent(this.form, this.kit.config, values, this.locale),
    };
  }

  private async conclude({ id, kept }: Submission, fate: Fate): Promise<void> {
    if (fate.is === "refused") {
      senders.delete(id);
      this.last = undefined;
      if (fate.field) {
        const problem = { field: fate.field, code: fate.code };
        this.objection = { problem, value: this.valueOf(fate.field) };
        this.tried = true;
        this.aids.show([problem], true);
      }
      this.status.say("refused", this.words.refused);
      this.dispatch("refused", { id, code: fate.code, field: fate.field });
      return;
    }
    if (fate.is === "received") {
      this.received(fate);
      return;
    }
    if (kept === "memory") {
      this.kit.withdraw(id);
      native(this.form, this.kit.settings.post(this.name), id);
      return;
    }
    this.status.say("saved", kept === "disk" ? this.words.saved : this.words.spilled);
    this.dispatch("waiting", { id });
    const content = this.last?.content;
    const later = this.kit.on("received", (event) => {
      if (event.id !== id) return;
      later();
      if (this.last?.content === content && !this.busy) this.received(event);
    });
  }

  private received({ message, next }: Said): void {
    const thanks = this.kit.config?.forms[this.name]?.thanks;
    this.last = undefined;
    this.began = undefined;
    this.tried = false;
    this.objection = undefined;
    this.form.reset();
    this.update();
    const words = pick(message, this.locale) || pick(thanks?.text, this.locale) || this.words.received;
    this.status.say("received", words);
    if (next?.url) this.status.link(next.url, pick(next.text, this.locale) || next.url);
    if (thanks?.url && !message && !next) location.assign(thanks.url);
  }

  /** What the outbox would not take goes the way of a page without scripts. */
  private failed(error: unknown, id: string): void {
    if (error instanceof LeadkitError && error.code === "outbox.full") {
      this.status.say("full", this.words.full);
      this.dispatch("dropped", { id, code: error.code });
      return;
    }
    native(this.form, this.kit.settings.post(this.name), id);
  }

  /** Tells the page. Nothing that a visitor typed is in an event. */
  private dispatch(type: string, detail: Record<string, unknown> = {}): void {
    tell(this.form, type, { form: this.name, ...detail });
  }

  private readonly review = (fields: ReadonlySet<string>): boolean => {
    const problems = this.checked()?.problems.filter(({ field }) => fields.has(field)) ?? [];
    this.tried ||= problems.length > 0;
    this.aids.show(problems, true);
    return problems.length === 0;
  };
}
