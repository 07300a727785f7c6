import { type Control, controls } from "../form/fields.js";
import type { ExtraHost } from "./host.js";

/** Writes a value into the controls of a field, as far as they take it. Says whether one did. */
export function write(list: readonly Control[], value: unknown): boolean {
  const values = (Array.isArray(value) ? value : [value]).map(String);
  let done = false;
  for (const control of list) {
    if (control instanceof HTMLSelectElement) {
      for (const option of control.options) {
        if (values.includes(option.value)) {
          option.selected = true;
          done = true;
        }
      }
    } else if (control.type === "checkbox" || control.type === "radio") {
      const ticked = values.includes(control.value);
      (control as HTMLInputElement).checked = ticked;
      done ||= ticked;
    } else {
      control.value = values[0] ?? "";
      done = true;
    }
  }
  return done;
}

/** Fills empty fields from the parameters of the page's address that the form allows, and no others. */
export function prefill({ form, config, update }: ExtraHost): void {
  const parameters = new URLSearchParams(location.search);
  const all = controls(form);
  let done = false;
  for (const { name, type, prefill: parameter } of config.fields) {
    const given = parameter === undefined ? [] : parameters.getAll(parameter);
    const list = all.get(name) ?? [];
    const isEmpty = list.every((control) =>
      control.type === "checkbox" || control.type === "radio"
        ? !(control as HTMLInputElement).checked
        : control.value === "",
    );
    // Only the visitor agrees, whatever a link says.
    if (given.length > 0 && isEmpty && type !== "consent") done = write(list, given) || done;
  }
  if (done) update();
}
