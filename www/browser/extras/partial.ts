/**
 * What was typed before the form was sent: told to the edge under the id of the lead to come, only while the box of the
 * visitor's consent is ticked, and taken back when it is not any more.
 */
import { controls, read } from "../form/fields.js";
import { leadId } from "../id.js";
import type { ExtraHost } from "./host.js";

/** How long the visitor rests before what they typed is sent. */
const REST_MS = 2_000;

/** Tells the edge what a visitor typed who agreed to that. */
export function partial({ form, site, name, config, signal, locale, address }: ExtraHost): void {
  const field = config.fields.find(({ type, purpose }) => type === "consent" && purpose === config.partial?.purpose);
  if (!field) return;
  const agreed = (): boolean =>
    controls(form)
      .get(field.name)
      ?.some((box) => (box as HTMLInputElement).checked) === true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = "";
  const tell = (): void => {
    clearTimeout(timer);
    const id = form.dataset["leadkitId"];
    if (id === undefined) return;
    const data = read(form, new Set());
    const text = JSON.stringify(data);
    if (text === told) return;
    told = text;
    const now = Date.now();
    const item = { id, n: 1, at: now, form: name, data, ctx: { locale, url: location.origin + location.pathname } };
    const body = JSON.stringify({ v: 1, k: site, sent_at: now, items: [item] });
    // It is an extra: what could not be told is told with the next change, or with the lead itself.
    fetch(address.replace(/\/form\/[^/]+\/[^/]+$/, "/partial"), {
      method: "POST",
      body,
      keepalive: true,
      credentials: "omit",
    }).catch(() => {
      told = "";
    });
  };
  const changed = (): void => {
    if (agreed()) form.dataset["leadkitId"] ??= leadId(Date.now());
    else if (told === "") return;
    clearTimeout(timer);
    // A consent that is taken back counts at once.
    if (agreed()) timer = setTimeout(tell, REST_MS);
    else {
      tell();
      told = "";
    }
  };
  const end = (): void => {
    clearTimeout(timer);
    told = "";
    delete form.dataset["leadkitId"];
  };
  form.addEventListener("input", changed, { signal });
  form.addEventListener("change", changed, { signal });
  form.addEventListener("leadkit:kept", end, { signal });
  addEventListener("pagehide", () => agreed() && tell(), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
