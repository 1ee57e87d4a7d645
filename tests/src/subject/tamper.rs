//! Changes a record without the log, as a program that knows nothing about the log does.

use execlog::kv::KvStore;
use execlog::{ExecutionRecord, KvRecord, execution_log_key};
use rusqlite::{Connection, named_params};

/// An edit of a record: returns the new one, or `None` to remove it.
pub type Edit<'a> = &'a dyn Fn(ExecutionRecord) -> Option<ExecutionRecord>;

/// Changes the record of a stored run in a database.
pub(super) fn in_database(connection: &Connection, execution_id: &str, edit: Edit) {
    let log = "SELECT id, execution_id, tool_version, args, root, db_path, started_at, finished_at, \
         duration_ms, outcome, error_message, files_indexed, symbols_indexed, references_indexed \
         FROM execution_log WHERE execution_id = ?1";
    let record = connection.query_row(log, [execution_id], |row| {
        Ok(ExecutionRecord {
            id: row.get(0)?,
            execution_id: row.get(1)?,
            tool_version: row.get(2)?,
            args: row.get(3)?,
            root: row.get(4)?,
            db_path: row.get(5)?,
            started_at: row.get(6)?,
            finished_at: row.get(7)?,
            duration_ms: row.get(8)?,
            outcome: row.get(9)?,
            error_message: row.get(10)?,
            files_indexed: row.get(11)?,
            symbols_indexed: row.get(12)?,
            references_indexed: row.get(13)?,
        })
    });
    let edited = edit(record.expect("the run is there"));
    connection
        .execute(
            "DELETE FROM execution_log WHERE execution_id = ?1",
            [execution_id],
        )
        .expect("removed");
    let Some(record) = edited else { return };
    let insert = "INSERT INTO execution_log VALUES (:id, :execution_id, :tool_version, :args, :root, \
         :db_path, :started_at, :finished_at, :duration_ms, :outcome, :error_message, :files, \
         :symbols, :references)";
    connection
        .execute(
            insert,
            named_params! {
                ":id": record.id,
                ":execution_id": record.execution_id,
                ":tool_version": record.tool_version,
                ":args": record.args,
                ":root": record.root,
                ":db_path": record.db_path,
                ":started_at": record.started_at,
                ":finished_at": record.finished_at,
                ":duration_ms": record.duration_ms,
                ":outcome": record.outcome,
                ":error_message": record.error_message,
                ":files": record.files_indexed,
                ":symbols": record.symbols_indexed,
                ":references": record.references_indexed,
            },
        )
        .expect("inserted");
}

/// Changes the record of a stored run in the key-value table of a graph in SQLite.
pub(super) fn in_graph_table(connection: &Connection, execution_id: &str, edit: Edit) {
    let bytes = execution_log_key(execution_id);
    let bytes: Vec<String> = bytes.iter().map(u8::to_string).collect();
    let key = bytes.join(",");
    let record = "SELECT json_extract(value_json, '$.data') FROM kv_store WHERE key = ?1";
    let record = connection.query_row(record, [&key], |row| row.get::<_, String>(0));
    let record = record.expect("the run is there");
    let record = ExecutionRecord::decode_json(record.as_bytes()).expect("a record");
    let changed = match edit(record) {
        None => connection.execute("DELETE FROM kv_store WHERE key = ?1", [&key]),
        Some(record) => {
            let json = String::from_utf8(record.encode_json().expect("JSON")).expect("text");
            let set = "UPDATE kv_store SET value_json = json_set(value_json, '$.data', json(?2)) \
                 WHERE key = ?1";
            connection.execute(set, [&key, &json])
        }
    };
    assert_eq!(changed, Ok(1));
}

/// Changes the record of a stored run in a key-value store.
pub(super) fn in_store(store: &dyn KvStore, execution_id: &str, edit: Edit) {
    let key = execution_log_key(execution_id);
    let value = store.get(&key).expect("reads").expect("the run is there");
    let record = ExecutionRecord::decode_json(&value).expect("a record");
    // Removed first: in 1.6 the old value would come back later.
    store.delete(&key).expect("removed");
    store.flush().expect("flushed");
    if let Some(record) = edit(record) {
        let value = record.encode_json().expect("JSON");
        store.set(&key, &value).expect("set");
    }
    store.flush().expect("flushed");
}
