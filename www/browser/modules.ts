import * as formatsGlue from "../kit/formats.js";
import * as judgeGlue from "../kit/judge.js";
import manifest from "../kit/manifest.js";
import * as phoneGlue from "../kit/phone.js";
import type { Level } from "./core.js";
import { type FormatAnswer, type FormatQuestion, Formats, type FormatsGlue } from "./formats.js";
import { type PhoneGlue, Phones } from "./phone.js";

/** What judges leads, as the glue of the judging module exports it. */
export interface RawJudge {
  packs(disposable: Uint8Array, free: Uint8Array): void;
  judge(lead: string, known: string, now: string): string;
}

interface JudgeGlue {
  readonly Judge: new (config: string) => RawJudge;
}
interface WasmGlue {
  default(source: { module_or_path: BufferSource }): Promise<unknown>;
  __wbg_reset_state(): void;
}
interface PlainGlue {
  initSync(): unknown;
  __wbg_reset_state(): void;
}

type Name = "formats" | "judge" | "phone";
type PlainName = `${Name}-plain.js`;
type FileName = `${Name}.wasm` | "countries.txt" | "disposable.pack" | "free.pack" | "phone.pack";

/** Where the files of the package lie. */
export interface ModuleFiles {
  readonly at: (name: FileName) => URL;
  readonly plain: (name: PlainName) => Promise<unknown>;
}

/** Answers the lines of one module, and is made anew after a trap. */
interface Answerer {
  readonly answer: (question: FormatQuestion) => FormatAnswer | undefined;
  readonly reset: () => void;
}

/** After this many traps a module is given up; the edge answers what it was asked. */
const MAX_TRAPS = 2;

const BESIDE: Readonly<Record<Name, unknown>> = { formats: formatsGlue, judge: judgeGlue, phone: phoneGlue };

/**
 * Gets a file whose SHA-256 is in the manifest of the build. The platform refuses one with another hash, as it refuses a
 * script with a wrong `integrity`.
 */
export async function verified(url: URL, name: string): Promise<Response> {
  const integrity = manifest[name];
  if (integrity === undefined) throw new Error(`the manifest does not name ${name}`);
  const response = await fetch(url, { credentials: "omit", integrity });
  if (!response.ok) throw new Error(`there is no ${name}`);
  return response;
}

/** Fetches what few pages need, each thing once, and answers the questions that the core has for it. */
export class ModuleSource {
  private readonly loading = new Map<Name, Promise<void>>();
  private readonly ready = new Map<Name, Answerer>();
  private readonly traps = new Map<Name, number>();
  private judging: Promise<JudgeGlue> | undefined;
  private phones: Phones | undefined;

  constructor(private readonly files: ModuleFiles) {}

  /** Loads what fields of these kinds are checked by. Says whether everything could be had; what was had stays. */
  async load(kinds: readonly string[], level: Level): Promise<boolean> {
    const names = new Set(kinds.map((kind) => moduleOf(kind)));
    const loads = await Promise.allSettled(Array.from(names, (name) => this.once(name, level)));
    return loads.every(({ status }) => status === "fulfilled");
  }

  /** Answers a question, or nothing while its module is not there. */
  answer(question: FormatQuestion): FormatAnswer | undefined {
    const name = moduleOf(question.kind);
    const module = this.ready.get(name);
    if (!module) return undefined;
    try {
      return module.answer(question);
    } catch {
      this.trapped(name, module);
      return undefined;
    }
  }

  /** Groups the digits of a telephone number, or gives nothing while its formats are not there. */
  group(text: string, country: string): string | undefined {
    try {
      return this.phones?.group(text, country);
    } catch {
      // Without the module a number stands as it was typed.
      this.phones = undefined;
      return undefined;
    }
  }

  /** Makes a judge of a public configuration, with the lists of mail hosts. */
  async judge(config: string, level: Level): Promise<RawJudge> {
    this.judging ??= this.glue<JudgeGlue>("judge", level).catch((error: unknown) => {
      this.judging = undefined;
      throw error;
    });
    // Without a list, whether a host is on it is not known; the rules can bear that.
    const pack = (name: FileName): Promise<Uint8Array> => this.bytes(name).catch(() => new Uint8Array());
    const [{ Judge }, disposable, free] = await Promise.all([this.judging, pack("disposable.pack"), pack("free.pack")]);
    const judge = new Judge(config);
    judge.packs(disposable, free);
    return judge;
  }

  private once(name: Name, level: Level): Promise<void> {
    const loading =
      this.loading.get(name) ??
      (name === "phone" ? this.phone(level) : this.formats(level)).catch((error: unknown) => {
        this.loading.delete(name);
        throw error;
      });
    this.loading.set(name, loading);
    return loading;
  }

  /** How numbers are written comes beside the module, which judges them without it. */
  private async phone(level: Level): Promise<void> {
    const formats = this.bytes("phone.pack").catch(() => undefined);
    const glue = await this.glue<PhoneGlue & PlainGlue>("phone", level);
    this.use("phone", new Phones(glue), glue);
    const pack = await formats;
    if (pack) this.phones = new Phones(glue, pack);
  }

  /** The names of countries come beside the module, which judges everything else without them. */
  private async formats(level: Level): Promise<void> {
    const countries = verified(this.files.at("countries.txt"), "countries.txt").then((response) => response.text());
    countries.catch(() => undefined);
    const glue = await this.glue<FormatsGlue & PlainGlue>("formats", level);
    this.use("formats", new Formats(glue), glue);
    this.use("formats", new Formats(glue, await countries), glue);
  }

  private use(name: Name, module: Pick<Answerer, "answer">, glue: PlainGlue): void {
    this.ready.set(name, {
      answer: (question) => module.answer(question),
      reset: () => glue.__wbg_reset_state(),
    });
  }

  /** The glue of a module: over its Wasm, or where that is refused or cannot be had over plain JavaScript. */
  private async glue<T>(name: Name, level: Level): Promise<T> {
    if (level === "wasm") {
      try {
        const glue = BESIDE[name] as WasmGlue & T;
        await glue.default({ module_or_path: await this.bytes(`${name}.wasm`) });
        return glue;
      } catch {
        // The next level may work.
      }
    }
    const glue = (await this.files.plain(`${name}-plain.js`)) as PlainGlue & T;
    glue.initSync();
    return glue;
  }

  /** The bytes of a file, checked against its hash. */
  async bytes(name: FileName): Promise<Uint8Array<ArrayBuffer>> {
    const response = await verified(this.files.at(name), name);
    return new Uint8Array(await response.arrayBuffer());
  }

  private trapped(name: Name, module: Answerer): void {
    const traps = (this.traps.get(name) ?? 0) + 1;
    this.traps.set(name, traps);
    try {
      if (traps >= MAX_TRAPS) throw new Error("given up");
      module.reset();
    } catch {
      this.ready.delete(name);
    }
  }
}

const moduleOf = (kind: string): Name => (kind === "phone" ? "phone" : "formats");
