// The rows of a stored lead, as a program writes them that has nothing to find out: taken from a lead that the edge stored,
// with the id and the values of another. One statement for each row, in one batch, as the drivers' documents show it.

/** The columns of each table, without the site. */
const TABLES = {
  lead: [
    ...["shard", "id", "hash", "nonce", "form", "at", "sent_at", "received_at", "occurred_at", "config", "values"],
    ...["unknown", "verdict", "consent", "context", "receipt", "seen", "facts"],
  ],
  delivery: ["shard", "lead", "destination", "state", "due", "tries", "base", "first_at", "reason"],
  entry: ["shard", "id", "form", "received_at", "disposition", "grade", "scores", "segments", "name", "email"],
};

const INSERTS = Object.entries(TABLES).map(([table, columns]) => {
  const names = columns.map((name) => `"${name}"`).join(",");
  const values = columns.map((_, place) => `?${place + 2}`).join(",");
  return `INSERT INTO ${table}(site,${names}) VALUES(?1,${values}) ON CONFLICT DO NOTHING`;
});

/** The rows of a lead as lists, from those that the edge stored. */
export async function template(client) {
  const row = async (table) => (await client.execute(`SELECT * FROM ${table} LIMIT 1`)).rows[0];
  const out = {};
  for (const [table, columns] of Object.entries(TABLES)) {
    const found = await row(table);
    out[table] = columns.map((name) => found[name]);
  }
  return out;
}

/** The statements that insert these leads. `lead` changes the row of a lead by its columns, for who has found out something. */
export function inserts(rows, items, nonce, change) {
  const out = [];
  for (const [place, item] of items.entries()) {
    const shard = Number.parseInt(item.id.slice(-2), 16) % 64;
    const lead = [...rows.lead];
    [lead[0], lead[1], lead[3]] = [shard, item.id, `${nonce}.${place}`];
    const entry = [...rows.entry];
    [entry[0], entry[1], entry[8], entry[9]] = [shard, item.id, item.data.full_name, item.data.email];
    lead[10] = JSON.stringify(change === undefined ? item.data : change(item));
    const delivery = [...rows.delivery];
    [delivery[0], delivery[1]] = [shard, item.id];
    for (const [table, row] of [lead, delivery, entry].entries()) {
      out.push({ sql: INSERTS[table], args: ["shop", ...row] });
    }
  }
  return out;
}

/** The answer to leads that were all stored. */
export const answer = (items) => JSON.stringify({ v: 1, now: Date.now(), r: items.map(({ id }) => ({ id, s: "ok" })) });
