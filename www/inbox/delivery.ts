// Where a lead was sent: each attempt, what was sent and what came back, and sending it again.

import { api } from "./api.js";
import { type Child, fill, h, ICONS, icon } from "./dom.js";
import { fromNow, fullTime } from "./format.js";
import type { Delivery, DeliveryLog, Json, Lead } from "./types.js";
import { say, sayIfKnown } from "./words.js";

/** One block for each destination of a lead. */
export function deliveries(lead: Lead): Child {
  const all = lead.deliveries ?? [];
  if (all.length === 0) return h("p", { class: "quiet" }, say("no_deliveries"));
  return all.map((delivery) => {
    const attempts = delivery.attempts ?? [];
    const waits = delivery.state === "due" || delivery.state === "leased";
    const path = ICONS[delivery.state];
    return h(
      "div",
      { class: "delivery" },
      h(
        "p",
        {},
        h("strong", {}, delivery.destination),
        h(
          "span",
          { class: `badge ${delivery.state}` },
          path === undefined ? null : icon(path),
          sayIfKnown(delivery.state, "state_"),
        ),
        delivery.reason ? h("code", {}, delivery.reason) : null,
        waits && typeof delivery.due === "number"
          ? h("span", { class: "quiet", title: fullTime(delivery.due) }, say("next_try", fromNow(delivery.due)))
          : null,
      ),
      attempts.length === 0
        ? h("p", { class: "quiet" }, say("no_attempts"))
        : h(
            "ol",
            {},
            attempts.map((attempt, index) =>
              h(
                "li",
                {},
                h("span", { class: "quiet" }, say("attempt", index + 1)),
                h("span", {}, fullTime(attempt.at)),
                h(
                  "code",
                  {},
                  [attempt.status, attempt.error]
                    .filter((part) => part !== null && part !== undefined && part !== "")
                    .join(" "),
                ),
              ),
            ),
          ),
      log(lead, delivery),
    );
  });
}

/** The log, fetched when it is unfolded; values are masked until somebody asks for them. */
function log(lead: Lead, { destination, state }: Delivery): Child {
  const status = h("div", { role: "status" });
  const show = (all: boolean): void => {
    fill(status, say("loading"));
    api.deliveryLog(lead.site, lead.id, destination, all).then(
      (found) => fill(status, attempts(found), all ? null : h("p", {}, unmask)),
      () => fill(status, say("network")),
    );
  };
  const again = (): void => {
    button.disabled = true;
    api.replay(lead.site, lead.id, destination).then(
      () => fill(button, say("sent_again")),
      () => {
        fill(button, say("send_again_failed"));
      },
    );
  };
  const unmask = h("button", { type: "button", onclick: () => show(true) }, say("show_values"));
  const button = h("button", { type: "button", onclick: again }, say("send_again"));
  const details = h("details", { class: "raw" }, h("summary", {}, say("delivery_log")), status);
  details.addEventListener("toggle", () => details.open && status.childNodes.length === 0 && show(false));
  return [details, state === "dead" || state === "parked" ? h("p", {}, button) : null];
}

function attempts({ held, next, attempts: all = [] }: DeliveryLog): Child {
  const stopped = held === undefined || held === null ? null : h("code", {}, held);
  const made = all.map((attempt, index) => [
    h("p", { class: "quiet" }, say("attempt", index + 1), " · ", fullTime(attempt.at)),
    exchange(say("log_sent"), attempt.sent),
    exchange(say("log_came"), attempt.came),
  ]);
  return [h("p", {}, say("log_next"), " ", h("span", { class: "quiet" }, next ?? ""), " ", stopped), made];
}

function exchange(name: string, entries: Json | undefined): Child {
  if (!Array.isArray(entries) || entries.length === 0) return null;
  return [
    h("p", {}, name),
    h("pre", { tabindex: "0" }, entries.map((entry) => JSON.stringify(entry, null, 2)).join("\n")),
  ];
}
