// What the edge answers under /v1/admin and /v1/site. Every part may be missing: an older edge must not blank the page.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const DISPOSITIONS = ["accept", "review", "reject", "spam"] as const;

export interface Score {
  points?: number;
  groups?: Record<string, number>;
}

export interface LeadRow {
  id: string;
  site: string;
  form: string;
  received_at: number;
  disposition?: string;
  grade?: string | null;
  scores?: Record<string, Score | number>;
  segments?: string[];
  name?: string | null;
  email?: string | null;
}

export interface LeadPage {
  leads: LeadRow[];
  next: string | number | null;
}

export interface Reason {
  rule: string;
  score?: string;
  points?: number;
  claimed?: boolean;
  thirds?: number;
  disposition?: string;
  error?: string;
}

export interface Verdict {
  disposition?: string;
  grade?: string | null;
  handover?: boolean;
  scores?: Record<string, Score | number>;
  segments?: string[];
  values?: JsonObject;
  problems?: { field?: string; code: string }[];
  suggestions?: { field: string; value: string }[];
  reasons?: Reason[];
}

export interface Attempt {
  at: number;
  status?: number | null;
  error?: string | null;
}

/** What `/admin/deliveries` tells of one delivery. */
export interface DeliveryLog {
  held?: string | null;
  next?: string;
  attempts?: (Attempt & { sent?: Json; came?: Json })[];
}

/** What `/admin/destinations` tells of one destination. */
export interface Destination {
  name: string;
  type: string;
  held?: string | null;
  failures?: number;
  open_until?: number;
  due?: number | null;
  states?: Record<string, number>;
  reasons?: Record<string, number>;
}

/** Which deliveries of a destination are sent again; by default what was given up or is on hold. */
export interface ReplayQuery {
  states?: string[];
  reason?: string;
  since?: number;
  until?: number;
  leads?: string[];
}

export interface Delivery {
  destination: string;
  state: string;
  attempts?: Attempt[];
  due?: number | null;
  reason?: string | null;
}

export interface Lead {
  id: string;
  site: string;
  form: string;
  at?: number;
  sent_at?: number;
  received_at: number;
  occurred_at?: number;
  values?: JsonObject;
  unknown?: JsonObject;
  verdict?: Verdict;
  consent?: Json;
  context?: JsonObject;
  deliveries?: Delivery[];
  receipt?: Receipt | null;
  /** How far sales have come, the names that can be chosen, and how it came there. */
  stage?: string;
  stage_names?: string[];
  stages?: StageRow[];
  withdrawn?: { purpose: string; at: number; by: string }[];
  /** What does not fit between the lead and its receipt. */
  receipt_faults?: string[];
}

export interface StageRow {
  name: string;
  stage: string;
  at: number;
  by: string;
  worth?: Json;
}

export interface Receipt {
  at?: number;
  rules?: string;
}

/** What the rules of today say about a stored lead. */
export interface Judged {
  rules?: string;
  changed?: string[];
  verdict?: Verdict;
}

export type Words = string | Record<string, string>;

export interface FieldConfig {
  name: string;
  type?: string;
  label?: Words;
  text?: Words;
  options?: (string | { value: string; label?: Words })[];
}

export interface SiteConfig {
  $versions?: Record<string, string>;
  site?: { id: string; name?: Words };
  forms?: Record<string, { title?: Words; fields?: FieldConfig[] }>;
}

export interface Session {
  /** What the person who is signed in may do: `read`, `edit` or `admin`. */
  role?: string;
  sites?: { id: string; name?: Words }[];
}

export interface Quarantined {
  id: string;
  code: string;
  field?: string | null;
  received_at: number;
  item?: JsonObject | null;
}

/** What a visitor typed and agreed to have kept before the form was sent. */
export interface Begun {
  id: string;
  form: string;
  received_at: number;
  until: number;
  item?: JsonObject | null;
}

/** A file that came beside a lead; `kept` is 0 where the lead does not refer to it. */
export interface LeadFile {
  hash: string;
  field: string;
  name: string;
  type: string;
  size: number;
  kept: number;
}
