// The one place of the Inbox that talks to the edge, always to the origin that served the page.

import type {
  Begun,
  DeliveryLog,
  Destination,
  Judged,
  Lead,
  LeadFile,
  LeadPage,
  LeadRow,
  Quarantined,
  ReplayQuery,
  Session,
  SiteConfig,
} from "./types.js";

/** Where the edge answers. */
export const BASE = document.documentElement.dataset["api"] ?? "/v1";

/** A request that was refused or did not arrive; `status` is 0 when there was no answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export interface Filter {
  site: string;
  form: string;
  disposition: string;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  // The edge takes changes from a page that sends this header: another origin would have to ask it first.
  const own = { accept: "application/json", "x-leadkit": "inbox" };
  const init: RequestInit = { method, credentials: "same-origin", headers: own };
  if (body !== undefined) {
    init.headers = { ...own, "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(BASE + path, init);
    text = await response.text();
  } catch {
    throw new ApiError(0, "network");
  }
  const parsed = parse(text);
  if (!response.ok) throw new ApiError(response.status, errorCode(parsed));
  return (parsed ?? {}) as T;
}

function parse(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function errorCode(body: unknown): string {
  const error = (body as { error?: { code?: unknown } } | null)?.error;
  return typeof error?.code === "string" ? error.code : "unknown";
}

const segment = encodeURIComponent;

let role: string | undefined;

function learn(session: Session): Session {
  role = session.role;
  return session;
}

/** Whether the person who is signed in may erase. The edge decides; this only hides a button that would be refused. */
export const mayErase = (): boolean => role === "admin";

export const api = {
  session: () => call<Session>("GET", "/admin/session").then(learn),
  signIn: (token: string) => call<Session>("POST", "/admin/session", { token }).then(learn),
  signOut: () => call<unknown>("DELETE", "/admin/session"),
  site: (site: string) => call<SiteConfig>("GET", `/site/${segment(site)}`),
  lead: (site: string, id: string) => call<Lead>("GET", `/admin/leads/${segment(site)}/${segment(id)}`),
  others: (site: string, id: string) =>
    call<{ leads?: LeadRow[] }>("GET", `/admin/leads/${segment(site)}/${segment(id)}/others`),
  erase: (site: string, id: string) =>
    call<{ destinations?: Record<string, string> }>("POST", `/admin/leads/${segment(site)}/${segment(id)}/erase`, {}),
  judgeAgain: (site: string, id: string) => call<Judged>("GET", `/admin/leads/${segment(site)}/${segment(id)}/judge`),
  deliveryLog: (site: string, id: string, destination: string, all: boolean) => {
    const path = ["/admin/deliveries", ...[site, id, destination].map(segment)].join("/");
    return call<DeliveryLog>("GET", all ? `${path}?show=all` : path);
  },
  replay: (site: string, id: string, destination: string) =>
    call<unknown>("POST", `/admin/leads/${segment(site)}/${segment(id)}/replay`, { destination }),
  destinations: (site: string) =>
    call<{ destinations?: Destination[] }>("GET", `/admin/destinations?${new URLSearchParams({ site })}`),
  hold: (site: string, name: string, stop: boolean) =>
    call<unknown>("POST", `/admin/destinations/${segment(site)}/${segment(name)}/${stop ? "pause" : "resume"}`),
  replayMany: (site: string, name: string, query: ReplayQuery) =>
    call<{ replayed: number; more: boolean }>(
      "POST",
      `/admin/destinations/${segment(site)}/${segment(name)}/replay`,
      query,
    ),
  setStage: (site: string, id: string, stage: string) =>
    call<unknown>("POST", `/admin/leads/${segment(site)}/${segment(id)}/stage`, { stage }),
  withdraw: (site: string, id: string, purpose: string) =>
    call<unknown>("POST", `/admin/leads/${segment(site)}/${segment(id)}/withdraw`, { purpose }),
  quarantine: (site: string) =>
    call<{ items?: Quarantined[] }>("GET", `/admin/quarantine?${new URLSearchParams({ site, limit: "200" })}`),
  begun: (site: string) => call<{ items?: Begun[] }>("GET", `/admin/partials?${new URLSearchParams({ site })}`),
  files: (site: string, id: string) =>
    call<{ files?: LeadFile[] }>("GET", `/admin/files/${segment(site)}/${segment(id)}`),
  leads(filter: Filter, before: string | number | null, limit: number): Promise<LeadPage> {
    const query = new URLSearchParams({ limit: String(limit) });
    for (const [name, value] of Object.entries(filter)) if (value !== "") query.set(name, value);
    if (before !== null) query.set("before", String(before));
    return call<LeadPage>("GET", `/admin/leads?${query}`);
  },
};
