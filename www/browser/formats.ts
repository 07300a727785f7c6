import init, * as glue from "../kit/formats.js";

/** The exports of the module, as its glue has them: Wasm, or the same as plain JavaScript. */
export interface FormatsGlue {
  answer(line: string, known: string, countries: string): string;
}

/** What is asked: a kind such as `vat`, the typed value, and what the kind wants to know besides. */
export interface FormatQuestion {
  readonly kind: string;
  readonly value: string;
  /** ISO 3166-1 alpha-2, for `postcode` and `vat`. */
  readonly country?: string;
  /** BCP 47, for `date`, `money` and `number`. */
  readonly locale?: string;
}

/** What the check says. `ok` is null while something is not yet known. */
export interface FormatAnswer {
  readonly ok: boolean | null;
  /** The normal form; the typed text where there is a problem. */
  readonly value: string;
  /** A code such as `vat.checksum`, or null. */
  readonly problem: string | null;
  readonly suggestion: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Judges web addresses, postcodes, tax numbers, IBAN, names, dates, numbers, money and countries. */
export class Formats {
  readonly #glue: FormatsGlue;
  readonly #countries: string;

  /** `countries` is the text of `countries.txt` of the same package; without it only codes of countries are judged. */
  constructor(exports: FormatsGlue, countries = "") {
    this.#glue = exports;
    this.#countries = countries;
  }

  /** Makes the module from its Wasm: an address, or the bytes. */
  static async load(wasm: URL | BufferSource, countries?: string): Promise<Formats> {
    await init({ module_or_path: wasm });
    return new Formats(glue, countries);
  }

  /** Judges what was typed. A kind that the module does not know gets no answer. */
  answer(question: FormatQuestion): FormatAnswer | undefined {
    const answer = this.#ask(question, {});
    const host = answer?.details["wanted_host"];
    return typeof host === "string" ? this.#ask(question, { [host]: ascii(host) }) : answer;
  }

  #ask(question: FormatQuestion, hosts: Record<string, string | null>): FormatAnswer | undefined {
    const text = this.#glue.answer(JSON.stringify(question), JSON.stringify({ hosts }), this.#countries);
    const answer = JSON.parse(text) as FormatAnswer & { readonly error?: unknown };
    return answer.error === undefined ? answer : undefined;
  }
}

/** The ASCII form of an international host, or null for none. */
function ascii(host: string): string | null {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return null;
  }
}
