import type { FieldConfig, Problem, Suggestion } from "../../shared/types.js";
import { type Control, controls, wrapper } from "./fields.js";
import { fill, type Messages, sentence, type Words } from "./words.js";

let made = 0;

/** What a form shows about its fields: problems beside them, a summary above, suggestions below. */
export class Aids {
  private readonly summary: HTMLElement;
  private readonly problems = new Map<string, HTMLElement>();
  private readonly offers = new Map<string, HTMLElement>();
  private readonly prefix: string;
  /** The sentences for problems. */
  messages: Messages = {};

  constructor(
    private readonly form: HTMLFormElement,
    /** The sentences around the fields. */
    public words: Words,
    private readonly locale: string,
    private readonly fields: () => readonly FieldConfig[],
  ) {
    made += 1;
    this.prefix = `leadkit-${made}-`;
    // An alert is announced when its content changes, so the element must be there before.
    this.summary = form.querySelector<HTMLElement>("[data-leadkit-summary]") ?? this.aid("div", "summary");
    this.summary.setAttribute("role", "alert");
    this.summary.setAttribute("data-leadkit-summary", "");
    if (!this.summary.isConnected) form.prepend(this.summary);
  }

  /** The names of the fields that have a problem shown. */
  get wrong(): ReadonlySet<string> {
    return new Set(this.problems.keys());
  }

  /** Shows exactly these problems. The summary appears, and the focus goes to the first, only for a submit. */
  show(problems: readonly Problem[], submitted: boolean): void {
    const all = controls(this.form);
    const kept = new Set(problems.map((problem) => problem.field));
    for (const field of this.wrong) if (!kept.has(field)) this.clear(field, all.get(field) ?? []);
    for (const { field, code } of problems) {
      const list = all.get(field);
      const config = this.fields().find(({ name }) => name === field);
      if (list) this.mark(field, sentence(this.messages, code, this.words, config, this.locale), list);
    }
    if (!submitted) {
      if (problems.length === 0) this.summary.textContent = "";
      return;
    }
    const count = problems.length;
    this.summary.textContent = count === 0 ? "" : count === 1 ? this.words.one : fill(this.words.many, String(count));
    this.first(problems, all)?.focus();
  }

  /** Offers these values as buttons, and removes the other offers. */
  offer(suggestions: readonly Suggestion[]): void {
    const all = controls(this.form);
    for (const [field, element] of this.offers) {
      if (!suggestions.some((suggestion) => suggestion.field === field)) {
        element.remove();
        this.offers.delete(field);
      }
    }
    for (const { field, value } of suggestions) {
      const list = all.get(field);
      const control = list?.[0];
      if (!list || !control) continue;
      const button = (this.offers.get(field) as HTMLButtonElement | undefined) ?? this.button(field, list);
      const text = fill(this.words.meant, value);
      if (button.textContent !== text) button.textContent = text;
      button.onclick = () => {
        control.value = value;
        control.focus();
        control.dispatchEvent(new Event("input", { bubbles: true }));
        control.dispatchEvent(new Event("change", { bubbles: true }));
      };
    }
  }

  /** Takes away what was put beside the fields. */
  remove(): void {
    this.show([], false);
    this.offer([]);
  }

  private first(problems: readonly Problem[], all: Map<string, Control[]>): Control | undefined {
    const wrong = new Set(problems.map((problem) => problem.field));
    for (const [name, list] of all) if (wrong.has(name)) return list.find((control) => !control.disabled);
    return undefined;
  }

  private mark(field: string, text: string, list: readonly Control[]): void {
    const slot = this.form.querySelector<HTMLElement>(`[data-leadkit-problem="${CSS.escape(field)}"]`);
    const element = this.problems.get(field) ?? slot ?? this.place(this.aid("span", "problem"), list);
    this.problems.set(field, element);
    element.id ||= `${this.prefix}${field}`;
    if (element.textContent !== text) element.textContent = text;
    for (const control of list) {
      control.setAttribute("aria-invalid", "true");
      describe(control, element.id, true);
    }
  }

  private clear(field: string, list: readonly Control[]): void {
    const element = this.problems.get(field);
    if (!element) return;
    this.problems.delete(field);
    for (const control of list) {
      control.removeAttribute("aria-invalid");
      describe(control, element.id, false);
    }
    if (element.hasAttribute("data-leadkit-problem")) element.textContent = "";
    else element.remove();
  }

  private button(field: string, list: readonly Control[]): HTMLButtonElement {
    const button = this.aid("button", "suggestion");
    button.type = "button";
    this.place(button, list);
    this.offers.set(field, button);
    return button;
  }

  private aid<K extends keyof HTMLElementTagNameMap>(tag: K, kind: string): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag);
    element.className = `leadkit-${kind}`;
    element.setAttribute("data-leadkit-aid", "");
    return element;
  }

  private place<T extends HTMLElement>(element: T, list: readonly Control[]): T {
    const around = wrapper(this.form, list);
    if (around === list[0]) around.after(element);
    else around.append(element);
    return element;
  }
}

/** Adds or removes one id of those that describe a control. */
function describe(control: Control, id: string, add: boolean): void {
  const ids = (control.getAttribute("aria-describedby") ?? "")
    .split(/\s+/)
    .filter((other) => other !== "" && other !== id);
  if (add) ids.push(id);
  if (ids.length > 0) control.setAttribute("aria-describedby", ids.join(" "));
  else control.removeAttribute("aria-describedby");
}
