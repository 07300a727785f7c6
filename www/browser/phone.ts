import init, * as glue from "../kit/phone.js";
import type { FormatAnswer, FormatQuestion } from "./formats.js";

/** The exports of the module, as its glue has them: Wasm, or the same as plain JavaScript. */
export interface PhoneGlue {
  /** Gives the exports of the instance. The first call makes that of the module as plain JavaScript. */
  readonly initSync: (module: never) => { readonly memory: WebAssembly.Memory };
  readonly text: () => number;
  readonly pack: () => number;
  readonly check: (length: number, country: number) => number;
  readonly format: (length: number, country: number, abroad: boolean, pack: number) => number;
  readonly group: (length: number, country: number, pack: number) => number;
}

/** What the check says about a text. What could not be read has only a problem. */
export interface PhoneAnswer {
  /** The number as E.164 has it, such as `+4930123456`. */
  readonly e164?: string;
  /** The ISO 3166 code of its region, `001` for codes that belong to none. */
  readonly region?: string;
  /** What it reaches, such as `fixed_line` or `mobile`, if it is valid. */
  readonly type?: string;
  readonly extension?: string;
  /** Whether a number may be that long. */
  readonly possible: boolean;
  readonly valid: boolean;
  /** A code such as `phone.too_short`, or null. */
  readonly problem: string | null;
}

/** As many UTF-16 units as the module takes: the longest text that is read needs fewer. */
const LONGEST = 512;

/**
 * Reads, judges and writes telephone numbers. A country is an ISO 3166 code; without one only numbers with a calling code
 * can be read.
 */
export class Phones {
  readonly #glue: PhoneGlue;
  readonly #formats: Uint8Array;

  /**
   * For the module as plain JavaScript, which has nothing to wait for; that in Wasm is made by `load`. `formats` is
   * the file `phone.pack` of the same package; without it numbers are not formatted.
   */
  constructor(exports: PhoneGlue, formats: Uint8Array = new Uint8Array()) {
    this.#glue = exports;
    this.#formats = formats;
  }

  /** Makes the module from its Wasm: an address, or the bytes. */
  static async load(wasm: URL | BufferSource, formats?: Uint8Array): Promise<Phones> {
    await init({ module_or_path: wasm });
    return new Phones(glue, formats);
  }

  /** Judges what was typed. */
  check(text: string, country = ""): PhoneAnswer {
    const length = this.#put(text);
    const fields = this.#answer(this.#glue.check(length, letters(country))).split("\t");
    const [problem, e164, region, type, extension, possible] = fields;
    const valid = problem === "";
    const rest = { possible: Boolean(possible), valid, problem: problem || null };
    if (e164 === undefined) return rest;
    return { e164, ...(region && { region }), ...(type && { type }), ...(extension && { extension }), ...rest };
  }

  /** Answers a line as every other check does, see [`Formats.answer`](./formats.ts). */
  answer({ value, country = "" }: FormatQuestion): FormatAnswer {
    const upper = country.replace(/[a-z]/g, (letter) => letter.toUpperCase());
    const { e164, type = null, region = null, extension = null, possible, valid, problem } = this.check(value, upper);
    const details = e164 === undefined ? {} : { type, region, possible, extension };
    return { ok: valid, value: e164 ?? value.trim(), problem, suggestion: null, details };
  }

  /** Writes a number as people of its country do, or for people abroad. Empty where no number can be read. */
  format(text: string, country = "", abroad = false): string {
    const length = this.#put(text);
    return this.#answer(this.#glue.format(length, letters(country), abroad, this.#pack()));
  }

  /** Groups the digits of a field while it is filled in. */
  group(field: string, country = ""): string {
    const length = this.#put(field);
    return this.#answer(this.#glue.group(length, letters(country), this.#pack())) || field;
  }

  // Asked for each time, because an instance that was made anew has another.
  #memory(): ArrayBuffer {
    return this.#glue.initSync(undefined as never).memory.buffer;
  }

  #put(text: string): number {
    const length = Math.min(text.length, LONGEST);
    const units = new Uint16Array(this.#memory(), this.#glue.text(), length);
    for (let at = 0; at < length; at += 1) units[at] = text.charCodeAt(at);
    return length;
  }

  // Written before each call, because the memory of an instance that was made anew is empty.
  #pack(): number {
    const { length } = this.#formats;
    new Uint8Array(this.#memory(), this.#glue.pack(), length).set(this.#formats);
    return length;
  }

  #answer(length: number): string {
    const units = new Uint16Array(this.#memory(), this.#glue.text(), length);
    let text = "";
    for (let at = 0; at < length; at += 1) text += String.fromCharCode(units[at] ?? 0);
    return text;
  }
}

const letters = (country: string): number =>
  country.length === 2 ? country.charCodeAt(0) * 256 + country.charCodeAt(1) : 0;
