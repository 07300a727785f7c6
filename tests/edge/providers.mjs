// What providers accept, as their documentation says it: one strict function for each, from a request to its answer.
// `docs/destinations.md` names the sources. A request that breaks the contract gets the answer that the provider gives.
import { createHash, createHmac } from "node:crypto";

const json = (status, body) => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const bad = (message) => json(400, { code: "invalid_parameter", status: "error", message });

class Broken extends Error {}

/** Throws unless the object has exactly these members, of these types; a name with `?` may be missing. */
function shape(value, members, where = "body") {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Broken(`${where}: no object`);
  const known = new Set(Object.keys(members).map((name) => name.replace("?", "")));
  for (const name of Object.keys(value)) if (!known.has(name)) throw new Broken(`${where}: unknown ${name}`);
  for (const [name, check] of Object.entries(members)) {
    const plain = name.replace("?", "");
    if (value[plain] === undefined) {
      if (!name.endsWith("?")) throw new Broken(`${where}: missing ${plain}`);
    } else if (typeof check === "function") {
      check(value[plain], `${where}.${plain}`);
    } else if (typeof value[plain] !== check) throw new Broken(`${where}.${plain}: no ${check}`);
  }
}

const strings = (value, where) => {
  for (const [name, each] of Object.entries(value)) {
    if (typeof each !== "string") throw new Broken(`${where}.${name}: no string`);
  }
};
const list =
  (check, { least = 0, most = 100 } = {}) =>
  (value, where) => {
    if (!Array.isArray(value)) throw new Broken(`${where}: no list`);
    if (value.length < least || value.length > most) throw new Broken(`${where}: ${value.length} items`);
    for (const [place, each] of value.entries()) check(each, `${where}[${place}]`);
  };
const object = (members) => (value, where) => shape(value, members, where);
const text = (value, where) => {
  if (typeof value !== "string" || value === "") throw new Broken(`${where}: no text`);
};
const whole = (value, where) => {
  if (!Number.isInteger(value)) throw new Broken(`${where}: no whole number`);
};
const only =
  (...words) =>
  (value, where) => {
    if (!words.includes(value)) throw new Broken(`${where}: ${value}`);
  };
const address = (value, where) => {
  if (!/^[^\s@,;<>]+@[^\s@,;<>]+$/.test(value)) throw new Broken(`${where}: no address`);
};

export { Broken, json, list, object, only, shape, text, whole };

/** From the name of a provider, the first part of the path, to what it answers. Keeps what it has made. */
export function providers(token) {
  const made = {
    persons: [],
    leads: [],
    odoo: [],
    espo: [],
    members: new Map(),
    contacts: new Map(),
    mails: new Map(),
  };
  const bearer = (request) => request.headers.authorization === `Bearer ${token}`;

  const kinds = {
    hubspot(request, path, body) {
      if (!bearer(request)) return json(401, { category: "INVALID_AUTHENTICATION", message: "no" });
      if (path === "/crm/v3/objects/contacts/batch/upsert") {
        shape(body, {
          inputs: list(
            object({ id: text, "idProperty?": "string", properties: strings, "objectWriteTraceId?": "string" }),
            { least: 1 },
          ),
        });
        const [{ id, idProperty, properties }] = body.inputs;
        if (properties[idProperty] !== id) throw new Broken("the id is no property");
        if (properties.email === "twice@example.com") {
          return json(207, {
            status: "COMPLETE",
            results: [],
            numErrors: 1,
            errors: [{ category: "VALIDATION_ERROR" }],
          });
        }
        made.contacts.set(id, properties);
        return json(200, { status: "COMPLETE", results: [{ id: "1", properties }] });
      }
      if (path !== "/submissions/v3/integration/secure/submit/4711/0a1b") return json(404, {});
      shape(body, {
        "submittedAt?": (value, where) => {
          text(value, where);
          if (!/^\d{13}$/.test(value)) throw new Broken(where);
        },
        fields: list(object({ objectTypeId: only("0-1"), name: text, value: "string" }), { least: 1, most: 1000 }),
        "context?": object({ "hutk?": text, "pageUri?": text, "pageName?": text, "ipAddress?": text }),
        "legalConsentOptions?": object({
          consent: object({
            consentToProcess: "boolean",
            text,
            communications: list(object({ value: "boolean", subscriptionTypeId: whole, text })),
          }),
        }),
        "skipValidation?": "boolean",
      });
      return json(200, { inlineMessage: "Thanks" });
    },

    brevo(request, path, body) {
      if (request.headers["api-key"] !== token) return json(401, { code: "unauthorized", message: "Key not found" });
      if (path === "/v3/contacts") {
        shape(body, {
          email: address,
          "extId?": "string",
          attributes: object({ "FIRSTNAME?": "string", "LASTNAME?": "string" }),
          listIds: list(whole),
          updateEnabled: "boolean",
        });
        const known = made.contacts.has(body.email);
        made.contacts.set(body.email, body);
        return known ? { status: 204 } : json(201, { id: 1 });
      }
      if (path === "/v3/contacts/doubleOptinConfirmation") {
        shape(body, {
          email: address,
          attributes: "object",
          includeListIds: list(whole, { least: 1 }),
          templateId: whole,
          redirectionUrl: text,
        });
        return { status: 201, body: "" };
      }
      if (path !== "/v3/smtp/email") return json(404, {});
      shape(body, {
        sender: object({ email: address, "name?": text }),
        to: list(object({ email: address, "name?": text }), { least: 1 }),
        subject: text,
        textContent: text,
        "headers?": strings,
        "replyTo?": object({ email: address, "name?": text }),
      });
      return json(201, { messageId: "<1@brevo.example>" });
    },

    mailchimp(request, path, body) {
      const login = `Basic ${Buffer.from(`leadkit:${token}`).toString("base64")}`;
      if (request.headers.authorization !== login) return json(401, { title: "API Key Invalid" });
      const found = /^\/3\.0\/lists\/a1b2\/members\/([0-9a-f]{32})$/.exec(path);
      if (found === null || request.method !== "PUT") return json(404, { title: "Resource Not Found" });
      shape(body, {
        email_address: address,
        status_if_new: only("subscribed", "pending", "unsubscribed", "cleaned", "transactional"),
        merge_fields: object({ "FNAME?": "string", "LNAME?": "string", "SIZE?": "string" }),
        "language?": text,
        "timestamp_signup?": (value, where) => {
          if (Number.isNaN(Date.parse(value))) throw new Broken(where);
        },
        "tags?": list(text),
      });
      const hash = createHash("md5").update(body.email_address.toLowerCase()).digest("hex");
      if (hash !== found[1]) throw new Broken("the member has another hash");
      made.members.set(hash, body);
      return json(200, { id: hash, status: body.status_if_new });
    },

    slack(_request, path, body) {
      if (path !== "/services/T0/B0/x") return { status: 404, body: "no_service" };
      shape(body, { text, "blocks?": "object" });
      return { status: 200, body: "ok" };
    },

    teams(_request, _path, body) {
      shape(body, {
        type: only("message"),
        attachments: list(
          object({
            contentType: only("application/vnd.microsoft.card.adaptive"),
            content: object({
              $schema: text,
              type: only("AdaptiveCard"),
              version: only("1.4"),
              body: list(object({ type: text, inlines: list(object({ type: only("TextRun"), text })) }), { least: 1 }),
              "actions?": list(object({ type: only("Action.OpenUrl"), title: text, url: text })),
            }),
          }),
          { least: 1 },
        ),
      });
      return { status: 202 };
    },

    discord(_request, path, body) {
      if (!path.startsWith("/api/webhooks/1/t?")) return json(404, { code: 10015, message: "Unknown Webhook" });
      shape(body, { content: text, allowed_mentions: object({ parse: list(text, { most: 0 }) }) });
      if (body.content.length > 2000) throw new Broken("content: too long");
      return new URL(`http://x${path}`).searchParams.get("wait") === "true" ? json(200, { id: "1" }) : { status: 204 };
    },

    resend(request, path, body) {
      if (!bearer(request)) return json(401, { name: "missing_api_key", statusCode: 401 });
      if (path !== "/emails") return json(404, {});
      const key = request.headers["idempotency-key"];
      if (typeof key !== "string" || key.length > 256) throw new Broken("no idempotency key");
      shape(body, {
        from: text,
        to: list(address, { least: 1, most: 50 }),
        subject: text,
        text,
        "headers?": strings,
        "reply_to?": address,
      });
      const before = made.mails.get(key);
      if (before !== undefined && before !== JSON.stringify(body)) {
        return json(409, { name: "invalid_idempotent_request", statusCode: 409 });
      }
      made.mails.set(key, JSON.stringify(body));
      return json(200, { id: "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794" });
    },

    postmark(request, path, body) {
      if (request.headers["x-postmark-server-token"] !== token) return json(401, { ErrorCode: 10 });
      if (path !== "/email") return json(404, {});
      shape(body, {
        From: text,
        To: text,
        Subject: text,
        TextBody: text,
        MessageStream: only("outbound"),
        "ReplyTo?": address,
        "Headers?": list(object({ Name: text, Value: text })),
      });
      return json(200, { ErrorCode: 0, Message: "OK" });
    },

    ses(request, path, body, raw) {
      const found = /Credential=AKID\/(\d{8})\/(.+)\/ses\/aws4_request, SignedHeaders=(.+), Signature=(.+)$/.exec(
        request.headers.authorization,
      );
      if (found === null) return json(403, { message: "Missing Authentication Token" });
      const [, day, region, names, signature] = found;
      const headers = names.split(";").map((name) => `${name}:${request.headers[name]}`);
      const hash = (text) => createHash("sha256").update(text).digest("hex");
      const canonical = ["POST", request.url, "", ...headers, "", names, hash(raw)].join("\n");
      const date = request.headers["x-amz-date"];
      const toSign = ["AWS4-HMAC-SHA256", date, `${day}/${region}/ses/aws4_request`, hash(canonical)].join("\n");
      const parts = [day, region, "ses", "aws4_request"];
      const key = parts.reduce((key, part) => createHmac("sha256", key).update(part).digest(), `AWS4${token}`);
      const right = createHmac("sha256", key).update(toSign).digest("hex");
      if (!date.startsWith(day) || right !== signature) return json(403, { message: "The signature does not match" });
      if (path !== "/v2/email/outbound-emails") return json(404, {});
      const content = object({ Data: text, Charset: only("UTF-8") });
      shape(body, {
        FromEmailAddress: text,
        Destination: object({ ToAddresses: list(address, { least: 1, most: 50 }) }),
        "ReplyToAddresses?": list(address),
        Content: object({ Simple: object({ Subject: content, Body: object({ Text: content }) }) }),
      });
      return json(200, { MessageId: "1" });
    },

    pipedrive(request, path, body) {
      if (request.headers["x-api-token"] !== token) return json(401, { success: false, error: "unauthorized" });
      const url = new URL(`http://x${path}`);
      if (request.method === "GET" && url.pathname === "/api/v2/persons/search") {
        const term = url.searchParams.get("term");
        const found = made.persons.filter(({ emails }) => emails?.some(({ value }) => value === term));
        return json(200, { success: true, data: { items: found.map((item) => ({ result_score: 1, item })) } });
      }
      if (request.method === "GET" && url.pathname === "/v1/leads") {
        const person = Number(url.searchParams.get("person_id"));
        return json(200, { success: true, data: made.leads.filter(({ person_id }) => person_id === person) });
      }
      const contacts = list(object({ value: text, primary: "boolean", label: text }), { least: 1 });
      if (request.method === "POST" && path === "/api/v2/persons") {
        shape(body, { name: text, "emails?": contacts, "phones?": contacts });
        made.persons.push({ id: made.persons.length + 1, ...body });
        return json(200, { success: true, data: made.persons.at(-1) });
      }
      if (request.method === "POST" && path === "/v1/leads") {
        shape(body, { title: text, person_id: whole, "origin_id?": text, "channel?": whole });
        made.leads.push(body);
        return json(201, { success: true, data: { id: "uuid", ...body } });
      }
      return json(404, { success: false });
    },

    salesforce(request, path, body, raw) {
      if (path === "/services/oauth2/token") {
        const login = `Basic ${Buffer.from(`client:${token}`).toString("base64")}`;
        if (request.headers.authorization !== login) return json(400, { error: "invalid_client" });
        if (request.headers["content-type"] !== "application/x-www-form-urlencoded") throw new Broken("no form");
        if (raw !== "grant_type=client_credentials") return json(400, { error: "unsupported_grant_type" });
        return json(200, { access_token: "00Dxx!session", token_type: "Bearer" });
      }
      if (request.headers.authorization !== "Bearer 00Dxx!session")
        return json(401, [{ errorCode: "INVALID_SESSION_ID" }]);
      if (
        request.method !== "PATCH" ||
        !/^\/services\/data\/v\d\d\.0\/composite\/sobjects\/Lead\/Leadkit_Id__c$/.test(path)
      ) {
        return json(404, [{ errorCode: "NOT_FOUND" }]);
      }
      shape(body, {
        allOrNone: "boolean",
        records: list(
          object({
            attributes: object({ type: only("Lead") }),
            Leadkit_Id__c: text,
            LastName: text,
            Company: text,
            "FirstName?": text,
            "Email?": address,
            "Phone?": text,
            "Description?": text,
          }),
          { least: 1, most: 200 },
        ),
      });
      return json(200, [{ id: "00Q", success: true, created: true, errors: [] }]);
    },

    espocrm(request, path, body) {
      if (request.headers["x-api-key"] !== token) return { status: 401 };
      const url = new URL(`http://x${path}`);
      if (url.pathname !== "/api/v1/Lead") return { status: 404 };
      const [type, attribute, value] = ["type", "attribute", "value"].map((name) =>
        url.searchParams.get(`where[0][${name}]`),
      );
      if (request.method === "GET") {
        if (type !== "equals") throw new Broken("no search");
        const found = made.espo.filter((lead) => lead[attribute] === value);
        return json(200, { total: found.length, list: found });
      }
      const fields = [
        "firstName?",
        "lastName",
        "emailAddress?",
        "phoneNumber?",
        "accountName?",
        "description?",
        "cLeadkitId?",
      ];
      shape(body, Object.fromEntries(fields.map((name) => [name, text])));
      const same = made.espo.some(({ emailAddress }) => emailAddress === body.emailAddress);
      if (same && request.headers["x-skip-duplicate-check"] !== "true") return json(409, {});
      made.espo.push(body);
      return json(200, { id: String(made.espo.length), ...body });
    },

    mautic(request, path, body) {
      const login = `Basic ${Buffer.from(`client:${token}`).toString("base64")}`;
      if (request.headers.authorization !== login) return json(401, { errors: [{ code: 401 }] });
      if (request.method !== "POST" || path !== "/api/contacts/new") return json(404, { errors: [{ code: 404 }] });
      const fields = ["firstname?", "lastname?", "phone?", "company?"];
      shape(body, {
        email: address,
        ...Object.fromEntries(fields.map((name) => [name, text])),
        "tags?": list(text),
        "overwriteWithBlank?": "boolean",
      });
      const known = made.contacts.has(`mautic ${body.email}`);
      made.contacts.set(`mautic ${body.email}`, body);
      return json(known ? 200 : 201, { contact: { id: 1 } });
    },

    odoo(request, path, body) {
      if (request.headers.authorization !== `bearer ${token}`)
        return json(401, { name: "werkzeug.exceptions.Unauthorized" });
      if (path === "/json/2/crm.lead/search_count") {
        shape(body, { domain: list((term) => list(text, { least: 3, most: 3 })(term, "term"), { least: 1 }) });
        const [[field, , value]] = body.domain;
        return json(200, made.odoo.filter((lead) => lead[field] === value).length);
      }
      if (path !== "/json/2/crm.lead/create") return json(404, { name: "werkzeug.exceptions.NotFound" });
      const fields = ["contact_name?", "email_from?", "phone?", "partner_name?", "description?", "x_lead_id?"];
      const members = Object.fromEntries(fields.map((name) => [name, text]));
      shape(body, { vals_list: list(object({ name: text, type: only("lead"), ...members }), { least: 1 }) });
      made.odoo.push(...body.vals_list);
      return json(200, [made.odoo.length]);
    },
  };

  const broken = [];
  const answer = (request, raw) => {
    const [, name] = request.url.split("/");
    const path = request.url.slice(name.length + 1);
    const form = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
    const typed = request.method === "GET" || form || request.headers["content-type"] === "application/json";
    if (kinds[name] === undefined) return { status: 404 };
    try {
      if (!typed) throw new Broken("no JSON");
      return kinds[name](request, path, raw === "" || form ? undefined : JSON.parse(raw), raw);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      broken.push(`${name}: ${error.message}`);
      return bad(error.message);
    }
  };
  return { answer, made, broken };
}
