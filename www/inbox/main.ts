// The Inbox: decides what is on screen from the session, the address and the keys that are pressed.

import { ApiError, api, type Filter } from "./api.js";
import { begun, readBegun } from "./begun.js";
import { tell } from "./destination-words.js";
import { readDestinations } from "./destinations.js";
import { showLead } from "./detail.js";
import { fill, h } from "./dom.js";
import { decode, inWords, learnSite } from "./format.js";
import { lettersButton, steps } from "./keys.js";
import { formsIn, type ListState, leadHash, rowElement, showList } from "./list.js";
import { readQuarantine } from "./quarantine.js";
import { failure, showSignIn } from "./signin.js";
import type { LeadPage, LeadRow, Session } from "./types.js";
import { language, say } from "./words.js";

const PAGE = 50;
/** How many pages in a row may hold nothing for a filter before the reader is asked whether to look further. */
const EMPTY_PAGES = 5;
const REFRESH_MS = 8000;

const state: ListState & { next: string | number | null; names: Map<string, Map<string, string>> } = {
  rows: [],
  filter: { site: "", form: "", disposition: "" },
  sites: [],
  forms: new Map(),
  names: new Map(),
  open: null,
  more: false,
  next: null,
  busy: false,
  error: null,
};

const list = h("nav", { class: "list", "aria-label": say("leads") });
const detail = h("main", { class: "detail", id: "lead" });
const news = h("p", { class: "unseen", role: "status" });
/** Counts loads, so that the answer to an outdated question is thrown away. */
let load = 0;
let signedIn = false;
/** The open lead still waits for a delivery, so that its page is worth asking for again. */
let pending = false;

let shown: string | null = null;

const keyOf = (lead: { site: string; id: string }): string => `${lead.site}/${lead.id}`;

function redraw(): void {
  state.forms = formsIn(state.rows, state.names.get(state.filter.site));
  state.more = state.next !== null;
  showList(list, state, {
    filter: (change) => setFilter(change),
    older: () => void older(),
    retry: () => void reload(),
  });
}

/** A list is of one site: the one that was chosen, or the first. */
function setFilter(change: Partial<Filter>): void {
  state.filter = { ...state.filter, ...change };
  void reload();
}

/** Keeps what matches, for an edge that does not filter itself. */
function matching(rows: LeadRow[]): LeadRow[] {
  const { site, form, disposition } = state.filter;
  return rows.filter(
    (row) =>
      (site === "" || row.site === site) &&
      (form === "" || row.form.split("@")[0] === form) &&
      (disposition === "" || row.disposition === disposition),
  );
}

async function learn(rows: LeadRow[]): Promise<void> {
  const sites = new Set([...state.sites.map((site) => site.id), ...rows.map((row) => row.site)]);
  await Promise.all(
    [...sites].map(async (id) => {
      const config = await learnSite(id);
      const titles = Object.entries(config.forms ?? {}).map(
        ([name, form]) => [name, inWords(form.title) || name] as const,
      );
      state.names.set(id, new Map(titles));
      if (!state.sites.some((site) => site.id === id)) state.sites.push({ id, name: inWords(config.site?.name) || id });
    }),
  );
}

/** Loads one page after another until something matches or nothing is left. */
async function append(turn: number): Promise<void> {
  state.busy = true;
  state.error = null;
  redraw();
  try {
    for (let pages = 0, found = false; pages < EMPTY_PAGES && !found; pages += 1) {
      const page: LeadPage = await api.leads(state.filter, state.next, PAGE);
      if (turn !== load) return;
      const known = new Set(state.rows.map(keyOf));
      const fresh = matching(page.leads).filter((row) => !known.has(keyOf(row)));
      await learn(page.leads);
      state.rows.push(...fresh);
      state.next = page.next;
      found = fresh.length > 0 || page.next === null;
    }
  } catch (error) {
    if (turn !== load) return;
    if (error instanceof ApiError && error.status === 401) return signIn();
    state.error = failure(error);
  }
  state.busy = false;
  redraw();
}

function reload(): Promise<void> {
  load += 1;
  state.rows = [];
  state.next = null;
  return append(load);
}

function older(): Promise<void> {
  return append(load);
}

/** Asks for what arrived meanwhile and puts it on top. */
async function refresh(): Promise<void> {
  if (!signedIn || document.hidden || state.busy) return;
  if (pending && !detail.contains(document.activeElement)) void route();
  const turn = load;
  let page: LeadPage;
  try {
    page = await api.leads(state.filter, null, PAGE);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) signIn();
    return;
  }
  if (turn !== load) return;
  const known = new Set(state.rows.map(keyOf));
  const fresh = matching(page.leads).filter((row) => !known.has(keyOf(row)));
  if (fresh.length === 0) return;
  await learn(fresh);
  state.rows.unshift(...fresh);
  fill(news, fresh.length === 1 ? say("one_new") : say("many_new", fresh.length));
  redraw();
}

function signIn(): void {
  signedIn = false;
  load += 1;
  showSignIn(document.body, start);
}

async function signOut(): Promise<void> {
  try {
    await api.signOut();
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) {
      state.error = failure(error);
      return redraw();
    }
  }
  location.hash = "#/";
  signIn();
}

/** `#/site/id` opens a lead, the names of `pages` their pages, everything else is the list. */
async function route(): Promise<void> {
  if (!signedIn) return;
  const wanted = location.hash;
  const [site = "", id = ""] = wanted.split("/").slice(1).map(decode);
  const page = pages[wanted];
  state.open = site !== "" && id !== "" ? `${site}/${id}` : null;
  document.body.classList.toggle("reading", page !== undefined || state.open !== null);
  if (wanted !== shown) pending = false;
  redraw();
  if (page === undefined && state.open === null) return showNothing();
  try {
    const show = page === undefined ? await readLead(site, id) : await page();
    if (location.hash !== wanted) return;
    const anew = wanted !== shown;
    shown = wanted;
    show();
    if (!anew) return;
    detail.scrollTop = 0;
    if (document.activeElement === document.body || small.matches) focusDetail();
    if (small.matches) scrollTo(0, 0);
  } catch (error) {
    if (location.hash !== wanted) return;
    if (error instanceof ApiError && error.status === 401) return signIn();
    const text = error instanceof ApiError && error.status === 404 ? say("gone") : failure(error);
    pending = false;
    fill(detail, h("div", { class: "empty", role: "alert" }, h("p", {}, text), h("a", { href: "#/" }, say("back"))));
  }
}

async function readLead(site: string, id: string): Promise<() => void> {
  const [lead] = await Promise.all([api.lead(site, id), learnSite(site)]);
  return () => {
    pending = (lead.deliveries ?? []).some((one) => one.state === "due" || one.state === "leased");
    showLead(detail, lead);
  };
}

const pages: Readonly<Record<string, () => Promise<() => void>>> = {
  "#begun": () => readBegun(detail, state.filter.site),
  "#quarantine": () => readQuarantine(detail, state.filter.site),
  "#destinations": () => readDestinations(detail, state.filter.site, state.rows),
};

function showNothing(): void {
  shown = null;
  document.title = `${say("inbox")} · Leadkit`;
  const keys = h("p", { class: "quiet keys" }, say("keys"), " ", lettersButton());
  const words = [h("p", { class: "quiet" }, say("pick")), keys];
  fill(detail, h("div", { class: "empty" }, words));
}

function focusDetail(): void {
  detail.querySelector("h1")?.focus({ preventScroll: true });
}

const small = matchMedia("(max-width: 59.99rem)");

/** A second click or Enter on the open lead moves the reader from the list into the lead. */
function onClick(event: MouseEvent): void {
  const target = event.target;
  if (target instanceof Element && target.closest("a.row[aria-current]")) focusDetail();
}

function onKey(event: KeyboardEvent): void {
  const target = event.target;
  if (!signedIn || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target instanceof HTMLElement && target.closest("input, select, textarea, pre, dialog")) return;
  if (event.key === "Escape" && shown !== null) {
    const key = state.open ?? "";
    location.hash = "#/";
    requestAnimationFrame(() => rowElement(list, key)?.focus());
    return;
  }
  const step = steps(event, list);
  if (step !== 0) move(step, event);
}

/** Steps to the next row; beside an open lead the next one opens at once. */
function move(step: number, event: KeyboardEvent): void {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["id"] : undefined;
  const index = state.rows.findIndex((row) => keyOf(row) === (focused ?? state.open));
  const row = state.rows[index === -1 ? 0 : index + step];
  if (row === undefined) return;
  event.preventDefault();
  rowElement(list, keyOf(row))?.focus();
  if (state.open !== null) history.replaceState(null, "", leadHash(row));
  if (state.open !== null) void route();
}

function start(session: Session): void {
  signedIn = true;
  state.sites = (session.sites ?? []).map((site) => ({ id: site.id, name: inWords(site.name) || site.id }));
  if (!state.sites.some((site) => site.id === state.filter.site)) state.filter.site = state.sites[0]?.id ?? "";
  fill(
    document.body,
    h(
      "header",
      { class: "bar" },
      h("a", { class: "mark", href: "#/" }, "Leadkit"),
      h("h1", { class: "where" }, say("inbox")),
      news,
      h("a", { class: "aside", href: "#destinations" }, tell("destinations")),
      h("a", { class: "aside", href: "#begun" }, begun),
      h("a", { class: "aside", href: "#quarantine" }, say("quarantine")),
      h("button", { class: "link", onclick: () => void signOut() }, say("signout")),
    ),
    h("div", { class: "panes" }, list, detail),
  );
  void reload().then(route);
}

document.documentElement.lang = language;
addEventListener("hashchange", () => void route());
addEventListener("keydown", onKey);
list.addEventListener("click", onClick);
addEventListener("visibilitychange", () => void refresh());
setInterval(() => void refresh(), REFRESH_MS);
api.session().then(start, (error: unknown) => {
  if (error instanceof ApiError && (error.status === 401 || error.status === 404 || error.status === 405))
    return signIn();
  fill(
    document.body,
    h(
      "main",
      { class: "signin" },
      h("div", { class: "card", role: "alert" }, h("p", {}, failure(error)), h("a", { href: "" }, say("retry"))),
    ),
  );
});
