//! Checks and creates the indexes of `execution_log`.

use super::errors::Failing;
use crate::error::Result;
use crate::store::report::Finding;
use crate::store::verify::{finding, rebuildable};
use rusqlite::Connection;

/// An index that queries need.
pub(super) struct Needed {
    name: &'static str,
    column: &'static str,
    is_descending: bool,
    pub(super) create: &'static str,
}

/// The indexes that magellan 4.17 creates.
pub(super) const NEEDED: [Needed; 3] = [
    Needed {
        name: "idx_execution_log_started_at",
        column: "started_at",
        is_descending: true,
        create: "CREATE INDEX IF NOT EXISTS main.idx_execution_log_started_at ON execution_log(started_at DESC)",
    },
    Needed {
        name: "idx_execution_log_execution_id",
        column: "execution_id",
        is_descending: false,
        create: "CREATE INDEX IF NOT EXISTS main.idx_execution_log_execution_id ON execution_log(execution_id)",
    },
    Needed {
        name: "idx_execution_log_outcome",
        column: "outcome",
        is_descending: false,
        create: "CREATE INDEX IF NOT EXISTS main.idx_execution_log_outcome ON execution_log(outcome)",
    },
];

/// A fault of an index.
enum Fault {
    /// An index on the column does not exist under any name.
    Missing,
    /// The index with this name is not the needed one.
    Wrong,
    /// An index on the column does not exist, and another object has its name.
    Taken(String),
}

/// Creates missing indexes. Leaves wrong ones unchanged.
pub(super) fn add_missing(connection: &Connection) -> Result<()> {
    for (needed, fault) in faults(connection)? {
        if let Fault::Missing = fault {
            connection
                .execute_batch(needed.create)
                .failing_on(connection)?;
        }
    }
    Ok(())
}

/// Creates missing indexes and replaces wrong ones. Returns whether all were right before.
pub(super) fn repair(connection: &Connection) -> Result<bool> {
    let faults = faults(connection)?;
    for (needed, fault) in &faults {
        let repair = match fault {
            Fault::Missing => needed.create.to_owned(),
            Fault::Wrong => format!("DROP INDEX main.{}; {}", needed.name, needed.create),
            Fault::Taken(_) => continue,
        };
        connection.execute_batch(&repair).failing_on(connection)?;
    }
    Ok(faults.is_empty())
}

/// Whether every needed index exists, under any name.
pub(super) fn is_complete(connection: &Connection) -> Result<bool> {
    let faults = faults(connection)?;
    Ok(!faults
        .iter()
        .any(|(_, fault)| matches!(fault, Fault::Missing)))
}

pub(super) fn findings(connection: &Connection) -> Result<Vec<Finding>> {
    let faults = faults(connection)?.into_iter();
    let findings = faults.map(|(Needed { name, column, .. }, fault)| match fault {
        Fault::Missing => rebuildable(*name, format!("the index on `{column}` is missing")),
        Fault::Wrong => {
            let problem = format!("this index is not the expected one on `{column}`");
            rebuildable(*name, problem)
        }
        Fault::Taken(by) => {
            let problem = format!(
                "the index on `{column}` is missing, and its name is taken by the {by}: rename that"
            );
            finding(*name, problem)
        }
    });
    Ok(findings.collect())
}

fn faults(connection: &Connection) -> Result<Vec<(&'static Needed, Fault)>> {
    let indexes = indexes(connection)?;
    let mut faults = Vec::new();
    for needed in &NEEDED {
        let has_name = |index: &&Index| index.name.eq_ignore_ascii_case(needed.name);
        let fault = match indexes.iter().find(has_name) {
            Some(index) if index.is_exactly(needed) => continue,
            Some(_) => Fault::Wrong,
            None if indexes.iter().any(|index| index.serves(needed)) => continue,
            None => match other_object(connection, needed.name)? {
                None => Fault::Missing,
                Some(object) => Fault::Taken(object),
            },
        };
        faults.push((needed, fault));
    }
    Ok(faults)
}

/// An index of the table as SQLite describes it, independent of the statement that created it.
struct Index {
    name: String,
    is_unique: bool,
    is_partial: bool,
    keys: Vec<Key>,
}

struct Key {
    /// `None` for an expression.
    column: Option<String>,
    is_descending: bool,
    collation: String,
}

impl Index {
    fn is_exactly(&self, needed: &Needed) -> bool {
        self.is_on(needed) && !self.is_unique && self.keys[0].is_descending == needed.is_descending
    }

    /// Whether the index can replace the needed one. The index of a `UNIQUE` constraint can too.
    fn serves(&self, needed: &Needed) -> bool {
        self.is_on(needed)
    }

    fn is_on(&self, needed: &Needed) -> bool {
        !self.is_partial && matches!(self.keys.as_slice(), [key] if key.is_on(needed.column))
    }
}

impl Key {
    fn is_on(&self, column: &str) -> bool {
        self.column.as_deref() == Some(column) && self.collation == "BINARY"
    }
}

fn indexes(connection: &Connection) -> Result<Vec<Index>> {
    let sql = "SELECT list.name, list.\"unique\", list.partial, info.name, info.desc, info.coll \
         FROM pragma_index_list('execution_log', 'main') AS list, \
         pragma_index_xinfo(list.name, 'main') AS info \
         WHERE info.key ORDER BY list.seq, info.seqno";
    let mut statement = connection.prepare(sql).failing_on(connection)?;
    let mut rows = statement.query([]).failing_on(connection)?;
    let mut indexes: Vec<Index> = Vec::new();
    while let Some(row) = rows.next().failing_on(connection)? {
        let read = || {
            let key = Key {
                column: row.get(3)?,
                is_descending: row.get(4)?,
                collation: row.get(5)?,
            };
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, key))
        };
        let (name, is_unique, is_partial, key) = read().failing_on(connection)?;
        match indexes.last_mut().filter(|index| index.name == name) {
            Some(index) => index.keys.push(key),
            None => indexes.push(Index {
                name,
                is_unique,
                is_partial,
                keys: vec![key],
            }),
        }
    }
    Ok(indexes)
}

/// The object with this name, unless it is an index of the log.
fn other_object(connection: &Connection, name: &str) -> Result<Option<String>> {
    let sql = "SELECT max(type || ' of `' || tbl_name || '`') FROM main.sqlite_master \
         WHERE name = ?1 COLLATE NOCASE";
    let object = connection.query_row(sql, [name], |row| row.get(0));
    object.failing_on(connection)
}
