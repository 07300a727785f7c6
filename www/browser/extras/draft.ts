import { controls, read } from "../form/fields.js";
import { attempt } from "../outbox/spill.js";
import { aid, type ExtraHost } from "./host.js";
import { write } from "./prefill.js";
import { extraWords, put } from "./words.js";

const DAYS = 30;
const DAY_MS = 86_400_000;

interface Kept {
  readonly at: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Offers to keep what a visitor began on this device. Nothing is kept before the box is ticked, no consent is kept at all,
 * and nothing stays once the lead is safe, the box is empty, or the days are over.
 */
export function draft({ form, site, name, config, locale, signal, update }: ExtraHost): void {
  if (!config.draft) return;
  const days = config.draft.days ?? DAYS;
  const key = `leadkit.draft.${site}.${name}`;
  const words = extraWords(locale);
  const label = aid("label", "draft");
  const box = document.createElement("input");
  box.type = "checkbox";
  label.append(box, " ", put(words.keep, days));
  const note = aid("p", "kept");
  note.hidden = true;
  const send = form.querySelector("button:not([type]),[type=submit]");
  const outer = (send?.parentElement === form ? send : send?.parentElement) ?? null;
  if (outer && form.contains(outer) && outer !== form) outer.before(label);
  else form.append(label);
  form.prepend(note);

  const secret = new Set(config.fields.filter(({ type }) => type === "consent").map((field) => field.name));
  const forget = (): void => {
    attempt(() => localStorage.removeItem(key), undefined);
    note.hidden = true;
  };
  const keep = (): void => {
    if (!box.checked) return;
    const entries = Object.entries(read(form, new Set())).filter(([field]) => !secret.has(field));
    const isEmpty = entries.every(([, value]) => value === "");
    const kept: Kept = { at: Date.now(), values: Object.fromEntries(entries) };
    attempt(
      () => (isEmpty ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(kept))),
      undefined,
    );
  };

  const kept = attempt(() => JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null, null);
  const age = Date.now() - Number(kept?.at);
  if (kept && age < days * DAY_MS && age > -DAY_MS) {
    box.checked = true;
    const all = controls(form);
    for (const [field, value] of Object.entries(kept.values))
      if (!secret.has(field)) write(all.get(field) ?? [], value);
    const drop = aid("button", "drop", words.drop);
    drop.type = "button";
    drop.addEventListener("click", () => {
      forget();
      form.reset();
      box.checked = false;
      update();
    });
    const written = (tag?: string): string => new Intl.DateTimeFormat(tag, { dateStyle: "long" }).format(kept.at);
    const day = attempt(() => written(locale.replace("_", "-")), written());
    note.append(put(words.kept, day), " ", drop);
    note.hidden = false;
    update();
  } else if (kept) forget();

  const done = (): void => {
    forget();
    box.checked = false;
  };
  box.addEventListener("change", () => (box.checked ? keep() : forget()));
  form.addEventListener("input", keep, { signal });
  form.addEventListener("change", keep, { signal });
  // From here on the outbox keeps it, and better.
  form.addEventListener("leadkit:kept", done, { signal });
  form.addEventListener("leadkit:received", done, { signal });
  signal.addEventListener("abort", () => {
    label.remove();
    note.remove();
  });
}
