//! The store: `SQLite` in memory with the real migrations. What is committed survives every crash.

use leadkit::{
    adapter::edge,
    wire::json::{self, Json},
};
use rusqlite::{
    Connection,
    types::{Value, ValueRef},
};

pub struct Store {
    db: Connection,
    tables: Vec<String>,
}

impl Store {
    pub fn new() -> Self {
        let db = Connection::open_in_memory().unwrap();
        db.set_prepared_statement_cache_capacity(256);
        for list in json::parse(&edge::migrations()).unwrap().as_array().unwrap() {
            for sql in list.as_array().unwrap() {
                db.execute_batch(sql.as_str().unwrap()).unwrap();
            }
        }
        let tables = tables(&db);
        Self { db, tables }
    }

    /// A store of nothing, with its statements still prepared.
    pub fn clear(&self) {
        for table in &self.tables {
            self.db.prepare_cached(&format!("DELETE FROM {table}")).unwrap().execute([]).unwrap();
        }
    }

    /// Runs the statements of an effect as one transaction: the rows of each, or why it failed.
    pub fn transaction(&self, statements: &[Json]) -> Result<Json, rusqlite::Error> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let run = |statement: &Json| {
            let text = statement.member("sql").and_then(Json::as_str).unwrap();
            let Some(lists) = statement.member("each").and_then(Json::as_array) else {
                let args = statement.member("args").and_then(Json::as_array).unwrap();
                return self.rows(text, args);
            };
            let mut rows = Vec::new();
            for args in lists {
                let more = self.rows(text, args.as_array().unwrap())?;
                rows.extend(more.as_array().unwrap().iter().cloned());
            }
            Ok(Json::Array(rows))
        };
        let results: Result<Vec<Json>, _> = statements.iter().map(run).collect();
        self.db.execute_batch(if results.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        results.map(Json::Array)
    }

    /// The rows of one statement as objects.
    pub fn rows(&self, sql: &str, args: &[Json]) -> Result<Json, rusqlite::Error> {
        let mut statement = self.db.prepare_cached(sql)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(rusqlite::params_from_iter(args.iter().map(value)))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let cell = |(at, name): (usize, &String)| Ok((name.clone(), json_of(row.get_ref(at)?)));
            let cells: Result<Vec<_>, rusqlite::Error> =
                names.iter().enumerate().map(cell).collect();
            out.push(Json::Object(cells?));
        }
        Ok(Json::Array(out))
    }

    /// The number in the first column of the first row.
    pub fn number(&self, sql: &str, args: &[&str]) -> i64 {
        let mut statement = self.db.prepare_cached(sql).unwrap();
        statement.query_row(rusqlite::params_from_iter(args), |row| row.get(0)).unwrap()
    }
}

fn tables(db: &Connection) -> Vec<String> {
    let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type='table'").unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
    names.map(Result::unwrap).filter(|name| !name.starts_with("sqlite_")).collect()
}

fn value(json: &Json) -> Value {
    match json {
        Json::String(text) => Value::Text(text.clone()),
        Json::Number(_) => Value::Integer(json.as_int().unwrap()),
        Json::Null => Value::Null,
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => {
            panic!("no argument of a statement: {json:?}")
        }
    }
}

fn json_of(value: ValueRef<'_>) -> Json {
    match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) => Json::int(number),
        ValueRef::Real(number) => panic!("a fraction in the store: {number}"),
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            Json::str(core::str::from_utf8(text).unwrap())
        }
    }
}
