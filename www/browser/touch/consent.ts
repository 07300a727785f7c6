/** What the visitor allows, as far as the page's consent tools tell. */
export interface Leave {
  /** Whether touches may be kept on the device. */
  readonly device: boolean;
  /** Whether click ids and cookies of ad platforms may be kept or read. */
  readonly ads: boolean;
}

interface TcData {
  readonly gdprApplies?: boolean;
  readonly eventStatus?: string;
  readonly purpose?: { readonly consents?: Readonly<Record<string, boolean>> };
}
type TcfApi = (command: string, version: number, callback: (data: TcData | null, ok: boolean) => void) => void;

/** Storing on a device, and measuring the performance of advertising (IAB TCF 2.3, appendix A). */
const STORE = "1";
const MEASURE = "7";

/**
 * Asks who knows: Global Privacy Control, the page itself by the event `leadkit:consent`, the Transparency and Consent
 * Framework, and Google's Consent Mode. Whoever says no wins; where nobody says yes, nothing is kept.
 */
export class Consent {
  private page: Leave | undefined;
  private tcf: Leave | undefined;

  constructor(private readonly changed: () => void) {
    document.addEventListener("leadkit:consent", this.onConsent);
    const { __tcfapi } = window as { __tcfapi?: TcfApi };
    // The listener hears the state of today at once, and each change.
    __tcfapi?.("addEventListener", 2, (data, ok) => {
      if (!ok || !data || data.eventStatus === "cmpuishown") return;
      const given = data.purpose?.consents ?? {};
      const all = data.gdprApplies === false;
      const device = all || (given[STORE] === true && given[MEASURE] === true);
      this.tcf = { device, ads: device };
      this.changed();
    });
  }

  /** What is allowed now. */
  get leave(): Leave {
    if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true) return NOTHING;
    const said = [this.page, this.tcf, consentMode()].filter((leave) => leave !== undefined);
    if (said.length === 0) return NOTHING;
    return { device: said.every(({ device }) => device), ads: said.every(({ ads }) => ads) };
  }

  /** Whether somebody said no, so that what was kept has to go. */
  get refused(): boolean {
    if ((navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true) return true;
    return [this.page, this.tcf, consentMode()].some((leave) => leave?.device === false);
  }

  private readonly onConsent = (event: Event): void => {
    const { device = false, ads = device } = (event as CustomEvent<Partial<Leave> | undefined>).detail ?? {};
    this.page = { device, ads };
    this.changed();
  };
}

const NOTHING: Leave = { device: false, ads: false };

/** The state of Google's Consent Mode, version 2, from the commands that the page gave to `gtag`. */
function consentMode(): Leave | undefined {
  const { dataLayer } = window as { dataLayer?: unknown };
  if (!Array.isArray(dataLayer)) return undefined;
  const state: Record<string, string> = {};
  for (const entry of dataLayer as ArrayLike<unknown>[]) {
    if (entry?.[0] !== "consent") continue;
    const said = entry[2] as Record<string, unknown>;
    for (const name of ["analytics_storage", "ad_storage", "ad_user_data"]) {
      const word = said?.[name];
      // A default for some regions only cannot be judged here; the stricter of two defaults counts.
      const stays = entry[1] === "default" && state[name] === "denied";
      if (typeof word === "string" && !stays) state[name] = word;
    }
  }
  if (Object.keys(state).length === 0) return undefined;
  const granted = (name: string): boolean => state[name] === "granted";
  return {
    device: granted("analytics_storage"),
    ads: granted("ad_storage") && state["ad_user_data"] !== "denied",
  };
}
