//! The tables, as numbered migrations. A migration that was published is never changed: the next one is appended.
//!
//! Every key is led by site and shard. All tables are in every object, because an object may hold many shards, and a file
//! holds all objects; `entry`, `config` and `form` are used by the index object of a site.

/// The migrations in their order; each is a list of statements that are applied as one transaction.
pub const MIGRATIONS: &[&[&str]] =
    &[FIRST, RECEIPTS, MARKS, CONTROL, FACTS, PEOPLE, UPLOADS, STAGES, ENGINE, EXPORTS];

const FIRST: &[&str] = &[
    // What was accepted. `nonce` names the request and place that stored it; `hash` is that of the payload.
    "CREATE TABLE lead(site TEXT NOT NULL, shard INTEGER NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, nonce TEXT NOT NULL, \
     form TEXT NOT NULL, at INTEGER, sent_at INTEGER, received_at INTEGER NOT NULL, occurred_at INTEGER NOT NULL, \
     config TEXT NOT NULL, \"values\" TEXT NOT NULL, unknown TEXT NOT NULL, verdict TEXT NOT NULL, consent TEXT NOT NULL, \
     context TEXT NOT NULL, PRIMARY KEY(site, shard, id))",
    // What was refused, with all that came.
    "CREATE TABLE quarantine(site TEXT NOT NULL, shard INTEGER NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, \
     code TEXT NOT NULL, field TEXT, received_at INTEGER NOT NULL, item TEXT NOT NULL, PRIMARY KEY(site, shard, id, hash))",
    // One row per lead and destination. `due` is null when nothing will happen by itself.
    "CREATE TABLE delivery(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, destination TEXT NOT NULL, \
     state TEXT NOT NULL, due INTEGER, token TEXT, tries INTEGER NOT NULL, base INTEGER NOT NULL, first_at INTEGER NOT NULL, \
     status INTEGER, error TEXT, reason TEXT, PRIMARY KEY(site, shard, lead, destination))",
    "CREATE INDEX delivery_due ON delivery(site, destination, due) WHERE due IS NOT NULL",
    "CREATE INDEX delivery_token ON delivery(token) WHERE token IS NOT NULL",
    // The requests under way, which are few however long the queue of a destination is.
    "CREATE INDEX delivery_leased ON delivery(site, destination, due) WHERE token IS NOT NULL",
    // Written before each request, completed after it.
    "CREATE TABLE attempt(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, destination TEXT NOT NULL, \
     n INTEGER NOT NULL, at INTEGER NOT NULL, ended_at INTEGER, status INTEGER, error TEXT, \
     PRIMARY KEY(site, shard, lead, destination, n))",
    // The health of a destination as one object sees it; `shard` is the number of the object.
    "CREATE TABLE lane(site TEXT NOT NULL, shard INTEGER NOT NULL, destination TEXT NOT NULL, failures INTEGER NOT NULL, \
     open_until INTEGER NOT NULL, PRIMARY KEY(site, shard, destination))",
    // What the index object has not been told yet.
    "CREATE TABLE feed(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, entry TEXT NOT NULL, \
     PRIMARY KEY(site, shard, lead))",
    // What lists show of a lead.
    "CREATE TABLE entry(site TEXT NOT NULL, shard INTEGER NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL, \
     received_at INTEGER NOT NULL, disposition TEXT NOT NULL, grade TEXT, scores TEXT NOT NULL, segments TEXT NOT NULL, \
     name TEXT, email TEXT, PRIMARY KEY(site, shard, id))",
    "CREATE INDEX entry_newest ON entry(site, received_at DESC, id DESC)",
    // Every configuration that was in force, by its hash, and which form versions it has.
    "CREATE TABLE config(site TEXT NOT NULL, shard INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, \
     text TEXT NOT NULL, PRIMARY KEY(site, shard, hash))",
    "CREATE TABLE form(site TEXT NOT NULL, shard INTEGER NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, \
     config TEXT NOT NULL, PRIMARY KEY(site, shard, name, version))",
];

/// What each verdict rests on. Leads from before have none.
const RECEIPTS: &[&str] = &["ALTER TABLE lead ADD COLUMN receipt TEXT NOT NULL DEFAULT 'null'"];

/// What is remembered for a while (counters of addresses, used solutions, who sent a text, all by keyed hashes), and what the
/// edge saw of a lead beside its values, so that it can be judged again. Leads from before have nothing seen.
const MARKS: &[&str] = &[
    "CREATE TABLE mark(site TEXT NOT NULL, shard INTEGER NOT NULL, key TEXT NOT NULL, who TEXT NOT NULL, \
     n INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY(site, shard, key, who)) WITHOUT ROWID",
    "CREATE INDEX mark_until ON mark(until)",
    "ALTER TABLE lead ADD COLUMN seen TEXT NOT NULL DEFAULT 'null'",
];

/// What people do to destinations, and the delivery log.
const CONTROL: &[&str] = &[
    // Why a destination gets nothing: `paused` by a person, or `gone` because its address wants nothing any more.
    "ALTER TABLE lane ADD COLUMN held TEXT",
    // What was sent, without headers, if it differs from the attempt before; and what came back.
    "ALTER TABLE attempt ADD COLUMN sent TEXT",
    "ALTER TABLE attempt ADD COLUMN came TEXT",
];

/// What rules saw of a lead beside its values. Leads from before tell no more than their values do.
const FACTS: &[&str] = &["ALTER TABLE lead ADD COLUMN facts TEXT NOT NULL DEFAULT 'null'"];

/// Who leads are from, by keyed hashes of their address and telephone number alone, and what is left of those who were erased.
const PEOPLE: &[&str] = &[
    // An id that is not stored again. `hash` is keyed; without one every content of the id is known.
    "CREATE TABLE tombstone(site TEXT NOT NULL, shard INTEGER NOT NULL, id TEXT NOT NULL, hash TEXT, until INTEGER NOT NULL, \
     PRIMARY KEY(site, shard, id)) WITHOUT ROWID",
    "CREATE INDEX tombstone_until ON tombstone(until)",
    // Which leads share an address or a number; in the index object.
    "CREATE TABLE person(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, key TEXT NOT NULL, \
     PRIMARY KEY(site, shard, lead, key)) WITHOUT ROWID",
    "CREATE INDEX person_key ON person(site, key)",
    // Who is a customer; `shard` is that of the key, so that they spread like leads do.
    "CREATE TABLE customer(site TEXT NOT NULL, shard INTEGER NOT NULL, key TEXT NOT NULL, origin TEXT NOT NULL, \
     at INTEGER NOT NULL, PRIMARY KEY(site, shard, key)) WITHOUT ROWID",
    // Destinations that have yet to erase a lead. `person` is what they need to find it, and goes with the row.
    "CREATE TABLE erasure(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, destination TEXT NOT NULL, \
     person TEXT NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL, first_at INTEGER NOT NULL, \
     PRIMARY KEY(site, shard, lead, destination)) WITHOUT ROWID",
    "CREATE INDEX erasure_due ON erasure(due)",
    "CREATE INDEX quarantine_oldest ON quarantine(site, received_at)",
    // Who is signed in; `key` is the hash of what the cookie holds. In the index object of the first site.
    "CREATE TABLE session(site TEXT NOT NULL, shard INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, \
     hash TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY(site, shard, key)) WITHOUT ROWID",
];

/// What comes beside the lead itself: files, which are kept elsewhere under the hash of their content, and what a visitor typed
/// before the form was sent.
const UPLOADS: &[&str] = &[
    // `kept` is 1 once the lead came and refers to it; others are deleted after a while.
    "CREATE TABLE file(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, hash TEXT NOT NULL, \
     field TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL, \
     kept INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(site, shard, lead, hash))",
    "CREATE INDEX file_loose ON file(site, at) WHERE kept=0",
    "CREATE TABLE partial(site TEXT NOT NULL, shard INTEGER NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL, \
     received_at INTEGER NOT NULL, until INTEGER NOT NULL, item TEXT NOT NULL, PRIMARY KEY(site, shard, id))",
    "CREATE INDEX partial_until ON partial(until)",
];

/// How far sales have come with a lead, and what was agreed to and withdrawn since. A lead without a stage is new.
const STAGES: &[&str] = &[
    "CREATE TABLE stage(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, n INTEGER NOT NULL, name TEXT NOT NULL, \
     stage TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, worth TEXT NOT NULL, PRIMARY KEY(site, shard, lead, n))",
    "CREATE TABLE withdrawal(site TEXT NOT NULL, shard INTEGER NOT NULL, lead TEXT NOT NULL, purpose TEXT NOT NULL, \
     at INTEGER NOT NULL, by TEXT NOT NULL, PRIMARY KEY(site, shard, lead, purpose))",
];

/// Tokens, rates, parts of batches, and how many leads and deliveries there are.
const ENGINE: &[&str] = &[
    // The token of a destination, sealed, in the index object of the site. `mark` tells it from others; `basis` is that of the
    // settings that it was asked with; `busy` is who asks for a new one, until when.
    "CREATE TABLE access(site TEXT NOT NULL, shard INTEGER NOT NULL, destination TEXT NOT NULL, sealed TEXT, mark TEXT, \
     basis TEXT, expires INTEGER NOT NULL, busy TEXT, busy_until INTEGER NOT NULL, PRIMARY KEY(site, shard, destination))",
    // Until when a receiver asked to be left alone, and when the next request may begin by the rate of the owner.
    "ALTER TABLE lane ADD COLUMN rest INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE lane ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0",
    // With how many others at most it goes in one request, after one that was refused as a whole.
    "ALTER TABLE delivery ADD COLUMN part INTEGER",
    // Kept by triggers, whoever writes. `what` is the destination of a delivery with its state and reason, where `due` is also
    // what is leased; or `lead` and `quarantine` with an empty destination.
    "CREATE TABLE tally(site TEXT NOT NULL, shard INTEGER NOT NULL, destination TEXT NOT NULL, what TEXT NOT NULL, \
     reason TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(site, destination, what, reason, shard)) WITHOUT ROWID",
    "INSERT INTO tally SELECT site,shard,destination,replace(state,'leased','due'),coalesce(reason,''),count(*) FROM delivery \
     GROUP BY 1,2,3,4,5",
    "INSERT INTO tally SELECT site,shard,'','lead','',count(*) FROM lead GROUP BY 1,2",
    "INSERT INTO tally SELECT site,shard,'','quarantine','',count(*) FROM quarantine GROUP BY 1,2",
    "CREATE TRIGGER delivery_added AFTER INSERT ON delivery BEGIN INSERT INTO tally \
     VALUES(new.site,new.shard,new.destination,replace(new.state,'leased','due'),coalesce(new.reason,''),1) \
     ON CONFLICT DO UPDATE SET n=n+1; END",
    "CREATE TRIGGER delivery_moved AFTER UPDATE OF state,reason ON delivery WHEN replace(old.state,'leased','due')\
     <>replace(new.state,'leased','due') OR old.reason IS NOT new.reason BEGIN UPDATE tally SET n=n-1 WHERE site=old.site \
     AND destination=old.destination AND what=replace(old.state,'leased','due') AND reason=coalesce(old.reason,'') \
     AND shard=old.shard; INSERT INTO tally VALUES(new.site,new.shard,new.destination,replace(new.state,'leased','due'),\
     coalesce(new.reason,''),1) ON CONFLICT DO UPDATE SET n=n+1; END",
    "CREATE TRIGGER delivery_removed AFTER DELETE ON delivery BEGIN UPDATE tally SET n=n-1 WHERE site=old.site \
     AND destination=old.destination AND what=replace(old.state,'leased','due') AND reason=coalesce(old.reason,'') \
     AND shard=old.shard; END",
    "CREATE TRIGGER lead_added AFTER INSERT ON lead BEGIN INSERT INTO tally VALUES(new.site,new.shard,'','lead','',1) \
     ON CONFLICT DO UPDATE SET n=n+1; END",
    "CREATE TRIGGER lead_removed AFTER DELETE ON lead BEGIN UPDATE tally SET n=n-1 WHERE site=old.site AND destination='' \
     AND what='lead' AND reason='' AND shard=old.shard; END",
    "CREATE TRIGGER quarantine_added AFTER INSERT ON quarantine BEGIN INSERT INTO tally \
     VALUES(new.site,new.shard,'','quarantine','',1) ON CONFLICT DO UPDATE SET n=n+1; END",
    "CREATE TRIGGER quarantine_removed AFTER DELETE ON quarantine BEGIN UPDATE tally SET n=n-1 WHERE site=old.site \
     AND destination='' AND what='quarantine' AND reason='' AND shard=old.shard; END",
];

/// The next day that each export brings to its store, counted from 1970; `until` keeps others away, or puts it off.
const EXPORTS: &[&str] =
    &["CREATE TABLE export(site TEXT NOT NULL, shard INTEGER NOT NULL, name TEXT NOT NULL, \
     day INTEGER NOT NULL, tries INTEGER NOT NULL, until INTEGER NOT NULL, token TEXT, error TEXT, \
     PRIMARY KEY(site, shard, name))"];
