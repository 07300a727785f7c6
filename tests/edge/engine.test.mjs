// The engine of transfer on a virtual clock: batches and what becomes of their parts, rates, rest, the breaker.
import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./virtual.mjs";

const many = (count, name = "a") => Array.from({ length: count }, (_, n) => `${name}${n}@example.com`);
const HOUR = 3_600_000;

const hubspot = (settings = {}) => ({
  crm: { type: "hubspot", token: { env: "T" }, map: { email: { var: "values.email" } }, ...settings },
});
const inputs = ({ body }) => JSON.parse(body).inputs;
const mails = (request) => inputs(request).map(({ id }) => id);
const traced = ({ objectWriteTraceId }) => ({ id: "1", objectWriteTraceId, properties: {} });
const env = { T: "token" };

test("leads that are due together go in one request, up to the limit, each with an attempt of its own", async () => {
  const world = new World(hubspot(), () => ({ status: 200, body: "{}" }), env);
  for (let round = 0; round < 5; round += 1) await world.send(many(50, `r${round}-`));
  await world.run(1000);
  assert.deepEqual(
    world.requests.map((request) => inputs(request).length),
    [100, 100, 50],
  );
  assert.equal(new Set(world.requests.flatMap(mails)).size, 250);
  assert.ok(world.requests.every((request) => request.begun >= inputs(request).length));
  assert.deepEqual(world.states(), { done: 250 });
  const [{ n }] = world.rows("SELECT count(*) AS n FROM attempt WHERE status=200 AND ended_at IS NOT NULL");
  assert.equal(n, 250);
});

test("the log of a lead has its own part of a request alone", async () => {
  const world = new World(hubspot(), () => ({ status: 200, body: "{}" }), env);
  const [first] = await world.send(["ada@example.com", "bob@example.com"]);
  await world.run(1000);
  const { attempts } = await world.admin("GET", `deliveries/s/${first}/crm?show=all`);
  assert.equal(attempts[0].sent[0].of, 2);
  assert.equal(attempts[0].sent[0].body.id, "ada@example.com");
  assert.doesNotMatch(JSON.stringify(attempts), /bob/);
});

test("one bad lead refuses a whole request, and is found by halving; all others arrive", async () => {
  const receive = (request) => ({ status: mails(request).includes("a41@example.com") ? 400 : 200, body: "{}" });
  const world = new World(hubspot(), receive, env);
  await world.send(many(64));
  await world.run(60_000);
  assert.deepEqual(world.states(), { dead: 1, done: 63 });
  const [dead] = world.rows("SELECT lead,status,reason,error FROM delivery WHERE state='dead'");
  assert.deepEqual([dead.status, dead.reason], [400, "refused"]);
  // One refusal for each halving and at most as many again for the other halves.
  assert.ok(world.requests.length <= 14, String(world.requests.length));
  // Halving takes no round of the schedule, and does not count as trouble.
  assert.equal(world.rows("SELECT count(*) AS n FROM lane WHERE failures>0")[0].n, 0);
});

test("an answer for each part decides about each lead", async () => {
  const lead = ({ objectWriteTraceId }) => objectWriteTraceId.split(":")[0];
  let [refused, unnamed] = [];
  const receive = (request) => {
    const parts = inputs(request);
    if (parts.length === 1) return { status: 200, body: "{}" };
    const [bad, untold, ...good] = parts;
    [refused, unnamed] = [lead(bad), lead(untold)];
    const errors = [{ message: "no", context: { objectWriteTraceId: [bad.objectWriteTraceId] } }];
    return { status: 207, body: JSON.stringify({ results: good.map(traced), errors, numErrors: 1 }) };
  };
  const world = new World(hubspot(), receive, env);
  await world.send(many(10));
  await world.run(60_000);
  assert.deepEqual(world.states(), { dead: 1, done: 9 });
  assert.equal(world.rows("SELECT state FROM delivery WHERE lead=?", refused)[0].state, "dead");
  // Whoever the answer does not name goes once more.
  assert.equal(world.rows("SELECT count(*) AS n FROM attempt WHERE lead=?", unnamed)[0].n, 2);
  assert.equal(world.requests.length, 2);
});

test("trouble with a whole request is trouble for all of it, and all go again together", async () => {
  const world = new World(hubspot(), (_, n) => ({ status: n === 1 ? 503 : 200, body: "{}" }), env);
  await world.send(many(30));
  await world.run(60_000);
  assert.deepEqual(
    world.requests.map((request) => inputs(request).length),
    [30, 30],
  );
  assert.deepEqual(world.states(), { done: 30 });
});

test("the same person twice goes in two requests, because one may not name it twice", async () => {
  const world = new World(hubspot(), () => ({ status: 200, body: "{}" }), env);
  await world.send(["ada@example.com", "bob@example.com", "Ada@example.com"]);
  await world.run(1000);
  for (const request of world.requests) {
    const lower = mails(request).map((mail) => mail.toLowerCase());
    assert.equal(new Set(lower).size, lower.length);
  }
  assert.deepEqual(world.states(), { done: 3 });
});

test("a crash between request and answer sends the same leads again, under the same keys", async () => {
  let crashed = false;
  const world = new World(
    { hook: { type: "webhook", url: "https://a.example.com/", batch: 10, secret: { env: "S" } } },
    () => {
      if (!crashed) world.at(world.now, () => world.start());
      crashed = true;
      return { status: 200, delay: 50 };
    },
    { S: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
  );
  await world.send(many(5));
  await world.run(120_000);
  assert.deepEqual(world.states(), { done: 5 });
  const [first, second, ...more] = world.requests;
  assert.deepEqual(more, []);
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
  const ids = (request) => JSON.parse(request.body).data.map(({ id }) => id);
  assert.deepEqual(ids(first), ids(second));
});

test("a webhook with batch tells of single leads in its answer", async () => {
  let [refused, again] = [];
  const receive = ({ body }) => {
    const [one, two, ...rest] = JSON.parse(body).data;
    if (rest.length > 0) [refused, again] = [one, two].map(({ id }) => id.split(":")[0]);
    if (rest.length === 0) return { status: 200 };
    const results = [
      { id: one.id, status: 422 },
      { id: two.id, status: 503 },
    ];
    return { status: 200, body: JSON.stringify({ results }) };
  };
  const world = new World({ hook: { type: "webhook", url: "https://a.example.com/", batch: 10 } }, receive);
  await world.send(many(4));
  await world.run(60_000);
  assert.deepEqual(world.states(), { dead: 1, done: 3 });
  const [{ status, reason }] = world.rows("SELECT status,reason FROM delivery WHERE lead=?", refused);
  assert.deepEqual([status, reason], [422, "refused"]);
  assert.equal(world.rows("SELECT count(*) AS n FROM attempt WHERE lead=?", again)[0].n, 2);
});

test("requests are spread as the rate says, also over a restart, and each lane has its own", async () => {
  const world = new World(
    {
      slow: { type: "webhook", url: "https://slow.example.com/", rate: { per_second: 4 } },
      slower: { type: "webhook", url: "https://slower.example.com/", rate: { per_minute: 60 } },
      free: { type: "webhook", url: "https://free.example.com/" },
    },
    () => ({ status: 200 }),
  );
  const began = world.now;
  await world.send(many(40));
  // Nothing is under way at this moment: what is would wait for its lease.
  await world.run(2900);
  world.start();
  await world.run(60_000);
  assert.deepEqual(world.states(), { done: 120 });
  const times = (name) => world.requests.filter(({ url }) => url.includes(`//${name}.`)).map(({ at }) => at);
  for (const [name, apart] of [
    ["slow", 250],
    ["slower", 1000],
  ]) {
    const at = times(name);
    for (let n = 1; n < at.length; n += 1) assert.ok(at[n] - at[n - 1] >= apart, `${name}: ${at[n] - at[n - 1]}`);
    // And no slower than it must: within a tenth, and the pause of the restart.
    assert.ok(at.at(-1) - at[0] <= apart * 39 * 1.1 + 1000, `${name}: ${at.at(-1) - at[0]}`);
  }
  assert.ok(times("free").at(-1) - began < 1000);
});

test("what a receiver asks for by Retry-After holds for its whole lane, more than the rate", async () => {
  const world = new World(
    {
      busy: { type: "webhook", url: "https://busy.example.com/", rate: { per_second: 10, at_once: 1 } },
      other: { type: "webhook", url: "https://other.example.com/" },
    },
    ({ url }, n) =>
      url.includes("busy") && n <= 2 ? { status: 429, headers: [["retry-after", "120"]] } : { status: 200 },
  );
  await world.send(many(5));
  await world.run(119_000);
  const busy = () => world.requests.filter(({ url }) => url.includes("busy"));
  assert.equal(busy().length, 1);
  assert.equal(world.requests.length - busy().length, 5);
  await world.run(60_000);
  assert.deepEqual(world.states(), { done: 10 });
});

test("the breaker opens after ten failures, tries one every now and then, and closes when that succeeds", async () => {
  let down = true;
  const world = new World({ hook: { type: "webhook", url: "https://a.example.com/" } }, () =>
    down ? { error: "timeout", delay: 100 } : { status: 200 },
  );
  await world.send(many(40));
  await world.run(HOUR);
  const opened = world.requests.findIndex(({ at }, n) => n > 10 && at - world.requests[n - 1].at > 20_000);
  // Ten, and those that were under way when the tenth failed.
  assert.ok(opened >= 10 && opened <= 16, String(opened));
  const probes = world.requests.slice(opened);
  // 30 seconds, doubled up to 15 minutes: five to eight in an hour, one at a time.
  assert.ok(probes.length >= 4 && probes.length <= 9, String(probes.length));
  probes.slice(1).forEach(({ at }, n) => {
    assert.ok(at - probes[n].at >= 30_000, String(at - probes[n].at));
  });
  const { destinations } = await world.admin("GET", "destinations");
  assert.ok(destinations[0].failures >= 10 && destinations[0].open_until > world.now);
  down = false;
  await world.run(HOUR / 4 + 1000);
  // The probe has closed it, and what waited went at once.
  assert.equal((await world.admin("GET", "destinations")).destinations[0].failures, 0);
  await world.run(24 * HOUR);
  assert.deepEqual(world.states(), { done: 40 });
});

test("a batch whose receiver is gone, denies, or is down follows the same rules as one lead", async () => {
  for (const [status, expected] of [
    [410, { dead: 20 }],
    [401, { parked: 20 }],
    [403, { parked: 20 }],
  ]) {
    const world = new World(hubspot(), () => ({ status, body: "{}" }), env);
    await world.send(many(20));
    await world.run(60_000);
    assert.deepEqual(world.states(), expected, String(status));
    assert.equal(world.requests.length, 1);
  }
});

test("the sums that are kept are those that counting gives", async () => {
  const world = new World(
    { ...hubspot(), hook: { type: "webhook", url: "https://a.example.com/" } },
    (_request, n) => ({ status: [200, 503, 400, 401][n % 4], body: "{}" }),
    env,
  );
  const check = () => {
    const kept = world.rows(
      "SELECT destination,what,reason,sum(n) AS n FROM tally WHERE destination<>'' GROUP BY 1,2,3 HAVING sum(n)<>0 ORDER BY 1,2,3",
    );
    const counted = world.rows(
      "SELECT destination,replace(state,'leased','due') AS what,coalesce(reason,'') AS reason,count(*) AS n FROM delivery GROUP BY 1,2,3 ORDER BY 1,2,3",
    );
    assert.deepEqual(kept, counted);
    const [{ n }] = world.rows("SELECT sum(n) AS n FROM tally WHERE what='lead'");
    assert.equal(n, world.rows("SELECT count(*) AS n FROM lead")[0].n);
  };
  for (let round = 0; round < 6; round += 1) {
    await world.send(many(7, `r${round}-`));
    await world.run(7_000);
    check();
    await world.admin("POST", "destinations/s/hook/replay", {});
    check();
  }
  world.db.exec("DELETE FROM delivery WHERE rowid % 3 = 0; DELETE FROM lead WHERE rowid % 5 = 0");
  check();
});
