//! The rows in a database.

use super::cases;
use execlog::ExecutionLog;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::fmt::Write;
use std::path::Path;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn written(path: &Path) -> Result<Connection> {
    cases::write(ExecutionLog::new(path))?;
    Ok(Connection::open(path)?)
}

/// Every row of a table, a line for each column.
fn dump(connection: &Connection, table: &str) -> Result<String> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1"))?;
    let columns: Vec<String> = statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut dump = String::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for (index, column) in columns.iter().enumerate() {
            let value = match row.get_ref(index)? {
                ValueRef::Null => "NULL".to_owned(),
                ValueRef::Integer(number) => format!("INTEGER {number}"),
                // The one value that is another each time.
                ValueRef::Text(name) if column == "lock" => {
                    assert!(name.ends_with(b".lock"));
                    format!("TEXT of {} bytes", name.len())
                }
                ValueRef::Text(text) => format!("TEXT {}", text.escape_ascii()),
                other => format!("{other:?}"),
            };
            writeln!(dump, "{column}: {value}")?;
        }
        dump.push('\n');
    }
    Ok(dump)
}

#[test]
fn rows() -> Result {
    let folder = tempfile::tempdir()?;
    let connection = written(&folder.path().join("log.db"))?;
    insta::assert_snapshot!(dump(&connection, "execution_log")?);
    Ok(())
}

#[test]
fn rows_of_contexts() -> Result {
    let folder = tempfile::tempdir()?;
    let connection = written(&folder.path().join("log.db"))?;
    insta::assert_snapshot!(dump(&connection, "execlog_context")?);
    Ok(())
}

#[test]
fn rows_of_what_was_set_aside() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("log.db");
    let connection = written(&path)?;
    connection.execute(
        "DELETE FROM execution_log WHERE execution_id = ?1",
        [cases::BEGUN],
    )?;
    cases::repair(ExecutionLog::new(&path))?;
    let sql: String = connection.query_row(
        "SELECT sql FROM sqlite_master WHERE name = 'execlog_aside'",
        [],
        |row| row.get(0),
    )?;
    let rows = dump(&connection, "execlog_aside")?;
    insta::assert_snapshot!(format!("{sql}\n\n{rows}"));
    Ok(())
}

#[test]
fn schema() -> Result {
    let folder = tempfile::tempdir()?;
    let connection = written(&folder.path().join("log.db"))?;
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_master ORDER BY rowid")?;
    let mut dump = String::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, sql): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        writeln!(dump, "-- {name}\n{}", sql.unwrap_or_default())?;
    }
    let journal_mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    writeln!(dump, "-- journal_mode: {journal_mode}")?;
    insta::assert_snapshot!(dump);
    Ok(())
}

/// What magellan 4.17 makes, as it writes it, and a row that it wrote.
const MAGELLAN: &str = "
    CREATE TABLE graph_entities (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE IF NOT EXISTS execution_log (
        id INTEGER PRIMARY KEY AUTOINCREMENT, execution_id TEXT NOT NULL UNIQUE,
        tool_version TEXT NOT NULL, args TEXT NOT NULL, root TEXT, db_path TEXT NOT NULL,
        started_at INTEGER NOT NULL, finished_at INTEGER, duration_ms INTEGER,
        outcome TEXT NOT NULL, error_message TEXT, files_indexed INTEGER DEFAULT 0,
        symbols_indexed INTEGER DEFAULT 0, references_indexed INTEGER DEFAULT 0);
    CREATE INDEX IF NOT EXISTS idx_execution_log_started_at ON execution_log(started_at DESC);
    CREATE INDEX IF NOT EXISTS idx_execution_log_execution_id ON execution_log(execution_id);
    CREATE INDEX IF NOT EXISTS idx_execution_log_outcome ON execution_log(outcome);
    INSERT INTO execution_log VALUES (1, '6b03270d-7759', '4.17.0', '[\"status\"]', NULL,
        'code.db', 1795368717, 1795368717, 438, 'success', NULL, 0, 0, 0);";

/// Every column and index of the table, however they are spelled.
fn structure(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT 'column ' || cid || ' ' || name || ' ' || type || ' ' || \"notnull\" || ' ' \
         || coalesce(dflt_value, '-') || ' ' || pk FROM pragma_table_info('execution_log') \
         UNION ALL SELECT 'index ' || list.name || ' ' || list.\"unique\" || ' ' || info.name || ' ' \
         || info.desc FROM pragma_index_list('execution_log') list, \
         pragma_index_xinfo(list.name) info WHERE info.key ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[test]
fn the_table_is_that_of_magellan_column_for_column_and_index_for_index() -> Result {
    let folder = tempfile::tempdir()?;
    let ours = written(&folder.path().join("log.db"))?;
    let theirs = Connection::open_in_memory()?;
    theirs.execute_batch(MAGELLAN)?;
    let (ours, theirs) = (structure(&ours)?, structure(&theirs)?);
    assert_eq!(ours.len(), 18);
    assert_eq!(ours, theirs);
    Ok(())
}

#[test]
fn a_log_that_magellan_wrote_opens_and_keeps_its_journal_mode() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.db");
    Connection::open(&path)?.execute_batch(MAGELLAN)?;

    let log = ExecutionLog::new(&path);
    let record = log.get_by_id("6b03270d-7759")?.ok_or("the row is there")?;
    assert_eq!(record.arguments()?, ["status"]);
    assert_eq!((record.id, record.duration_ms), (1, Some(438)));
    assert_eq!(
        log.start_execution("own", "1.0.0", &[], None, "code.db")?,
        2
    );

    let connection = Connection::open(&path)?;
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    assert_eq!(mode, "delete");
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        [],
        |row| row.get(0),
    )?;
    assert_eq!(
        tables, 4,
        "the host's own tables are there, and only the two of the seals were added"
    );
    Ok(())
}
