import type { Loaders } from "./core.js";
import { type Binding, bind, type LanguageSource } from "./form/bind.js";
import type { Extras } from "./form/extend.js";
import { prove, type Solver } from "./form/proof.js";
import { tellReceived } from "./form/tell.js";
import type { Language, Messages, Words } from "./form/words.js";
import { Kit } from "./kit.js";
import type { ModuleSource } from "./modules.js";
import type { Options } from "./options.js";
import { plain, wasm } from "./wasm.js";

export { type ErrorCode, LeadkitError } from "../shared/error.js";
export type * from "../shared/types.js";
export type { Level } from "./core.js";
export type { KitEvents } from "./events.js";
export type { Binding } from "./form/bind.js";
export type { Options, OutboxOptions } from "./options.js";
export type { DeadLetter } from "./outbox/store.js";

/** A kit as pages have it: with the binding of forms. */
export interface Leadkit extends Kit {
  /** Makes a form of the page (`<form data-leadkit="contact">`) check, submit and tell what became of the lead. */
  bind(form: HTMLFormElement): Binding;
  /**
   * Does the proof of work that a form asks for, in the background; a bound form does so by itself. What it resolves with
   * goes into the value `altcha` of one lead. Nothing where no challenge can be had: a lead is taken without it too.
   */
  prove(form: string): Promise<string | undefined>;
}

/** Where the files of the package lie. */
export interface Files {
  readonly wasm: URL;
  readonly plain: () => Promise<unknown>;
  readonly modules: () => Promise<{ readonly modules: ModuleSource }>;
  /** The module of what few forms ask for: steps, drafts, values from the address, numbers while they are typed. */
  readonly extras: () => Promise<Extras>;
  /** The module for proof of work. */
  readonly work: () => Promise<unknown>;
  /** The folder of the sentences, and of what the module for proof of work fetches. */
  readonly sentences: URL;
}

/** What an entry exports. */
export interface Connection {
  /** Gets the kit of a site: the core is loaded, the outbox runs. The same options give the same kit. */
  leadkit(options: Options): Promise<Leadkit>;
}

/** Joins the API with the files of an entry. */
export function connect(files: Files): Connection {
  const kits = new Map<string, Promise<Leadkit>>();
  const loaders: Loaders = {
    wasm: () => wasm(files.wasm),
    plain: () => plain(files.plain),
    modules: async () => (await files.modules()).modules,
  };
  const sentences = source(files.sentences);
  const solve: Solver = async (challenge) => {
    const { work } = (await files.work()) as typeof import("./work/work.js");
    return work(challenge, { kit: files.sentences });
  };
  return {
    leadkit(options) {
      const key = JSON.stringify([options.site, options.endpoint, options.base]);
      const known = kits.get(key);
      if (known) return known;
      const opening = Kit.open(options, loaders).then((kit) => {
        tellReceived(kit);
        const helpers = { solve, extras: files.extras };
        return Object.assign(kit, {
          bind: (form: HTMLFormElement) => bind(form, kit, sentences, helpers),
          prove: (form: string) => prove(kit.settings.challenge(form), solve),
        });
      });
      kits.set(key, opening);
      opening.then(
        (kit) => kit.closed.then(() => kits.delete(key)),
        () => kits.delete(key),
      );
      return opening;
    },
  };
}

/** The language whose sentences around a form come with the core. */
const AT_HAND = "en";

/** The sentences of a language, or English ones where there are none. */
function source(folder: URL): LanguageSource {
  const loaded = new Map<string, Promise<Language>>();
  const load = async <T>(path: string): Promise<T> => {
    const response = await fetch(new URL(path, folder), { credentials: "omit" });
    if (!response.ok) throw new Error(`there is no ${path}`);
    return (await response.json()) as T;
  };
  const messages = (tag: string): Promise<Messages> =>
    load<Messages>(`messages/${tag}.json`).catch(() => (tag === "en" ? {} : messages("en")));
  const language = async (tag: string): Promise<Language> => {
    const words = tag === AT_HAND ? {} : load<Partial<Words>>(`words/${tag}.json`).catch(() => ({}));
    return { messages: await messages(tag), words: await words };
  };
  return (locale) => {
    const tag = /^[a-z]{2,3}/i.exec(locale)?.[0].toLowerCase() ?? "en";
    const found = loaded.get(tag) ?? language(tag);
    loaded.set(tag, found);
    return found;
  };
}
