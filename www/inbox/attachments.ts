// The files that came with a lead. They are saved and never shown here: what they hold was written by a stranger.

import { ApiError, api, BASE } from "./api.js";
import { fill, h } from "./dom.js";
import { failure } from "./signin.js";
import type { Lead, LeadFile } from "./types.js";
import { language } from "./words.js";

const title = language === "de" ? "Dateien" : "Files";
const MB = 1_000_000;

/** A place for the section, which appears once it is known that there are files. */
export function files(lead: Lead): HTMLElement {
  const place = h("div", {});
  api.files(lead.site, lead.id).then(
    ({ files: all = [] }) => {
      const found = all.filter(({ kept }) => kept === 1);
      const list = h(
        "ul",
        {},
        found.map((file) => h("li", {}, link(lead, file))),
      );
      fill(place, found.length === 0 ? null : h("section", {}, h("h2", {}, title), list));
    },
    (error: unknown) => {
      // An edge from before knows nothing of files.
      if (error instanceof ApiError && error.status === 404) return;
      fill(place, h("section", {}, h("h2", {}, title), h("p", { role: "alert" }, failure(error))));
    },
  );
  return place;
}

function link(lead: Lead, { hash, name, size }: LeadFile): HTMLElement {
  const path = [lead.site, lead.id, hash].map(encodeURIComponent).join("/");
  const [unit, by] =
    size < 1000 ? (["byte", 1] as const) : size < MB ? (["kilobyte", 1000] as const) : (["megabyte", MB] as const);
  const amount = new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 });
  const shown = amount.format(size / by);
  return h(
    "a",
    { href: `${BASE}/admin/files/${path}`, download: name },
    name,
    h("span", { class: "quiet" }, ` ${shown}`),
  );
}
