import type { ExtraHost } from "../extras/host.js";
import type { Kit } from "../kit.js";

/** What a configuration says that asks for the module. */
const ASKS = /"(draft|prefill|partial)":|"(country|phone|file)"/;

/** The module of what few forms ask for. */
export interface Extras {
  attach(host: ExtraHost): void;
}

/**
 * Gives a form what it asks for beyond fields: steps, drafts, values from the address, numbers that are grouped while they
 * are typed. Where that cannot be had, all of the form is shown.
 */
export async function extend(
  kit: Kit,
  host: Omit<ExtraHost, "site" | "config" | "group" | "address">,
  extras: () => Promise<Extras>,
): Promise<void> {
  const steps = host.form.querySelectorAll<HTMLElement>("[data-leadkit-step]");
  const config = kit.config?.forms[host.name];
  if (config && (steps.length > 0 || ASKS.test(JSON.stringify(config)))) {
    try {
      const { attach } = await extras();
      const group = (text: string, country: string): string => kit.group(text, country);
      if (!host.signal.aborted)
        attach({ ...host, site: kit.settings.site, address: kit.settings.post(host.name), config, group });
      return;
    } catch {
      // The form works without.
    }
  }
  for (const step of steps) step.hidden = false;
}
