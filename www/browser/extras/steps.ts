import { controls } from "../form/fields.js";
import { aid, type ExtraHost } from "./host.js";
import { extraWords, put } from "./words.js";

/** Shows the steps of a form one after the other, with progress and a way back. */
export function steps({ form, locale, signal, review }: ExtraHost): void {
  const all = Array.from(form.querySelectorAll<HTMLElement>("[data-leadkit-step]"));
  if (all.length < 2) return;
  const words = extraWords(locale);
  const send = form.querySelector<HTMLElement>("button:not([type]),[type=submit]");
  const bar = aid("progress", "bar");
  const text = aid("p", "progress");
  const row = aid("span", "steps");
  const back = aid("button", "back", words.back);
  const next = aid("button", "next", words.next);
  back.type = "button";
  next.type = "button";
  row.append(back, " ", next, " ");
  all[0]?.before(text, bar);
  // Beside the button that sends, in whose place the other one stands.
  if (send) send.before(row);
  else all.at(-1)?.after(row);
  let at = 0;

  /** A step whose fields are all put away is none; which those are follows from the values. */
  const asked = (): HTMLElement[] => {
    const open = (step: HTMLElement): boolean =>
      !step.querySelector("input,select,textarea") || Boolean(step.querySelector(":is(input,select,textarea):enabled"));
    return all.filter(open);
  };
  const draw = (): void => {
    const shown = asked();
    const place = shown.indexOf(all[at] as HTMLElement);
    all.forEach((step, index) => {
      step.hidden = index !== at;
    });
    back.hidden = place <= 0;
    next.hidden = place === shown.length - 1;
    if (send) send.hidden = !next.hidden;
    text.textContent = put(words.step, place + 1, shown.length);
    bar.max = shown.length;
    bar.value = place + 1;
    // What it tells stands beside it in words.
    bar.setAttribute("aria-hidden", "true");
  };
  const go = (step: HTMLElement | undefined, focus = true): void => {
    if (!step) return;
    at = all.indexOf(step);
    draw();
    if (!focus) return;
    // The heading of the step and how far one is are read out; a field would open the keyboard of a phone.
    text.id ||= `${form.dataset["leadkit"]}-progress`;
    step.setAttribute("aria-describedby", text.id);
    step.tabIndex = -1;
    step.focus();
  };
  const move = (by: number): void => {
    const shown = asked();
    go(shown[shown.indexOf(all[at] as HTMLElement) + by]);
  };
  const forward = (): void => {
    const names = new Set<string>();
    for (const [name, list] of controls(form)) if (list.some((control) => all[at]?.contains(control))) names.add(name);
    if (review(names)) move(1);
  };
  const toProblem = (): void => {
    const wrong = form.querySelector<HTMLElement>('[aria-invalid="true"]:enabled');
    const step = all.find((step) => wrong && step.contains(wrong));
    if (step && step !== all[at]) go(step, false);
    wrong?.focus();
  };

  back.addEventListener("click", () => move(-1));
  next.addEventListener("click", forward);
  // The key for sending a form leads to the next step while there is one.
  const onSubmit = (event: Event): void => {
    if (next.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    forward();
  };
  form.addEventListener("submit", onSubmit, { capture: true, signal });
  form.addEventListener("change", draw, { signal });
  form.addEventListener("leadkit:problems", toProblem, { signal });
  form.addEventListener("leadkit:refused", toProblem, { signal });
  form.addEventListener("leadkit:received", () => go(all[0], false), { signal });
  signal.addEventListener("abort", () => {
    for (const element of [text, bar, row]) element.remove();
    for (const step of all) step.hidden = false;
    if (send) send.hidden = false;
  });
  draw();
}
