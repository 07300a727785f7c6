// What ad platforms accept, as their documentation says it; `docs/destinations.md` names the sources and what is from memory.
// A request that breaks the contract gets the answer that the platform gives. Keeps who is in which audience.
import { createHash, createHmac } from "node:crypto";
import { Broken, json, list, object, only, shape, text, whole } from "./providers.mjs";

const hash = (value, where) => {
  if (!/^[0-9a-f]{64}$/.test(value)) throw new Broken(`${where}: no SHA-256`);
};
const hashOrNothing = (value, where) => value === "" || hash(value, where);
const number = (value, where) => {
  if (typeof value !== "number" || !(value >= 0)) throw new Broken(`${where}: no number`);
};
const matching = (pattern) => (value, where) => {
  if (!pattern.test(value)) throw new Broken(`${where}: ${value}`);
};
const one = (check) => list(check, { least: 1, most: 1 });

const anything = () => true;

/** Whoever has this address is refused by every platform, each in its own way. */
export const REFUSED = "refused@example.com";
const refused = createHash("sha256").update(REFUSED).digest("hex");
const has = (item) => JSON.stringify(item).includes(refused);

const DAY = 86_400;
/** Seconds since 1970, not in the future and not older than so many days. */
const seconds = (days) => (value, where) => {
  whole(value, where);
  const age = Date.now() / 1000 - value;
  if (age < -600 || age > days * DAY) throw new Broken(`${where}: out of range`);
};

const graphError = (status, code, message, more = {}) =>
  json(status, { error: { message, type: "OAuthException", code, ...more } });

/** From the name of a platform, the first part of the path, to what it answers. */
export function platforms(token, appSecret) {
  const made = { events: [], members: new Map(), requests: [], google: new Map(), sizes: new Map() };
  const put = (audience, key, add) => {
    const members = made.members.get(audience) ?? new Set();
    made.members.set(audience, members);
    if (add) members.add(key);
    else members.delete(key);
  };
  const bearer = ({ headers }) => headers.authorization === `Bearer ${token}`;

  const each = {
    meta({ method, query }, path, body) {
      if (query.get("access_token") !== token) return graphError(400, 190, "Invalid OAuth access token");
      const proof = createHmac("sha256", appSecret).update(token).digest("hex");
      if (query.get("appsecret_proof") !== proof) return graphError(400, 100, "Invalid appsecret_proof");
      if (path === "/700100/events" && method === "POST") {
        const hashes = list(hash, { least: 1, most: 10 });
        shape(body, {
          data: list(
            object({
              event_name: text,
              event_time: seconds(7),
              event_id: text,
              action_source: only("website", "system_generated"),
              "event_source_url?": matching(/^https?:/),
              user_data: object({
                "em?": hashes,
                "ph?": hashes,
                "fn?": hashes,
                "ln?": hashes,
                "ct?": hashes,
                "zp?": hashes,
                "country?": hashes,
                "external_id?": hashes,
                "lead_id?": matching(/^\d{15,17}$/),
                "fbc?": matching(/^fb\.\d\.\d{13}\..+$/),
                "fbp?": matching(/^fb\.\d\.\d{13}\.\d+$/),
                "client_user_agent?": text,
              }),
              custom_data: object({
                event_source: only("crm"),
                lead_event_source: text,
                "value?": number,
                "currency?": matching(/^[A-Z]{3}$/),
              }),
            }),
            { least: 1, most: 1000 },
          ),
          "test_event_code?": text,
        });
        for (const event of body.data) {
          if (event.action_source === "website" && !(event.user_data.client_user_agent && event.event_source_url))
            throw new Broken("a website event without agent or address");
        }
        if (body.data.some(has)) return graphError(400, 100, "Invalid parameter");
        if (made.busy) {
          made.busy = false;
          return graphError(400, 4, "Application request limit reached");
        }
        made.events.push(...body.data.map((event) => ({ platform: "meta", ...event })));
        return json(200, { events_received: body.data.length, messages: [], fbtrace_id: "x" });
      }
      if (path !== "/700200/users" || !["POST", "DELETE"].includes(method)) return graphError(404, 803, "Unknown path");
      const { length } = body.payload?.schema ?? [];
      shape(body, {
        payload: object({
          schema: list(only("EMAIL", "PHONE", "FN", "LN", "CT", "ZIP", "COUNTRY", "EXTERN_ID"), { least: 1 }),
          data: list(
            (row, where) => {
              list(anything, { least: length, most: length })(row, where);
              for (const cell of row.slice(0, -1)) hashOrNothing(cell, where);
            },
            { least: 1, most: 10_000 },
          ),
        }),
      });
      for (const row of body.payload.data) put("meta", row[0], method === "POST");
      return json(200, { audience_id: "700200", num_received: body.payload.data.length, num_invalid_entries: 0 });
    },

    google(request, path, body) {
      if (!bearer(request)) return json(401, { error: { code: 401, status: "UNAUTHENTICATED" } });
      const account = object({ accountType: only("GOOGLE_ADS"), accountId: matching(/^\d+$/) });
      const common = {
        destinations: one(
          object({ operatingAccount: account, "loginAccount?": account, productDestinationId: matching(/^\d+$/) }),
        ),
        encoding: only("HEX"),
        "validateOnly?": "boolean",
      };
      const granted = only("CONSENT_GRANTED");
      const consent = object({ adUserData: granted, adPersonalization: granted });
      const identifier = (value, where) => {
        const address = {
          givenName: hash,
          familyName: hash,
          regionCode: matching(/^[A-Z]{2}$/),
          postalCode: text,
        };
        const shapes = { emailAddress: hash, phoneNumber: hash, address: object(address) };
        const [name] = Object.keys(value);
        shape(value, { [name]: shapes[name] ?? only() }, where);
      };
      const userData = object({ userIdentifiers: list(identifier, { least: 1, most: 10 }) });
      const invalid = (error) =>
        json(400, { error: { code: 400, status: "INVALID_ARGUMENT", message: error.message } });
      try {
        if (path === "/v1/events:ingest") {
          const click = (value, where) => one(anything)(Object.keys(value), where);
          const event = {
            transactionId: text,
            eventTimestamp: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
            eventSource: only("WEB", "APP", "IN_STORE", "PHONE", "OTHER", "MESSAGE"),
            "adIdentifiers?": click,
            "userData?": userData,
            "currency?": matching(/^[A-Z]{3}$/),
            "conversionValue?": number,
          };
          shape(body, { ...common, consent, events: list(object(event), { least: 1, most: 2000 }) });
          const action = body.destinations[0].productDestinationId;
          made.events.push(...body.events.map((one) => ({ platform: "google", action, ...one })));
        } else {
          const members = list(object({ userData }), { least: 1, most: 10_000 });
          const adds = path === "/v1/audienceMembers:ingest";
          if (!adds && path !== "/v1/audienceMembers:remove") return json(404, {});
          const terms = object({ customerMatchTermsOfServiceStatus: only("ACCEPTED") });
          shape(body, {
            ...common,
            audienceMembers: members,
            ...(adds ? { consent, termsOfService: terms } : {}),
          });
          const audience = `google ${body.destinations[0].productDestinationId}`;
          for (const { userData } of body.audienceMembers)
            put(audience, userData.userIdentifiers[0].emailAddress, adds);
        }
      } catch (error) {
        made.broken = error.message;
        return invalid(error);
      }
      const method = path.slice("/v1/".length);
      made.google.set([method, ...Object.keys(body.events?.[0] ?? {})].join(), { method, body });
      return json(200, { requestId: "r-1" });
    },

    linkedin(request, path, body) {
      const { headers } = request;
      if (!bearer(request))
        return json(401, { status: 401, serviceErrorCode: 65_600, message: "Invalid access token" });
      if (!/^20\d{4}$/.test(headers["linkedin-version"])) return json(426, { status: 426, message: "version" });
      if (headers["x-restli-protocol-version"] !== "2.0.0") throw new Broken("no protocol version");
      const elements = body.elements ?? [];
      if (path === "/rest/conversionEvents") {
        if ((headers["x-restli-method"] === "BATCH_CREATE") !== elements.length > 0) throw new Broken("no batch");
        const id = object({
          idType: only("SHA256_EMAIL", "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID"),
          idValue: text,
        });
        const info = { firstName: text, lastName: text, "title?": text, "companyName?": text, "countryCode?": text };
        const conversion = {
          conversion: matching(/^urn:lla:llaPartnerConversion:\d+$/),
          conversionHappenedAt: (value, where) => seconds(90)(Math.floor(value / 1000), where),
          "conversionValue?": object({ currencyCode: text, amount: matching(/^\d+(\.\d+)?$/) }),
          eventId: text,
          user: object({ userIds: list(id), "userInfo?": object(info) }),
        };
        const all = elements.length > 0 ? elements : [body];
        for (const each of all) shape(each, conversion);
        made.events.push(...all.filter((one) => !has(one)).map((one) => ({ platform: "linkedin", ...one })));
        const status = (one) => (has(one) ? 422 : 201);
        return elements.length > 0
          ? json(200, { elements: all.map((one) => ({ status: status(one) })) })
          : { status: status(body), body: "" };
      }
      if (path !== "/rest/dmpSegments/7003/users") return json(404, { status: 404 });
      if (headers["x-restli-method"] !== "BATCH_CREATE") throw new Broken("no batch");
      const person = {
        action: only("ADD", "REMOVE"),
        userIds: one(object({ idType: only("SHA256_EMAIL"), idValue: hash })),
        "firstName?": text,
        "lastName?": text,
        "company?": text,
        "country?": text,
      };
      shape(body, { elements: list(object(person), { least: 1, most: 5000 }) });
      for (const { action, userIds } of body.elements) put("linkedin", userIds[0].idValue, action === "ADD");
      return json(200, { elements: body.elements.map(() => ({ status: 201 })) });
    },

    tiktok({ headers }, path, body) {
      if (headers["access-token"] !== token) return json(200, { code: 40_105, message: "Access token is incorrect" });
      const hashes = list(hash, { least: 1 });
      try {
        if (path === "/open_api/v1.3/event/track/") {
          const user = {
            "email?": hashes,
            "phone?": hashes,
            "external_id?": hashes,
            "ttclid?": text,
            "ttp?": text,
          };
          shape(body, {
            event_source: only("web", "crm", "offline"),
            event_source_id: text,
            "test_event_code?": text,
            data: list(
              object({
                event: text,
                event_time: seconds(365),
                event_id: text,
                user: object(user),
                "properties?": object({ currency: text, value: number }),
                "page?": object({ url: text }),
                "lead?": object({ lead_id: text, lead_event_source: text }),
              }),
              { least: 1, most: 1000 },
            ),
          });
          if (made.slow) {
            made.slow = false;
            return json(200, { code: 40_100, message: "Too many requests" });
          }
          made.events.push(...body.data.map((event) => ({ platform: "tiktok", ...event })));
        } else if (path === "/open_api/v1.3/segment/mapping/") {
          const cell = (value, where) =>
            Object.keys(value).length > 0 && shape(value, { id: hash, audience_ids: one(text) }, where);
          shape(body, {
            advertiser_ids: one(text),
            action: only("add", "delete"),
            id_schema: list(only("EMAIL_SHA256", "PHONE_SHA256"), { least: 1 }),
            batch_data: list(list(cell, { least: body.id_schema.length, most: body.id_schema.length }), {
              least: 1,
              most: 10_000,
            }),
          });
          for (const [email] of body.batch_data) put("tiktok", email.id, body.action === "add");
        } else return json(200, { code: 40_002, message: "Unknown path" });
      } catch (error) {
        made.broken = error.message;
        return json(200, { code: 40_000, message: error.message });
      }
      return json(200, { code: 0, message: "OK", data: {} });
    },

    microsoft(request, path, body) {
      if (!bearer(request)) return { status: 401, body: "" };
      if (path !== "/v1/7004/events") return { status: 404, body: "" };
      shape(body, {
        continueOnValidationError: "boolean",
        data: list(
          object({
            eventType: only("custom", "pageLoad"),
            eventName: text,
            eventId: text,
            eventTime: seconds(90),
            "eventSourceUrl?": matching(/^https?:/),
            adStorageConsent: only("G", "D"),
            userData: object({ "em?": hash, "ph?": hash, "msclkid?": text }),
            "customData?": object({ value: number, currency: text }),
          }),
          { least: 1, most: 1000 },
        ),
      });
      made.events.push(...body.data.map((event) => ({ platform: "microsoft", ...event })));
      return json(200, { eventsReceived: body.data.length, traceId: "t" });
    },
  };

  /** A refresh token is good once: the answer has another. */
  let fresh = "refresh-0";
  const granted = (form) => {
    const given = ["grant_type", "client_id", "client_secret", "refresh_token"].map((name) => form.get(name));
    if (given.join() !== `refresh_token,client,${appSecret},${fresh}`) return json(400, { error: "invalid_grant" });
    made.grants = (made.grants ?? 0) + 1;
    fresh = `refresh-${made.grants}`;
    return json(200, { access_token: token, expires_in: 3600, refresh_token: fresh, token_type: "Bearer" });
  };

  return {
    made,
    answer({ method, path: target, headers, body }) {
      const url = new URL(target, "http://platform.invalid");
      const [, name] = url.pathname.split("/");
      const path = url.pathname.slice(name.length + 1);
      made.requests.push(`${method} ${name}${path}`);
      try {
        if (name === "tokens") return granted(new URLSearchParams(body));
        const json = JSON.parse(body);
        const items =
          json.data ?? json.payload?.data ?? json.events ?? json.audienceMembers ?? json.elements ?? json.batch_data;
        made.sizes.set(name, Math.max(made.sizes.get(name) ?? 0, items?.length ?? 1));
        return each[name]({ method, headers, query: url.searchParams }, path, JSON.parse(body));
      } catch (error) {
        made.broken = `${name}: ${error.message}`;
        return json(400, { error: { code: 100, message: error.message } });
      }
    },
  };
}
