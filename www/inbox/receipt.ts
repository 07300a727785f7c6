// The receipt of a verdict: by which rules and when, whether it still fits the lead, and what today's rules would say.

import { api } from "./api.js";
import { type Child, fill, h, ICONS, icon } from "./dom.js";
import { pairs } from "./facts.js";
import { fullTime, pointsOf } from "./format.js";
import type { Json, Lead, Verdict } from "./types.js";
import { say, sayIfKnown } from "./words.js";

/** How many digits of a hash are shown: enough to tell two apart. */
const DIGITS = 12;

/** What stands under the verdict; a lead from before receipts has none. */
export function receipt(lead: Lead): Child {
  const { receipt: paper, receipt_faults: faults = [] } = lead;
  if (paper === null || paper === undefined) return null;
  const state = faults.length === 0 ? "done" : faults.every((fault) => fault === "unsigned") ? "parked" : "dead";
  const words = { done: say("receipt_good"), parked: say("receipt_unsigned"), dead: say("receipt_bad") };
  const broken = state === "dead" ? faults.map((fault) => h("span", { class: "remark bad" }, fault)) : null;
  const answer = h("div", { role: "status" });
  const again = (): void => {
    fill(answer, say("loading"));
    api.judgeAgain(lead.site, lead.id).then(
      ({ changed = [], verdict = {}, rules = "" }) => {
        const same = rules === paper.rules ? say("rules_same") : say("rules_new", rules.slice(0, DIGITS));
        const lines = changed.filter((name) => name !== "reasons").map((name) => difference(name, lead, verdict));
        fill(
          answer,
          h("p", {}, same, " ", lines.length === 0 ? say("judged_same") : say("judged_other")),
          pairs(lines),
        );
      },
      () => fill(answer, say("network")),
    );
  };
  return h(
    "div",
    { class: "receipt" },
    h(
      "p",
      { class: "tags" },
      h("span", { title: paper.rules }, say("judged_by", (paper.rules ?? "").slice(0, DIGITS))),
      h("span", { class: "quiet" }, fullTime(paper.at ?? lead.received_at)),
      h("span", { class: `badge ${state}` }, icon(ICONS[state] ?? ""), words[state]),
      broken,
    ),
    h("p", {}, h("button", { type: "button", onclick: again }, say("judge_again"))),
    answer,
  );
}

function difference(name: string, lead: Lead, verdict: Verdict): [Child, Child] {
  return [sayIfKnown(name), `${text(name, lead.verdict ?? {})} → ${text(name, verdict)}`];
}

/** One part of a verdict in one line. */
function text(name: string, verdict: Verdict): string {
  if (name === "scores") {
    const scores = Object.entries(verdict.scores ?? {});
    return scores.map(([score, points]) => `${sayIfKnown(score)} ${pointsOf(points)}`).join(", ");
  }
  const value = (verdict as Record<string, Json | undefined>)[name];
  if (Array.isArray(value)) return value.map((one) => (typeof one === "string" ? one : codeOf(one))).join(", ") || "–";
  return value === undefined || value === null ? "–" : sayIfKnown(String(value));
}

function codeOf(problem: Json): string {
  const { field = "", code = "" } = (problem ?? {}) as { field?: string; code?: string };
  return `${field} ${code}`;
}
