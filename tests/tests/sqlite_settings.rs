//! How a file is set up, read past the library and on a connection that the library opens.

use execlog::ExecutionLog;
use rusqlite::Connection;
use rusqlite::types::Value;

fn setting(connection: &Connection, pragma: &str) -> String {
    let sql = format!("PRAGMA {pragma}");
    match connection.query_row(&sql, [], |row| row.get(0)) {
        Ok(Value::Text(text)) => text,
        Ok(Value::Integer(number)) => number.to_string(),
        other => panic!("{pragma}: {other:?}"),
    }
}

fn start(log: &ExecutionLog) {
    log.start_execution("a", "1.0.0", &[], None, "code.db")
        .expect("the run starts");
}

#[test]
fn a_file_made_here_is_set_up_for_a_log_however_it_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = ExecutionLog::new(folder.path().join("log.db"));
    let first = log.connect().expect("connects");
    start(&log);
    for connection in [first, log.connect().expect("connects")] {
        assert_eq!(setting(&connection, "journal_mode"), "wal");
        assert_eq!(setting(&connection, "synchronous"), "1", "NORMAL");
        assert_eq!(setting(&connection, "busy_timeout"), "5000");
    }
}

#[test]
fn a_file_that_a_host_made_keeps_its_journal_mode_and_syncs_its_folder_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("host.db");
    Connection::open(&path)
        .and_then(|connection| connection.execute_batch("CREATE TABLE host (a)"))
        .expect("a host's file");
    let log = ExecutionLog::new(&path);
    start(&log);
    let connection = log.connect().expect("connects");
    assert_eq!(setting(&connection, "journal_mode"), "delete");
    assert_eq!(setting(&connection, "synchronous"), "3", "EXTRA");
}

#[test]
fn a_connection_that_is_shared_keeps_its_settings() {
    let connection = Connection::open_in_memory().expect("opens");
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA busy_timeout = 7")
        .expect("set up by the host");
    let shared = std::sync::Arc::new(parking_lot::Mutex::new(connection));
    start(&ExecutionLog::with_connection(shared.clone()));
    let connection = shared.lock();
    assert_eq!(setting(&connection, "synchronous"), "0");
    assert_eq!(setting(&connection, "busy_timeout"), "7");
}
