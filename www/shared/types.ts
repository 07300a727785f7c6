/** The values of a form by name of field, as a page has them. */
export type Values = Readonly<Record<string, unknown>>;

/** Something wrong with the value of a field. */
export interface Problem {
  readonly field: string;
  /** A stable code such as `required` or `email.syntax`. */
  readonly code: string;
}

/** A value that the visitor may have meant. */
export interface Suggestion {
  readonly field: string;
  readonly value: string;
}

/** What a form made of values. */
export interface Checked {
  /** The normalised values of the shown fields. */
  readonly values: Values;
  readonly problems: readonly Problem[];
  readonly suggestions: readonly Suggestion[];
  /** The names of the fields that are shown under these values. */
  readonly shown: readonly string[];
  /** The names of fields whose check is not there yet: they are neither right nor wrong. */
  readonly pending: readonly string[];
}

/** A lead that a page submits. */
export interface LeadInput {
  /** The name of its form in the configuration. */
  readonly form: string;
  readonly values: Values;
  /** What the page knows about the visit; it is only claimed. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** What the visitor agreed to, by purpose. */
  readonly consent?: Readonly<Record<string, unknown>>;
  /** An id of an earlier attempt with the same content, a UUID version 7. */
  readonly id?: string;
}

/** Where a submitted lead is kept: durably on the device, in a spill that survives the page, or in memory only. */
export type Home = "disk" | "spill" | "memory";

/** A lead that the outbox took. */
export interface Submission {
  readonly id: string;
  readonly kept: Home;
}

/** The reason for points, by the id of the rule that gave them. */
export interface Reason {
  readonly rule: string;
  readonly score?: string;
  readonly points?: number;
}

/** What a lead is worth under the public rules. The edge judges again under all of them. */
export interface Verdict {
  readonly disposition: "accept" | "review" | "reject" | "spam";
  readonly scores: Readonly<Record<string, unknown>>;
  readonly grade: string | null;
  readonly segments: readonly string[];
  /** What the visitor sees next. */
  readonly next?: Next;
  /** What a filter tells the visitor. */
  readonly message?: Text;
  readonly values: Values;
  readonly problems: readonly Problem[];
  readonly suggestions: readonly Suggestion[];
  readonly reasons: readonly Reason[];
}

/** A text for people: for every language, or by language tag. */
export type Text = string | Readonly<Record<string, string>>;

/** What the visitor sees next, as the segment of the configuration says: a calendar, a download and the like. */
export interface Next {
  readonly kind?: string;
  readonly url?: string;
  readonly text?: Text;
  readonly [member: string]: unknown;
}

/** A field of a form, as far as a page reads it. */
export interface FieldConfig {
  readonly name: string;
  readonly type: string;
  readonly required?: boolean;
  readonly multiple?: boolean;
  /** The limits of a number. */
  readonly min?: number;
  readonly max?: number;
  /** The limits of a text, in characters. */
  readonly min_length?: number;
  readonly max_length?: number;
  readonly purpose?: string;
  readonly text?: Text;
  readonly label?: Text;
  /** The country whose rules count, or the field that tells. */
  readonly country?: string | { readonly field: string };
  /** The parameter of the page's address that may fill the field. */
  readonly prefill?: string;
}

/** A form of the configuration. */
export interface FormConfig {
  readonly fields: readonly FieldConfig[];
  readonly title?: Text;
  readonly submit?: Text;
  readonly thanks?: { readonly text?: Text; readonly url?: string };
  readonly steps?: readonly { readonly title?: Text; readonly fields: readonly string[] }[];
  /** For how many days a device may keep what a visitor began, once they said so. */
  readonly draft?: { readonly days?: number };
  /** What was typed is sent before the form is, once the visitor agreed to this purpose. */
  readonly partial?: { readonly purpose: string; readonly days?: number };
}

/** The public part of `leadkit.json`, as `GET /v1/site/{site}` gives it. */
export interface SiteConfig {
  readonly site: { readonly id: string; readonly name?: string; readonly locale?: string };
  readonly forms: Readonly<Record<string, FormConfig>>;
  readonly $versions?: Readonly<Record<string, string>>;
  /** The forms that ask for proof of work. */
  readonly $work?: readonly string[];
}
