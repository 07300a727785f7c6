import init, * as glue from "../kit/full.js";
import { LeadkitError } from "../shared/error.js";
import type { Checked, LeadInput, SiteConfig, Values, Verdict } from "../shared/types.js";
import { OWN } from "./core.js";
import type { FormatQuestion } from "./formats.js";
import { leadId } from "./id.js";
import type { ModuleSource } from "./modules.js";

interface RawChecked extends Omit<Checked, "pending"> {
  readonly questions: readonly FormatQuestion[];
}

/** The module, as its glue exports it. */
export interface RawFull {
  accept(form: string, values: Values, locale: string): unknown;
  judge(lead: object, now: number): unknown;
  pack(name: string, bytes: Uint8Array): boolean;
  watch(element: HTMLFormElement, form: string, heard: (answer: unknown) => void): { free(): void } | undefined;
}

/** What {@link loadFull} needs. */
export interface FullOptions {
  /** The public configuration of the site, as the edge answers it. */
  readonly config: SiteConfig;
}

/**
 * The forms and public rules of a site for code that draws its forms itself: values in, values out, at once. It keeps and
 * sends nothing; `leadkit()` does.
 */
export class Full {
  readonly #raw: RawFull;

  /** Use {@link loadFull}. */
  constructor(raw: RawFull) {
    this.#raw = raw;
  }

  /** Checks values under a form. `locale` is the language in which dates and amounts are typed. */
  check(form: string, values: Values, locale = ""): Checked {
    return heard(
      form,
      plain(() => this.#raw.accept(form, values, locale)),
    );
  }

  /** The verdict by the public rules. The edge judges again by all rules, and its verdict wins. */
  judge(lead: LeadInput, now = Date.now()): Verdict {
    const { id = leadId(now), form, values: data, context: ctx, consent } = lead;
    const verdict = plain(() => this.#raw.judge({ id, at: now, form, data, ctx, consent }, now)) as Verdict | undefined;
    if (verdict === undefined) throw unknownForm(form);
    return verdict;
  }

  /** Tells what a form makes of the values of an element, whenever a field is left or something is chosen; the answer ends it. */
  watch(element: HTMLFormElement, form: string, listener: (checked: Checked) => void): () => void {
    const watch = this.#raw.watch(element, form, (answer: unknown) => listener(heard(form, answer)));
    if (watch === undefined) throw unknownForm(form);
    return () => watch.free();
  }
}

/** Loads the module, and those that check the fields of the forms in the configuration. */
export async function loadFull(wasm: URL, modules: ModuleSource, { config }: FullOptions): Promise<Full> {
  await init({ module_or_path: wasm });
  const raw = made(config, (question) => modules.answer(question));
  const fields = Object.values(config.forms).flatMap((form) => form.fields);
  const kinds = fields.map(({ type }) => type).filter((type) => !OWN.test(type));
  const lists = (["disposable", "free"] as const).map(async (name) => {
    const bytes = await modules.bytes(`${name}.pack`).catch(() => undefined);
    if (bytes !== undefined) raw.pack(name, bytes);
  });
  await Promise.all([...lists, kinds.length > 0 ? modules.load(kinds, "wasm") : undefined]);
  return new Full(raw);
}

function made(config: SiteConfig, ask: (question: FormatQuestion) => unknown): RawFull {
  try {
    return new glue.Full(config, ask);
  } catch (errors) {
    throw new LeadkitError("config.invalid", "the configuration is not valid", { errors });
  }
}

/** What cannot be JSON is refused before anything is asked. */
function plain(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    throw new LeadkitError("lead.invalid", "the values cannot be written as JSON", {}, error);
  }
}

function heard(form: string, answer: unknown): Checked {
  if (answer === undefined) throw unknownForm(form);
  const { questions, ...checked } = answer as RawChecked & { readonly wanted?: unknown };
  delete (checked as { wanted?: unknown }).wanted;
  const asked = new Set(questions.map(({ value }) => value));
  const pending = Object.keys(checked.values).filter((name) => asked.has(String(checked.values[name])));
  return { ...checked, pending };
}

const unknownForm = (form: string): LeadkitError =>
  new LeadkitError("form.unknown", `the configuration has no form "${form}"`, { form });
