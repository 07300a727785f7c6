// Zoho CRM and Google Sheets, as their documentation says: tokens that end, upserts, rows, and no second row.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { Broken, json, list, object, shape, text } from "./providers.mjs";
import { config, start, TWO_RUNTIMES, until } from "./runtime.mjs";

const SEAL = "a-key-of-this-test";
const REFRESH = { zoho: "1000.refresh", sheets: "1//refresh" };

/** Tokens of both platforms, each of which ends when it is told to. */
function accounts() {
  let count = 0;
  const live = { zoho: "", sheets: "" };
  return {
    live,
    answer(platform, body) {
      const form = Object.fromEntries(new URLSearchParams(body));
      shape(form, { grant_type: text, client_id: text, client_secret: text, refresh_token: text });
      if (form.grant_type !== "refresh_token" || form.client_secret !== "S3CRET")
        return json(400, { error: "invalid_client" });
      if (form.refresh_token !== REFRESH[platform]) return json(400, { error: "invalid_grant" });
      count += 1;
      live[platform] = `${platform}.${count}`;
      return json(200, { access_token: live[platform], expires_in: 3600, token_type: "Bearer" });
    },
    get count() {
      return count;
    },
  };
}

function zoho(tokens, records) {
  return (request, body) => {
    if (request.headers.authorization !== `Zoho-oauthtoken ${tokens.live.zoho}`) {
      // Zoho tells of a token that has ended with 401 and a code.
      return json(401, { code: "INVALID_TOKEN", details: {}, message: "invalid oauth token", status: "error" });
    }
    if (request.method !== "POST" || request.path !== "/zoho/crm/v8/Leads/upsert")
      return json(404, { code: "INVALID_URL_PATTERN" });
    shape(body, {
      data: list(
        object({
          "Last_Name?": text,
          "First_Name?": text,
          "Email?": text,
          "Company?": text,
          "Description?": text,
          "Lead_Source?": text,
        }),
        { least: 1 },
      ),
      duplicate_check_fields: list(text),
      "trigger?": list(text),
    });
    const [record] = body.data;
    const known = records.find((other) => body.duplicate_check_fields.every((field) => other[field] === record[field]));
    if (known === undefined && record.Last_Name === undefined) {
      const details = { api_name: "Last_Name", json_path: "$.data[0].Last_Name" };
      return json(202, {
        data: [{ code: "MANDATORY_NOT_FOUND", details, message: "required field not found", status: "error" }],
      });
    }
    if (known === undefined) records.push(record);
    else Object.assign(known, record);
    const done = {
      code: "SUCCESS",
      duplicate_field: known === undefined ? null : "Email",
      action: known === undefined ? "insert" : "update",
    };
    return json(200, { data: [{ ...done, details: { id: "1" }, message: "record added", status: "success" }] });
  };
}

function sheets(tokens, rows) {
  return (request, body) => {
    if (request.headers.authorization !== `Bearer ${tokens.live.sheets}`)
      return json(401, { error: { code: 401, status: "UNAUTHENTICATED" } });
    const url = new URL(`http://x${request.path}`);
    if (request.method === "POST" && url.pathname === "/sheets/v4/spreadsheets/book:batchUpdate") {
      const find = object({ find: text, replacement: text, matchEntireCell: "boolean", allSheets: "boolean" });
      shape(body, { requests: list(object({ findReplace: find }), { least: 1 }) });
      const [{ findReplace }] = body.requests;
      const occurrencesChanged = rows.flat().filter((cell) => cell === findReplace.find).length;
      return json(200, {
        spreadsheetId: "book",
        replies: [{ findReplace: occurrencesChanged > 0 ? { occurrencesChanged } : {} }],
      });
    }
    if (
      request.method === "POST" &&
      decodeURIComponent(url.pathname) === "/sheets/v4/spreadsheets/book/values/Leads!A:A:append"
    ) {
      if (url.searchParams.get("valueInputOption") !== "RAW") throw new Broken("formulas are run");
      shape(body, {
        values: list(
          list(() => undefined, { least: 1 }),
          { least: 1 },
        ),
      });
      rows.push(...body.values);
      return json(200, { spreadsheetId: "book", updates: { updatedRows: body.values.length } });
    }
    return json(404, { error: { code: 404, status: "NOT_FOUND" } });
  };
}

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let [edge, hook, tokens] = [];
    const [records, rows, faults] = [[], [], []];
    before(async () => {
      hook = await receiver();
      tokens = accounts();
      const crm = zoho(tokens, records);
      const book = sheets(tokens, rows);
      hook.answer(({ method, path, headers, body }) => {
        try {
          if (path === "/zoho-accounts/oauth/v2/token") return tokens.answer("zoho", body);
          if (path === "/google-accounts/token") return tokens.answer("sheets", body);
          const request = { method, path, headers };
          return path.startsWith("/zoho/") ? crm(request, JSON.parse(body)) : book(request, JSON.parse(body));
        } catch (error) {
          faults.push(error.message);
          return json(400, { code: "INVALID_DATA" });
        }
      });
      const oauth = { client_id: "client", client_secret: { env: "OAUTH_SECRET" } };
      const destinations = {
        crm: {
          type: "zoho",
          url: `${hook.url}/zoho`,
          accounts: `${hook.url}/zoho-accounts`,
          ...oauth,
          refresh_token: { env: "ZOHO_REFRESH" },
          map: { Lead_Source: "Web" },
        },
        table: {
          type: "google_sheets",
          url: `${hook.url}/sheets`,
          accounts: `${hook.url}/google-accounts`,
          ...oauth,
          refresh_token: { env: "SHEETS_REFRESH" },
          sheet: "book",
          range: "Leads",
          columns: [{ var: "contact.name" }, { var: "values.message" }, { var: "verdict.scores.fit.points" }],
        },
      };
      edge = await start(runtime, {
        config: { ...config(), destinations },
        env: {
          LEADKIT_SEAL_KEY: SEAL,
          OAUTH_SECRET: "S3CRET",
          ZOHO_REFRESH: REFRESH.zoho,
          SHEETS_REFRESH: REFRESH.sheets,
        },
      });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    const states = async (id) => (await admin(edge.url, `leads/shop/${id}`)).body.deliveries.map(({ state }) => state);
    const done = (id) => until(async () => (await states(id)).every((state) => state === "done"), "the end", 30_000);
    const send = async (data) => {
      const one = item(data);
      assert.equal((await post(edge.url, batch([one]))).body.r[0].s, "ok");
      await done(one.id);
      return one.id;
    };

    test("a lead becomes a record and a row, and a person who writes again is one record and two rows", async () => {
      const first = await send({ full_name: "Ada Lovelace", email: "ada@example.com", message: "=1+1", ok: true });
      assert.deepEqual(records, [
        { First_Name: "Ada", Last_Name: "Lovelace", Email: "ada@example.com", Description: "=1+1", Lead_Source: "Web" },
      ]);
      assert.deepEqual(rows, [[first, "Ada Lovelace", "=1+1", 5]]);
      const asked = tokens.count;
      await send({ email: "ada@example.com", message: "again", ok: true });
      assert.deepEqual([records.length, rows.length, tokens.count], [1, 2, asked]);
      assert.deepEqual([records[0].Last_Name, records[0].Description], ["Lovelace", "again"]);
      await send({ email: "nameless@example.com", ok: true });
      assert.equal(records[1].Last_Name, "nameless@example.com");
      assert.deepEqual(faults, []);
    });

    test("a token that ended is asked for anew, and a lead that is sent again adds no row", async () => {
      tokens.live.zoho = "ended";
      tokens.live.sheets = "ended";
      const id = await send({ full_name: "Grace Hopper", email: "grace@example.com", ok: true });
      assert.equal(rows.filter(([first]) => first === id).length, 1);
      const looked = () =>
        hook.taken.filter(({ path, body }) => path.includes(":batchUpdate") && body.includes(id)).length;
      const before = looked();
      await admin(edge.url, `leads/shop/${id}/replay`, { method: "POST", body: '{"destination":"table"}' });
      await until(() => looked() > before, "another look", 30_000);
      await done(id);
      assert.equal(rows.filter(([first]) => first === id).length, 1);
      assert.deepEqual(faults, []);
      // No secret of ours is in the log of what was sent.
      for (const name of ["crm", "table"]) {
        const log = JSON.stringify((await admin(edge.url, `deliveries/shop/${id}/${name}?show=all`)).body);
        for (const secret of ["S3CRET", ...Object.values(REFRESH), tokens.live.zoho, tokens.live.sheets]) {
          assert.ok(!log.includes(secret), `${name}: ${secret}`);
        }
      }
    });
  });
}
