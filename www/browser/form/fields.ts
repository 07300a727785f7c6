import type { Values } from "../../shared/types.js";

/** What a visitor types into or chooses from. */
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** The types of inputs that are buttons or cannot travel with a lead. */
const NO_VALUE = new Set(["submit", "reset", "button", "image", "file", "password"]);

/** Where the names of inputs begin that a form of the edge carries for itself. */
const OWN = "leadkit_";

const isControl = (element: Element): element is Control => /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

/** The controls of a form that carry values, by name. */
export function controls(form: HTMLFormElement): Map<string, Control[]> {
  const found = new Map<string, Control[]>();
  for (const element of Array.from(form.elements)) {
    if (!isControl(element) || element.name === "" || element.name.startsWith(OWN) || NO_VALUE.has(element.type))
      continue;
    const list = found.get(element.name);
    if (list) list.push(element);
    else found.set(element.name, [element]);
  }
  return found;
}

/** The values of a form as text, without fields that are not shown. Several values of one name are a list. */
export function read(form: HTMLFormElement, hidden: ReadonlySet<string>): Values {
  const values: Record<string, unknown> = {};
  for (const [name, list] of controls(form)) {
    if (hidden.has(name)) continue;
    const chosen = list.flatMap(chosenValues);
    const isList = list.length > 1 && list[0]?.type !== "radio";
    if (chosen.length > 1 || (isList && chosen.length > 0)) values[name] = chosen;
    else if (chosen[0] !== undefined) values[name] = chosen[0];
  }
  return values;
}

function chosenValues(control: Control): string[] {
  if (control.matches(":disabled")) return [];
  if (control instanceof HTMLSelectElement) return Array.from(control.selectedOptions, (option) => option.value);
  if (control.type === "checkbox" || control.type === "radio") {
    return (control as HTMLInputElement).checked ? [control.value] : [];
  }
  return [control.value];
}

/** The largest element around the controls of one name that holds no control of another name. */
export function wrapper(form: HTMLFormElement, list: readonly Control[]): HTMLElement {
  const first = list[0] as Control;
  const marked = first.closest<HTMLElement>("[data-leadkit-field]");
  if (marked) return marked;
  let best: HTMLElement = first;
  for (
    let next = first.parentElement;
    next && next !== form && !next.matches("[data-leadkit-step]");
    next = next.parentElement
  ) {
    const inside = Array.from(next.querySelectorAll("input,select,textarea,button"));
    const foreign = inside.some(
      (element) => !list.includes(element as Control) && !element.closest("[data-leadkit-aid]"),
    );
    if (foreign) break;
    best = next;
  }
  return best;
}

/** The mark of a control that was disabled here, so that only such are enabled again. */
const PUT_AWAY = "leadkitPutAway";

/** Shows the fields of `shown` and puts the other fields of `names` away: hidden, and disabled so that they block nothing. */
export function show(form: HTMLFormElement, names: readonly string[], shown: readonly string[]): Set<string> {
  const all = controls(form);
  const hidden = new Set<string>();
  for (const name of names) {
    const list = all.get(name) ?? [];
    const away = !shown.includes(name);
    if (away) hidden.add(name);
    for (const control of list) {
      if (away && !control.disabled) {
        control.dataset[PUT_AWAY] = "";
        control.disabled = true;
      } else if (!away && control.dataset[PUT_AWAY] !== undefined) {
        delete control.dataset[PUT_AWAY];
        control.disabled = false;
      }
      for (const label of Array.from(control.labels ?? [])) label.hidden = away;
    }
    if (list.length > 0) wrapper(form, list).hidden = away;
  }
  return hidden;
}
