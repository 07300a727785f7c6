// How far sales have come with a lead: its stage, who set it and when, and what the person took back since.

import { api } from "./api.js";
import { type Child, fill, h } from "./dom.js";
import { fullTime } from "./format.js";
import { failure } from "./signin.js";
import type { Json, Lead, StageRow } from "./types.js";
import { say, sayIfKnown } from "./words.js";

/** The stage with its history and a choice of the next; `changed` gets the lead as it is after a change. */
export function stage(lead: Lead, changed: (lead: Lead) => void): Child {
  const names = lead.stage_names ?? [];
  if (names.length === 0) return null;
  const history = h("div", {}, past(lead.stages));
  const said = h("p", { class: "quiet", role: "status" });
  const choice = h(
    "select",
    { id: "stage" },
    names.map((name) => h("option", { value: name, selected: name === lead.stage }, title(name))),
  );
  const button = h("button", {}, say("stage_set"));
  const set = (event: Event): void => {
    event.preventDefault();
    fill(said, say("loading"));
    button.disabled = true;
    api
      .setStage(lead.site, lead.id, choice.value)
      .then(() => api.lead(lead.site, lead.id))
      .then((fresh) => {
        fill(history, past(fresh.stages));
        fill(said, say("stage_saved"));
        changed(fresh);
      })
      .catch((error: unknown) => fill(said, failure(error)))
      .finally(() => {
        button.disabled = false;
      });
  };
  return [
    h("form", { class: "stage", onsubmit: set }, h("label", { for: "stage" }, say("stage_of")), choice, button),
    said,
    history,
  ];
}

const title = (name: string): string => sayIfKnown(name, "stage_");

function past(stages: StageRow[] = []): Child {
  if (stages.length === 0) return null;
  const rows = stages.map((row) =>
    h(
      "li",
      {},
      h("strong", {}, title(row.name)),
      " ",
      worth(row.worth),
      h("span", { class: "quiet" }, `${fullTime(row.at)} · ${row.by}`),
    ),
  );
  return h("ol", { class: "stages" }, rows);
}

function worth(json: Json | undefined): string {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return "";
  return `${json["value"]} ${json["currency"]} `;
}

/** What was agreed to and can be taken back, and what was taken back already. */
export function withdrawals(lead: Lead, changed: (lead: Lead) => void): Child {
  const gone = lead.withdrawn ?? [];
  const records = Array.isArray(lead.consent) ? lead.consent : [];
  const given = records.flatMap((one) => {
    if (typeof one !== "object" || one === null || Array.isArray(one)) return [];
    const { purpose, given } = one;
    return typeof purpose === "string" && given === true && !gone.some((row) => row.purpose === purpose)
      ? [purpose]
      : [];
  });
  const said = h("p", { class: "quiet", role: "status" });
  const button = (purpose: string): HTMLElement => {
    const take = (): void => {
      element.disabled = true;
      api
        .withdraw(lead.site, lead.id, purpose)
        .then(() => api.lead(lead.site, lead.id))
        .then((fresh) => {
          fill(said, say("withdrawn", purpose));
          changed(fresh);
        })
        .catch((error: unknown) => {
          element.disabled = false;
          fill(said, failure(error));
        });
    };
    const element = h("button", { type: "button", onclick: take }, say("withdraw", purpose));
    return element;
  };
  return [
    gone.map((row) =>
      h("p", {}, say("withdrawn", row.purpose), " ", h("span", { class: "quiet" }, `${fullTime(row.at)} · ${row.by}`)),
    ),
    given.length === 0 ? null : h("p", { class: "tags" }, given.map(button)),
    said,
  ];
}
