// What every store has to do, whatever it is made of. Each case gets a store, `batch(statements)`, and gives what came back;
// the same cases run in Node, Deno, Bun and workerd, and have to give the same.

const plain = (sql, ...args) => ({ sql, args });
const each = (sql, rows) => ({ sql, args: [], each: rows });
const LONG = `${"ä€😀\u0001\t\n\\\"'".repeat(20_000)}`;

/** The cases by their names: what to do, and what has to come back. */
export const CASES = {
  "values come back as they went in": {
    run: async ({ batch }) => {
      const values = ["", "a", LONG, "0", "null", 0, -1, 9_007_199_254_740_991, -9_007_199_254_740_991, null];
      const rows = await batch([
        plain("CREATE TABLE v(n INTEGER PRIMARY KEY, x)"),
        each(
          "INSERT INTO v(x) VALUES(?1)",
          values.map((value) => [value]),
        ),
        plain("SELECT x FROM v ORDER BY n"),
      ]);
      return rows[2].every(({ x }, place) => x === values[place]) && rows[2].length === values.length;
    },
    gives: true,
  },
  "rows have the names of their columns, in their order, and what has no rows gives none": {
    run: async ({ batch }) =>
      batch([
        plain("CREATE TABLE c(a INTEGER, b TEXT)"),
        plain("INSERT INTO c VALUES(1,'x'),(2,'y')"),
        plain("SELECT b AS second, a AS first FROM c ORDER BY a DESC"),
        plain("SELECT a FROM c WHERE a>5"),
      ]),
    gives: [
      [],
      [],
      [
        { second: "y", first: 2 },
        { second: "x", first: 1 },
      ],
      [],
    ],
  },
  "a batch that fails in the middle has changed nothing": {
    run: async ({ batch }) => {
      await batch([plain("CREATE TABLE a(n INTEGER PRIMARY KEY)"), plain("INSERT INTO a VALUES(1)")]);
      const failed = await batch([
        plain("INSERT INTO a VALUES(2)"),
        plain("INSERT INTO a VALUES(1)"),
        plain("INSERT INTO a VALUES(3)"),
      ]).then(
        () => "stored",
        () => "failed",
      );
      const [rows] = await batch([plain("SELECT n FROM a ORDER BY n")]);
      return [failed, rows];
    },
    gives: ["failed", [{ n: 1 }]],
  },
  "a batch that fails in one of many runs of a statement has changed nothing": {
    run: async ({ batch }) => {
      await batch([plain("CREATE TABLE b(n INTEGER PRIMARY KEY)")]);
      const failed = await batch([each("INSERT INTO b VALUES(?1)", [[1], [2], [1]])]).then(
        () => "stored",
        () => "failed",
      );
      const [rows] = await batch([plain("SELECT count(*) AS n FROM b")]);
      return [failed, rows];
    },
    gives: ["failed", [{ n: 0 }]],
  },
  "a statement that runs for each of many lists gives the rows of all, in their order": {
    run: async ({ batch }) =>
      batch([
        plain("CREATE TABLE e(n INTEGER PRIMARY KEY, x TEXT)"),
        each("INSERT INTO e VALUES(?1,?2) ON CONFLICT DO NOTHING RETURNING n", [
          [2, "b"],
          [1, "a"],
          [2, "c"],
        ]),
        each("INSERT INTO e VALUES(?1,?2)", []),
        each("SELECT x FROM e WHERE n<=?1 ORDER BY n", [[1], [9]]),
      ]),
    gives: [[], [{ n: 2 }, { n: 1 }], [], [{ x: "a" }, { x: "a" }, { x: "b" }]],
  },
  "a statement sees what those before it wrote": {
    run: async ({ batch }) =>
      batch([
        plain("CREATE TABLE s(n INTEGER)"),
        plain("INSERT INTO s VALUES(1)"),
        plain("UPDATE s SET n=n+1 RETURNING n"),
        plain("SELECT n FROM s"),
      ]),
    gives: [[], [], [{ n: 2 }], [{ n: 2 }]],
  },
  "batches at the same time do not mix, and one that fails stops no other": {
    run: async ({ batch }) => {
      await batch([plain("CREATE TABLE m(n INTEGER)"), plain("INSERT INTO m VALUES(0)")]);
      const runs = Array.from({ length: 60 }, (_, place) =>
        batch([
          plain("UPDATE m SET n=n+1"),
          ...(place % 10 === 3 ? [plain("INSERT INTO nowhere VALUES(1)")] : []),
          plain("SELECT n FROM m"),
        ]),
      );
      const settled = await Promise.allSettled(runs);
      const seen = settled.filter(({ status }) => status === "fulfilled").map(({ value }) => value[1][0].n);
      const [rows] = await batch([plain("SELECT n FROM m")]);
      return [new Set(seen).size, seen.length, rows];
    },
    gives: [54, 54, [{ n: 54 }]],
  },
  "JSON is read and written by statements": {
    run: async ({ batch }) =>
      batch([
        plain(
          "SELECT j.key, j.value->>0 AS a, j.value->>'$[1].b' AS b FROM json_each(?1) j ORDER BY j.key",
          '[[1,{"b":"ä"}],[null,{"b":2}]]',
        ),
        plain(
          "SELECT json_group_array(json_array(value, CAST(?2 AS INTEGER))) AS text FROM json_each(?1)",
          '["x","y"]',
          7,
        ),
      ]),
    gives: [
      [
        { key: 0, a: 1, b: "ä" },
        { key: 1, a: null, b: 2 },
      ],
      [{ text: '[["x",7],["y",7]]' }],
    ],
  },
  "rows are compared as wholes, upserts see both rows, and partial indices and tables without row ids are there": {
    run: async ({ batch }) =>
      batch([
        plain("CREATE TABLE u(a TEXT, b INTEGER, n INTEGER, PRIMARY KEY(a,b)) WITHOUT ROWID"),
        plain("CREATE INDEX u_n ON u(n) WHERE n IS NOT NULL"),
        each("INSERT INTO u VALUES(?1,?2,?3) ON CONFLICT DO UPDATE SET n=n+excluded.n", [
          ["x", 1, 1],
          ["x", 2, 5],
          ["x", 1, 2],
        ]),
        plain("SELECT a,b,n FROM u WHERE (a,b)<('x',2) ORDER BY a,b"),
        plain("DELETE FROM u WHERE (a,b) IN (SELECT value->>0, value->>1 FROM json_each(?1)) RETURNING n", '[["x",2]]'),
      ]),
    gives: [[], [], [], [{ a: "x", b: 1, n: 3 }], [{ n: 5 }]],
  },
};

/** Runs every case on a store: by name, what came back or the error. */
export async function runCases(store) {
  const out = {};
  for (const [name, { run }] of Object.entries(CASES)) {
    out[name] = await run(store).catch((error) => `failed: ${error?.message}: ${error?.cause?.message ?? ""}`);
  }
  return out;
}
