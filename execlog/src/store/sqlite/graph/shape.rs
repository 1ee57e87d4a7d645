//! Checks whether a SQLite file has the key-value table of a graph.

use crate::error::Result;
use crate::store::sqlite::errors::Failing;
use crate::store::sqlite::own_file;
use crate::store::sqlite::schema;
use crate::store::sqlite::session::Session;
use rusqlite::OptionalExtension;

/// The table in which the engines store keys and values.
pub(in crate::store::sqlite) const TABLE: &str = "kv_store";

/// The statement with which the engines create the table.
const CREATE: &str = "CREATE TABLE IF NOT EXISTS main.kv_store (
                key TEXT PRIMARY KEY,
                value_json TEXT NOT NULL,
                ttl_seconds INTEGER,
                version INTEGER NOT NULL DEFAULT 1,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL
            )";

const COLUMNS: [&str; 6] = [
    "key",
    "value_json",
    "ttl_seconds",
    "version",
    "created_at",
    "updated_at",
];

/// The object that has the table's name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Nothing,
    /// The table of a graph.
    Graph,
    /// Another table, a view or a virtual table. The text says how it differs.
    Other(String),
}

impl Shape {
    pub(super) fn of(session: &Session) -> Result<Self> {
        let sql = "SELECT type FROM pragma_table_list(?1) WHERE schema = 'main'";
        let kind = session.query_row(sql, [TABLE], |row| row.get::<_, String>(0));
        let Some(kind) = kind.optional().failing_on(session)? else {
            return Ok(Self::Nothing);
        };
        if kind != "table" {
            return Ok(Self::Other(format!("it is a {kind} table or view")));
        }
        let columns = schema::columns(session, TABLE)?;
        let has = |name: &&str| columns.iter().any(|column| column.name == *name);
        if let Some(missing) = COLUMNS.iter().find(|name| !has(name)) {
            return Ok(Self::Other(format!("it has no column `{missing}`")));
        }
        let key = columns.iter().filter(|column| column.is_primary_key);
        if !key.map(|column| column.name.as_str()).eq(["key"]) {
            return Ok(Self::Other("its primary key is not `key`".to_owned()));
        }
        Ok(Self::Graph)
    }
}

/// Creates the table. An empty file gets the journal mode of a log.
pub(super) fn create(session: &Session) -> Result<()> {
    if let Some(give_up) = session.give_up() {
        own_file::set_up_new(session, give_up)?;
    }
    session.execute_batch(CREATE).failing_on(session)
}
