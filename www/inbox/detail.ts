// One lead on one page: who, what they wrote, the verdict with every point, consent, origin, and where it was sent.

import { files } from "./attachments.js";
import { consent, type Today } from "./consent.js";
import { deliveries } from "./delivery.js";
import { type Child, fill, h, ICONS, icon } from "./dom.js";
import { flat, pairs } from "./facts.js";
import { fieldsOf, formTitle, fullTime, isCurrent, labelOf, pointsOf, signed, siteName, valueText } from "./format.js";
import { badge } from "./list.js";
import { person } from "./person.js";
import { receipt } from "./receipt.js";
import { stage, withdrawals } from "./stage.js";
import { others, touches } from "./touch.js";
import type { FieldConfig, Json, JsonObject, Lead, Reason, Verdict } from "./types.js";
import { say, sayIfKnown } from "./words.js";

/** Draws the lead; `back` is called by the link that small screens show. */
export function showLead(root: HTMLElement, lead: Lead): void {
  const verdict = lead.verdict ?? {};
  const values = { ...lead.values, ...verdict.values };
  const fields = fieldsOf(lead.site, lead.form);
  const heading = title(values, fields);
  const sent = h("div", {}, deliveries(lead));
  const changed = (fresh: Lead): void => fill(sent, deliveries(fresh));
  document.title = `${heading} · Leadkit`;
  fill(
    root,
    h("a", { class: "back", href: "#/" }, icon(ICONS["back"] ?? ""), say("back")),
    h(
      "header",
      { class: "head" },
      h("div", {}, h("h1", { tabindex: "-1" }, heading), h("p", { class: "quiet" }, subtitle(lead))),
      verdict.grade
        ? h("p", { class: "grade big" }, h("span", { class: "unseen" }, `${say("grade")} `), verdict.grade)
        : null,
    ),
    h(
      "p",
      { class: "tags" },
      badge(verdict.disposition),
      verdict.handover === true ? h("span", { class: "tag" }, say("handover")) : null,
      (verdict.segments ?? []).map((segment) => h("span", { class: "tag" }, segment)),
    ),
    lead.stage_names === undefined ? null : section(say("stage"), stage(lead, changed)),
    section(say("values"), valueList(values, fields, verdict)),
    files(lead),
    flat(lead.unknown ?? {}).length > 0 ? section(say("unknown"), pairs(flat(lead.unknown ?? {}))) : null,
    section(say("verdict"), ledger(verdict), receipt(lead)),
    section(say("deliveries"), sent),
    section(say("consent"), consent(lead.consent, today(lead, fields)), withdrawals(lead, changed)),
    section(say("provenance"), origin(lead)),
    person(lead),
    raw(lead),
  );
}

function today(lead: Lead, fields: FieldConfig[]): Today {
  const locale = lead.context?.["locale"];
  return { fields, same: isCurrent(lead.site, lead.form), locale: typeof locale === "string" ? locale : "" };
}

function section(name: string, ...body: Child[]): HTMLElement {
  return h("section", {}, h("h2", {}, name), ...body);
}

function title(values: JsonObject, fields: FieldConfig[]): string {
  const typed = (type: string): Json | undefined => values[fields.find((field) => field.type === type)?.name ?? type];
  for (const value of [typed("name"), values["full_name"], values["name"], typed("email"), values["email"]])
    if (typeof value === "string" && value !== "") return value;
  return say("nameless");
}

function subtitle(lead: Lead): string {
  return [formTitle(lead.site, lead.form), siteName(lead.site), fullTime(lead.received_at)].join(" · ");
}

function valueList(values: JsonObject, fields: FieldConfig[], verdict: Verdict): HTMLElement {
  const named = new Map(fields.map((field) => [field.name, field]));
  const rest = Object.keys(values).filter((name) => !named.has(name));
  const shown = fields.filter((field) => field.type !== "consent").map((field) => field.name);
  return pairs(
    [...shown, ...rest].map((name) => {
      const field = named.get(name);
      const problems = (verdict.problems ?? []).filter((problem) => problem.field === name);
      const suggestion = (verdict.suggestions ?? []).find((one) => one.field === name);
      return [
        labelOf(field, name),
        [
          linked(valueText(values[name], field), field?.type ?? name),
          problems.map((problem) => h("span", { class: "remark bad" }, problem.code)),
          suggestion === undefined ? null : h("span", { class: "remark" }, say("suggestion", suggestion.value)),
        ],
      ];
    }),
  );
}

const MAILABLE = /^[^\s@?&%:/]+@[^\s@?&%:/]+$/;
const DIALABLE = /^\+?[\d\s()/.-]{5,}$/;

/** Mail and phone become links, but only when they are nothing else than an address or a number. */
function linked(text: string, type: string): Child {
  if (text === "") return h("span", { class: "quiet" }, say("empty"));
  if (type === "email" && MAILABLE.test(text)) return h("a", { href: `mailto:${text}` }, text);
  if (type === "phone" && DIALABLE.test(text)) return h("a", { href: `tel:${text.replace(/[^\d+]/g, "")}` }, text);
  return h("span", { class: "value" }, text);
}

function ledger(verdict: Verdict): Child {
  const reasons = verdict.reasons ?? [];
  const scores = Object.entries(verdict.scores ?? {});
  const others = reasons.filter((reason) => reason.score === undefined);
  const problems = (verdict.problems ?? []).filter((problem) => problem.field === undefined);
  if (scores.length + reasons.length + problems.length === 0) return h("p", { class: "quiet" }, say("no_reasons"));
  return [
    scores.map(([name, score]) =>
      account(
        sayIfKnown(name),
        `${signed(pointsOf(score))} ${say("points")}`,
        typeof score === "number" ? [] : Object.entries(score.groups ?? {}),
        reasons.filter((reason) => reason.score === name),
      ),
    ),
    others.length > 0 ? account(say("other_rules"), "", [], others) : null,
    problems.length > 0 ? pairs(problems.map((problem) => [say("problems"), problem.code])) : null,
  ];
}

/** One score as a page of a ledger: its sum, its groups after their caps, and a line for each rule. */
function account(name: string, total: string, groups: [string, number][], reasons: Reason[]): HTMLElement {
  const subtotals = groups
    .filter(([, points]) => points !== 0)
    .map(([group, points]) => `${group} ${signed(points)}`)
    .join(" · ");
  return h(
    "table",
    { class: "ledger" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, name, subtotals === "" ? null : h("span", { class: "quiet groups" }, subtotals)),
        h("th", { scope: "col", class: "number" }, total),
      ),
    ),
    h(
      "tbody",
      {},
      reasons.map((reason) =>
        h(
          "tr",
          {},
          h(
            "td",
            {},
            h("code", {}, reason.rule),
            reason.claimed ? h("span", { class: "quiet groups" }, say("claimed")) : null,
          ),
          h("td", { class: (reason.points ?? reason.thirds ?? 0) < 0 ? "number minus" : "number" }, effect(reason)),
        ),
      ),
    ),
  );
}

function effect(reason: Reason): Child {
  if (reason.points !== undefined) return signed(reason.points);
  if (reason.thirds !== undefined) return `${signed(reason.thirds)}/3`;
  if (reason.error !== undefined) return h("code", { class: "minus" }, reason.error);
  return badge(reason.disposition);
}

function origin(lead: Lead): HTMLElement {
  const times: [Child, Child][] = [[say("received"), fullTime(lead.received_at)]];
  if (lead.occurred_at !== undefined) times.push([say("occurred"), fullTime(lead.occurred_at)]);
  return pairs([
    ...times,
    ...touches(lead.context),
    ...flat(others(lead.context)),
    [say("version"), h("code", {}, lead.form)],
    [say("id"), h("code", {}, lead.id)],
  ]);
}

function raw(lead: Lead): HTMLElement {
  const text = JSON.stringify(lead, null, 2);
  const button = h("button", { type: "button" }, say("copy"));
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(text).then(
      () => fill(button, say("copied")),
      () => getSelection()?.selectAllChildren(pre),
    );
  });
  const pre = h("pre", { tabindex: "0" }, text);
  return h("details", { class: "raw" }, h("summary", {}, say("raw")), button, pre);
}
