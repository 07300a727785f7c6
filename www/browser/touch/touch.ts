import { attempt } from "../outbox/spill.js";
import { Consent } from "./consent.js";
import lists from "./parameters.json";

/** How long a touch counts: as long as the ad platforms take a click into account. */
const SPAN_MS = 90 * 86_400_000;
/** The longest value that is kept; the edge keeps no longer one either. */
const MAX_VALUE = 512;

/** One arrival at the site: when, where, from which host, and with which parameters of a campaign or click. */
export type Touch = Readonly<Record<string, string | number>>;

interface Kept {
  readonly first: Touch;
  readonly last: Touch;
  readonly pages: number;
}

/** Where the visitor of a page came from. */
export class Touches {
  private kept: Kept;
  private readonly consent: Consent | undefined;
  private readonly key: string;
  private recalled = false;

  constructor(site: string) {
    this.key = `leadkit.touch.${site}`;
    // The address that the page was opened with, whatever an app has made of it since.
    const [opened] = performance.getEntriesByType("navigation");
    const touch = arrival(opened?.name || location.href, document.referrer);
    this.kept = { first: touch, last: touch, pages: 1 };
    this.consent = new Consent(this.keep);
    this.keep();
    addEventListener("pagehide", this.keep);
    const { navigation } = window as { navigation?: EventTarget };
    (navigation ?? window).addEventListener(navigation ? "navigatesuccess" : "popstate", this.moved);
  }

  /** What a lead says about where its visitor came from. All of it is only claimed. */
  context(): Record<string, unknown> {
    const leave = this.consent?.leave;
    const { first, last, pages } = this.kept;
    const gpc = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
    const seen = (touch: Touch): Touch => (gpc ? without(touch, lists.click) : touch);
    const cookies = leave?.ads ? cookiesOf(lists.cookie) : {};
    const more = Object.keys(cookies).length > 0 ? { cookies } : {};
    return { pages, attribution: { first: seen(first), last: seen(last), ...more } };
  }

  /** An app shows another page of itself. A campaign in its address is a touch; where it came from is this site. */
  private readonly moved = (): void => {
    const touch = arrival(location.href, "");
    this.kept = { ...this.kept, pages: this.kept.pages + 1, last: says(touch) ? touch : this.kept.last };
    this.keep();
  };

  /** Takes what an earlier page kept. The first touch stays the first; a direct visit is never the last. */
  private recall(): void {
    if (this.recalled) return;
    this.recalled = true;
    const kept = attempt(() => JSON.parse(localStorage.getItem(this.key) ?? "null") as Kept | null, null);
    if (!kept?.first || !(Date.now() - Number(kept.last.at) < SPAN_MS)) return;
    const now = this.kept.last;
    const last = says(now) && !same(now, kept.last) ? now : kept.last;
    this.kept = { first: kept.first, last, pages: (Number(kept.pages) || 0) + 1 };
  }

  /** Keeps what may be kept, and removes it where the visitor said no. */
  private readonly keep = (): void => {
    // The consent tool may answer while it is being asked.
    if (!this.consent) return;
    const { leave, refused } = this.consent;
    // Reading what lies on a device needs the same leave as writing it.
    if (leave.device) this.recall();
    const { first, last, pages } = this.kept;
    const seen = (touch: Touch): Touch => (leave.ads ? touch : without(touch, lists.click));
    attempt(() => {
      if (leave.device) localStorage.setItem(this.key, JSON.stringify({ first: seen(first), last: seen(last), pages }));
      else if (refused) localStorage.removeItem(this.key);
    }, undefined);
  };
}

/** The touch of a page that was opened at this address. */
function arrival(address: string, referrer: string): Touch {
  const url = new URL(address);
  const touch: Record<string, string | number> = { at: Date.now(), url: url.origin + url.pathname };
  const from = attempt(() => new URL(referrer).host, "");
  if (from !== "" && from !== location.host) touch["referrer"] = from;
  for (const [name, value] of url.searchParams) {
    const known = name.toLowerCase();
    const listed = lists.campaign.includes(known) || lists.click.includes(known);
    if (listed && value !== "" && value.length <= MAX_VALUE && !/\p{Cc}/u.test(value)) touch[known] = value;
  }
  return touch;
}

/** Whether a touch says where the visitor came from. */
const says = (touch: Touch): boolean => Object.keys(touch).length > 2;

const without = (touch: Touch, names: readonly string[]): Touch =>
  Object.fromEntries(Object.entries(touch).filter(([name]) => !names.includes(name)));

/** Whether two touches are one: a page that was loaded again. */
const same = (one: Touch, other: Touch): boolean =>
  JSON.stringify({ ...one, at: 0 }) === JSON.stringify({ ...other, at: 0 });

function cookiesOf(names: readonly string[]): Record<string, string> {
  const pairs = document.cookie.split("; ").map((pair) => pair.split("=", 2) as [string, string?]);
  const listed = pairs.filter(([name, value]) => names.includes(name) && value && value.length <= MAX_VALUE);
  return Object.fromEntries(listed.map(([name, value]) => [name, value ?? ""]));
}

const known = new Map<string, Touches>();

/** The touches of a site on this page; the same for everyone who asks. */
export function touches(site: string): Touches {
  const found = known.get(site) ?? new Touches(site);
  known.set(site, found);
  return found;
}
