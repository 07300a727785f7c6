// Where leads go: how each destination fares, and pausing, resuming and sending again, each asked for twice.

import { ApiError, api } from "./api.js";
import { tell } from "./destination-words.js";
import { type Child, fill, h, ICONS, icon } from "./dom.js";
import { fromNow } from "./format.js";
import type { Destination, LeadRow, ReplayQuery } from "./types.js";
import { say, sayIfKnown } from "./words.js";

/** Asks for the destinations of a site; the answer draws them. `rows` are the leads that the list shows. */
export async function readDestinations(root: HTMLElement, site: string, rows: readonly LeadRow[]) {
  const { destinations = [] } = await api.destinations(site);
  return () => {
    document.title = `${tell("destinations")} · Leadkit`;
    const status = h("p", { class: "quiet", role: "status" });
    // Drawn anew with what became of it; the reader stays at the same destination.
    const again = async (name: string, said: string) => {
      (await readDestinations(root, site, rows))();
      fill(root.querySelector("[role=status]") ?? status, said);
      root.querySelector<HTMLElement>(`#${CSS.escape(idOf(name))}`)?.focus();
    };
    fill(
      root,
      h("a", { class: "back", href: "#/" }, icon(ICONS["back"] ?? ""), say("back")),
      h(
        "header",
        { class: "head" },
        h("div", {}, h("h1", { tabindex: "-1" }, tell("destinations")), h("p", { class: "quiet" }, tell("hint"))),
      ),
      status,
      destinations.length === 0 ? h("p", { class: "quiet" }, tell("none")) : null,
      destinations.map((each) => card(site, each, rows, again)),
    );
  };
}

const idOf = (name: string): string => `destination-${name}`;

/** What stands in its way, most important first. */
function standing({ held, open_until: until = 0, failures = 0, states = {}, reasons = {} }: Destination): Child {
  const badge = (kind: string, text: string) => h("span", { class: `badge ${kind}` }, icon(ICONS[kind] ?? ""), text);
  const refused = (states["parked"] ?? 0) - (reasons["review"] ?? 0);
  return [
    held === "gone" ? badge("dead", tell("gone")) : null,
    held === "paused" ? badge("parked", tell("paused")) : null,
    refused > 0 && !held ? badge("dead", tell("denied", refused)) : null,
    until > Date.now() ? badge("review", tell("open", fromNow(until))) : null,
    !held && refused <= 0 && until <= Date.now() ? badge("done", tell("well")) : null,
    failures > 0 ? h("span", { class: "quiet" }, tell("failures", failures)) : null,
  ];
}

function card(
  site: string,
  each: Destination,
  rows: readonly LeadRow[],
  redraw: (name: string, said: string) => Promise<void>,
): Child {
  const { name, type, states = {}, reasons = {}, due } = each;
  const status = h("p", { class: "quiet", role: "status" });
  const dead = states["dead"] ?? 0;
  const counts = Object.entries(states).filter(([, count]) => count > 0);
  const run = async (act: () => Promise<string>): Promise<void> => {
    fill(status, say("loading"));
    try {
      await redraw(name, await act());
    } catch (error) {
      fill(status, error instanceof ApiError && error.status === 0 ? say("network") : failed(error));
    }
  };
  const stop = each.held === null || each.held === undefined;
  const hold = (stop: boolean) => () =>
    confirm(tell(stop ? "sure_pause" : "sure_resume", name), tell(stop ? "pause" : "resume"), () => {
      void run(async () => {
        await api.hold(site, name, stop);
        return tell("done");
      });
    });
  // What a refused key parked, and a lane that is left alone, go on though nobody has paused them.
  const waits = (states["parked"] ?? 0) > (reasons["review"] ?? 0) || (each.open_until ?? 0) > Date.now();
  const again = (query: ReplayQuery) =>
    confirm(tell("sure_again", name), tell("go"), () => {
      void run(async () => tell("replayed", await replay(site, name, query)));
    });
  const id = idOf(name);
  return h(
    "section",
    { class: "destination", "aria-labelledby": id },
    h("h2", { id, tabindex: "-1" }, name, " ", h("small", { class: "quiet" }, type)),
    h("p", { class: "standing" }, standing(each)),
    counts.length === 0
      ? h("p", { class: "quiet" }, tell("nothing"))
      : h(
          "dl",
          { class: "counts" },
          counts.map(([state, count]) => [h("dt", {}, sayIfKnown(state, "state_")), h("dd", {}, count)]),
        ),
    Object.entries(reasons).length === 0
      ? null
      : h(
          "p",
          { class: "quiet" },
          Object.entries(reasons).map(([reason, count]) => [h("code", {}, reason), ` ${count} `]),
        ),
    typeof due === "number" && stop ? h("p", { class: "quiet" }, tell("next", fromNow(due))) : null,
    h(
      "p",
      { class: "actions" },
      stop ? h("button", { type: "button", onclick: hold(true) }, tell("pause")) : null,
      !stop || waits ? h("button", { type: "button", onclick: hold(false) }, tell("resume")) : null,
      dead === 0
        ? null
        : h("button", { type: "button", onclick: () => again({ states: ["dead"] }) }, tell("all_again", dead)),
    ),
    byQuery(each, rows, again),
    status,
  );
}

function byQuery(each: Destination, rows: readonly LeadRow[], again: (query: ReplayQuery) => void): Child {
  const option = (value: string, text: string) => h("option", { value }, text);
  const state = h(
    "select",
    {},
    option("", tell("which_both")),
    option("dead", say("state_dead")),
    option("parked", say("state_parked")),
  );
  const reason = h(
    "select",
    {},
    option("", tell("any")),
    Object.keys(each.reasons ?? {}).map((name) => option(name, name)),
  );
  const [since, until] = [h("input", { type: "date" }), h("input", { type: "date" })];
  const listed = h("input", { type: "checkbox" });
  const DAY = 86_400_000;
  const send = (event: Event): void => {
    event.preventDefault();
    const query: ReplayQuery = {};
    if (state.value !== "") query.states = [state.value];
    if (reason.value !== "") query.reason = reason.value;
    // A day begins and ends where the reader is.
    const day = (field: HTMLInputElement) => new Date(`${field.value}T00:00`).getTime();
    if (since.value !== "") query.since = day(since);
    if (until.value !== "") query.until = day(until) + DAY - 1;
    if (listed.checked) query.leads = rows.map((row) => row.id);
    again(query);
  };
  const labelled = (text: string, field: HTMLElement) => h("label", {}, h("span", {}, text), field);
  return h(
    "details",
    { class: "raw" },
    h("summary", {}, tell("query")),
    h(
      "form",
      { class: "query", onsubmit: send },
      labelled(tell("which"), state),
      labelled(tell("reason"), reason),
      labelled(tell("since"), since),
      labelled(tell("until"), until),
      rows.length === 0 ? null : h("label", { class: "check" }, listed, " ", tell("listed", rows.length)),
      h("button", {}, tell("go")),
    ),
  );
}

/** Asks again while the edge says that there are more. */
async function replay(site: string, name: string, query: ReplayQuery): Promise<number> {
  let sum = 0;
  for (let more = true; more; ) {
    const answer = await api.replayMany(site, name, query);
    sum += answer.replayed;
    more = answer.more && answer.replayed > 0;
  }
  return sum;
}

function failed(error: unknown): string {
  return tell("failed", error instanceof ApiError ? error.code : "unknown");
}

/** Asks in a dialog, which Escape closes and which gives the focus back. */
function confirm(question: string, yes: string, act: () => void): void {
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "confirm", "aria-label": question },
    h("p", {}, question),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", onclick: close }, tell("cancel")),
      h(
        "button",
        {
          type: "button",
          class: "primary",
          onclick: () => {
            close();
            act();
          },
        },
        yes,
      ),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
