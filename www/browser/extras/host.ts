import type { FormConfig } from "../../shared/types.js";

/** What the extras of a form need of its binding. */
export interface ExtraHost {
  readonly form: HTMLFormElement;
  readonly site: string;
  readonly name: string;
  readonly config: FormConfig;
  /** Where the form posts itself without a script. */
  readonly address: string;
  readonly locale: string;
  /** Ends with the binding. */
  readonly signal: AbortSignal;
  /** Shows the problems of some fields as for a submit, and says whether there were none. */
  review(fields: ReadonlySet<string>): boolean;
  /** Brings what is shown in step with the values. */
  update(): void;
  /** Groups the digits of a telephone number while it is typed. */
  group(text: string, country: string): string;
}

/** Makes an element that belongs to the kit and not to a field. */
export function aid<K extends keyof HTMLElementTagNameMap>(tag: K, kind: string, text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = `leadkit-${kind}`;
  element.setAttribute("data-leadkit-aid", "");
  element.textContent = text;
  return element;
}
