import { controls } from "../form/fields.js";
import type { ExtraHost } from "./host.js";

/** What counts in a number; the rest is how it is written. */
const COUNTS = /[\d+]/g;

/** Groups the digits of telephone numbers while they are typed, and leaves the caret behind the same digit. */
export function typing({ form, config, signal, group }: ExtraHost): void {
  const onInput = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const field = config.fields.find(({ name, type }) => type === "phone" && name === input.name);
    const { inputType = "", isComposing = false } = event as InputEvent;
    // Whoever deletes a space means it.
    if (!field || isComposing || inputType.startsWith("delete")) return;
    const { country } = field;
    const other = typeof country === "object" ? controls(form).get(country.field)?.[0]?.value : country;
    const text = input.value;
    const grouped = group(text, (other ?? "").trim());
    if (grouped === text) return;
    const caret = input.selectionStart ?? text.length;
    const digits = text.slice(0, caret).match(COUNTS)?.length ?? 0;
    input.value = grouped;
    let place = 0;
    for (let seen = 0; place < grouped.length && seen < digits; place += 1) {
      if (/[\d+]/.test(grouped[place] ?? "")) seen += 1;
    }
    const end = caret === text.length ? grouped.length : place;
    input.setSelectionRange(end, end);
  };
  // Before the binding looks at the value.
  form.addEventListener("input", onInput, { capture: true, signal });
}
