//! A host with a version of rusqlite of its own: records runs in a file, by its name and on a
//! connection of the host's, reads them back, and prints the version of SQLite.

use execlog::ExecutionLog;
use parking_lot::Mutex;
use rusqlite::Connection;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).ok_or("name a file")?;
    let file = Path::new(&file);
    record(&ExecutionLog::new(file), "by-name")?;

    let connection: Connection = Connection::open(file)?;
    let shared = ExecutionLog::with_connection(Arc::new(Mutex::new(connection)));
    record(&shared, "on-connection")?;

    let connection: Connection = ExecutionLog::new(file).connect()?;
    let files = "SELECT sum(files_indexed) FROM execution_log WHERE outcome = 'success'";
    let files: i64 = connection.query_row(files, [], |row| row.get(0))?;
    assert_eq!(files, 6);

    println!("{}", rusqlite::version());
    Ok(())
}

fn record(log: &ExecutionLog, execution_id: &str) -> Result<(), Box<dyn Error>> {
    let args = ["index".to_owned()];
    log.start_execution(execution_id, "1.0.0", &args, None, "code.db")?;
    log.finish_execution(execution_id, "success", None, 3, 0, 0)?;
    let run = log.get_by_execution_id(execution_id)?;
    assert!(run.is_some_and(|run| run.files_indexed == 3));
    Ok(())
}
