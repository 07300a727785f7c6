// The list of leads: rows newest first, filters above them, older pages below.

import type { Filter } from "./api.js";
import { type Child, fill, h, ICONS, icon } from "./dom.js";
import { exporter } from "./export.js";
import { formName, formTitle, fullTime, shortTime } from "./format.js";
import { DISPOSITIONS, type LeadRow } from "./types.js";
import { say, sayIfKnown } from "./words.js";

/** What the list needs to know to draw itself. */
export interface ListState {
  rows: LeadRow[];
  filter: Filter;
  sites: { id: string; name: string }[];
  forms: Map<string, string>;
  open: string | null;
  more: boolean;
  busy: boolean;
  error: string | null;
}

export interface ListActions {
  filter(change: Partial<Filter>): void;
  older(): void;
  retry(): void;
}

/** Where a lead's page is: the hash survives a reload and can be sent to a colleague. */
export function leadHash(row: { site: string; id: string }): string {
  return `#/${encodeURIComponent(row.site)}/${encodeURIComponent(row.id)}`;
}

/** A disposition as sign and word, so that colour is never the only difference. */
export function badge(disposition: string | undefined): HTMLElement | null {
  if (disposition === undefined) return null;
  const path = ICONS[disposition];
  return h("span", { class: `badge ${disposition}` }, path === undefined ? null : icon(path), sayIfKnown(disposition));
}

function row(lead: LeadRow, open: boolean): HTMLElement {
  const who = lead.name || lead.email || say("nameless");
  const plain = lead.disposition === undefined || lead.disposition === "accept";
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: "row",
        href: leadHash(lead),
        "data-id": `${lead.site}/${lead.id}`,
        "aria-current": open ? "true" : null,
      },
      h("span", { class: lead.name || lead.email ? "who" : "who quiet" }, who),
      h(
        "time",
        { class: "when", datetime: isoTime(lead.received_at), title: fullTime(lead.received_at) },
        shortTime(lead.received_at),
      ),
      h("span", { class: "mail" }, lead.name ? (lead.email ?? "") : ""),
      lead.grade
        ? h(
            "span",
            { class: "grade", title: say("grade") },
            h("span", { class: "unseen" }, `${say("grade")} `),
            lead.grade,
          )
        : null,
      h(
        "span",
        { class: "tags" },
        plain ? null : badge(lead.disposition),
        h("span", { class: "tag form" }, formTitle(lead.site, lead.form)),
        (lead.segments ?? []).map((segment) => h("span", { class: "tag" }, segment)),
      ),
    ),
  );
}

function isoTime(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : "";
}

function chooser(
  label: string,
  value: string,
  all: string | null,
  options: [string, string][],
  pick: (value: string) => void,
): HTMLElement | null {
  if (options.length < 2) return null;
  return h(
    "select",
    { "aria-label": label, onchange: (event: Event) => pick((event.target as HTMLSelectElement).value) },
    all === null ? null : h("option", { value: "" }, all),
    options.map(([id, name]) => h("option", { value: id, selected: id === value }, name)),
  );
}

function filters(state: ListState, actions: ListActions): HTMLElement {
  const tab = (value: string, text: string): HTMLElement =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(state.filter.disposition === value),
        onclick: () => actions.filter({ disposition: value }),
      },
      text,
    );
  return h(
    "div",
    { class: "filters" },
    h(
      "div",
      { class: "tabs", role: "group", "aria-label": say("disposition") },
      tab("", say("all")),
      DISPOSITIONS.map((one) => tab(one, say(one))),
    ),
    h(
      "div",
      { class: "choosers" },
      chooser(
        say("site"),
        state.filter.site,
        null,
        state.sites.map((site) => [site.id, site.name]),
        (site) => actions.filter({ site, form: "" }),
      ),
      chooser(say("form"), state.filter.form, say("all_forms"), [...state.forms], (form) => actions.filter({ form })),
      state.rows.length > 0 ? exporter(state.filter) : null,
    ),
  );
}

function foot(state: ListState, actions: ListActions): Child {
  if (state.error !== null)
    return h(
      "div",
      { class: "empty", role: "alert" },
      h("p", {}, state.error),
      h("button", { onclick: () => actions.retry() }, say("retry")),
    );
  if (state.busy && state.rows.length === 0) return h("p", { class: "empty quiet" }, say("loading"));
  if (state.more)
    return h(
      "button",
      { class: "older", disabled: state.busy, onclick: () => actions.older() },
      say(state.busy ? "loading" : "older"),
    );
  if (state.rows.length > 0) return h("p", { class: "end quiet" }, say("end"));
  if (state.filter.form === "" && state.filter.disposition === "")
    return h("div", { class: "empty" }, h("h2", {}, say("none")), h("p", { class: "quiet" }, say("none_hint")));
  return h(
    "div",
    { class: "empty" },
    h("p", {}, say("none_filter")),
    h("button", { onclick: () => actions.filter({ form: "", disposition: "" }) }, say("clear")),
  );
}

/** Draws filters and rows, keeping the focus where it was. */
export function showList(root: HTMLElement, state: ListState, actions: ListActions): void {
  const focus = focusKey(root);
  fill(
    root,
    filters(state, actions),
    h(
      "ul",
      { class: "rows", "aria-label": say("leads"), "aria-busy": String(state.busy) },
      state.rows.map((lead) => row(lead, `${lead.site}/${lead.id}` === state.open)),
    ),
    foot(state, actions),
  );
  if (focus !== null) focusable(root)[focus.index]?.focus({ preventScroll: true });
  if (focus?.id) rowElement(root, focus.id)?.focus({ preventScroll: true });
}

function focusable(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("a, button, select")];
}

function focusKey(root: HTMLElement): { index: number; id: string | undefined } | null {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !root.contains(active)) return null;
  return { index: focusable(root).indexOf(active), id: active.dataset["id"] };
}

/** The row of a lead, by `site/id`. */
export function rowElement(root: HTMLElement, key: string): HTMLElement | undefined {
  return [...root.querySelectorAll<HTMLElement>("a.row")].find((one) => one.dataset["id"] === key);
}

/** The forms that the filter offers: those of the configurations and those of the leads that are shown. */
export function formsIn(rows: LeadRow[], known: Map<string, string> | undefined): Map<string, string> {
  const forms = new Map(known);
  for (const lead of rows) {
    const name = formName(lead.form);
    if (!forms.has(name)) forms.set(name, formTitle(lead.site, lead.form));
  }
  return forms;
}
