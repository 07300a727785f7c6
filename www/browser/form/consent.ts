import type { SiteConfig, Values } from "../../shared/types.js";
import { sha256 } from "../digest.js";
import { controls } from "./fields.js";

/** What the visitor agreed to: by purpose, with the hash of the words that stood beside the box. */
export function consent(
  form: HTMLFormElement,
  config: SiteConfig | undefined,
  values: Values,
  locale: string,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const all = controls(form);
  for (const field of config?.forms[form.dataset.leadkit ?? ""]?.fields ?? []) {
    if (field.type !== "consent" || field.purpose === undefined) continue;
    const label = all.get(field.name)?.[0]?.labels?.[0];
    const text = (label?.textContent ?? "").replace(/\s+/g, " ").trim();
    out[field.purpose] = {
      given: values[field.name] !== undefined,
      field: field.name,
      text_sha256: sha256(text),
      locale,
    };
  }
  return out;
}
