import { LeadkitError } from "../shared/error.js";
import type { SiteConfig } from "../shared/types.js";

/** Spans of the outbox in milliseconds, and its limits. Tests shorten them; a page needs none of them. */
export interface OutboxOptions {
  readonly leaseMs?: number;
  readonly hiddenLeaseMs?: number;
  readonly timeoutMs?: number;
  readonly backoffFirstMs?: number;
  readonly backoffLastMs?: number;
  readonly backoffHiddenMs?: number;
  readonly parkFirstMs?: number;
  readonly maxAgeMs?: number;
  readonly maxLeads?: number;
}

/** What a page says to get a kit. */
export interface Options {
  /** The address of the edge, such as `https://leads.example`. An empty string is the page's own origin. */
  readonly endpoint: string;
  /** The id of the site. */
  readonly site: string;
  /** The public configuration; without it the edge is asked. */
  readonly config?: SiteConfig;
  /** The path below which the edge answers. */
  readonly base?: string;
  readonly outbox?: OutboxOptions;
  /** What the page knows about the visit, asked for each lead, such as `touches(site).context`. */
  readonly context?: () => Readonly<Record<string, unknown>>;
}

/** The options with their defaults, and the addresses that follow from them. */
export interface Settings {
  readonly site: string;
  readonly config: SiteConfig | undefined;
  readonly outbox: OutboxOptions;
  readonly context: Options["context"];
  readonly leads: string;
  readonly siteConfig: string;
  readonly post: (form: string) => string;
  readonly challenge: (form: string) => string;
}

/** Reads the options. */
export function settings(options: Options): Settings {
  const { endpoint, site, config, base = "/v1", outbox = {}, context } = options;
  if (typeof endpoint !== "string" || typeof site !== "string" || !/^[a-z0-9_-]{1,64}$/.test(site)) {
    throw new LeadkitError("options.invalid", "expected the options endpoint and site", { site: typeof site });
  }
  const root = endpoint.replace(/\/+$/, "") + base;
  return {
    site,
    config,
    outbox,
    context,
    leads: `${root}/leads`,
    siteConfig: `${root}/site/${site}`,
    challenge: (form) => `${root}/challenge/${site}/${encodeURIComponent(form)}`,
    post: (form) => `${root}/form/${site}/${encodeURIComponent(form)}`,
  };
}
