import type { Loaders } from "./core.js";
import { type Binding, bind, type MessageSource } from "./form/bind.js";
import type { Messages } from "./form/words.js";
import { Kit } from "./kit.js";
import type { Options } from "./options.js";
import { judge, plain, wasm } from "./wasm.js";

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
}

/** Where the files of the package lie. */
export interface Files {
  readonly wasm: URL;
  readonly plain: () => Promise<unknown>;
  readonly judge: { readonly glue: () => Promise<unknown>; readonly wasm: URL; readonly plain: () => Promise<unknown> };
  readonly messages: URL;
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
    judge: () => judge(files.judge.glue, files.judge.wasm, files.judge.plain),
  };
  const messages = source(files.messages);
  return {
    leadkit(options) {
      const key = JSON.stringify([options.site, options.endpoint, options.base]);
      const known = kits.get(key);
      if (known) return known;
      const opening = Kit.open(options, loaders).then((kit) =>
        Object.assign(kit, { bind: (form: HTMLFormElement) => bind(form, kit, messages) }),
      );
      kits.set(key, opening);
      opening.then(
        (kit) => kit.closed.then(() => kits.delete(key)),
        () => kits.delete(key),
      );
      return opening;
    },
  };
}

/** The sentences of a language: of the exact tag, of its first part, or English. */
function source(folder: URL): MessageSource {
  const loaded = new Map<string, Promise<Messages>>();
  const load = async (tag: string): Promise<Messages> => {
    const response = await fetch(new URL(`${tag}.json`, folder), { credentials: "omit" });
    if (!response.ok) throw new Error(`there are no messages in ${tag}`);
    return (await response.json()) as Messages;
  };
  return (locale) => {
    const tag = /^[a-z]{2,3}/i.exec(locale)?.[0].toLowerCase() ?? "en";
    const found = loaded.get(tag) ?? load(tag).catch(() => (tag === "en" ? {} : load("en").catch(() => ({}))));
    loaded.set(tag, found);
    return found;
  };
}
