//! Files that are not a log get an error that says what to do, and keep what is in them.

use execlog::{Error, ExecutionLog, LocalLog, Threads};
use execlog_tests::bounded;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A message without the folder's name, which is another every time.
    fn message(&self, error: &Error) -> String {
        let folder = self.0.path().display().to_string();
        error.to_string().replace(&folder, "FOLDER")
    }
}

fn start<T: Threads>(log: &ExecutionLog<T>) -> execlog::Result<i64> {
    log.start_execution("a", "1.0.0", &[], None, "code.db")
}

/// Every call that touches the file fails alike, and the message is returned.
fn refused(folder: &Folder, path: &Path) -> String {
    let log = ExecutionLog::new(path);
    let errors = [
        start(&log).map(drop),
        log.finish_execution("a", "success", None, 0, 0, 0),
        log.get_by_id("a").map(drop),
        log.get_recent(1).map(drop),
        log.ensure_schema(),
    ];
    let messages = errors.map(|refused| folder.message(&refused.expect_err("it is refused")));
    assert!(
        messages.iter().all(|message| *message == messages[0]),
        "{messages:#?}"
    );
    messages[0].clone()
}

#[test]
fn a_file_that_is_not_a_database() {
    let folder = Folder::new();
    let path = folder.file("notes.txt");
    let content = "not a database, and longer than the header of one would be: ".repeat(20);
    fs::write(&path, &content).expect("written");
    assert_eq!(
        refused(&folder, &path),
        "`FOLDER/notes.txt` is not a SQLite database: choose another file, or open it with the \
         engine that wrote it"
    );
    assert_eq!(fs::read_to_string(&path).expect("read"), content);
}

#[test]
fn a_folder_instead_of_a_file() {
    let folder = Folder::new();
    let path = folder.file("logs");
    fs::create_dir(&path).expect("made");
    assert_eq!(
        refused(&folder, &path),
        "cannot open `FOLDER/logs`: it is a folder; name a file in it"
    );
}

#[test]
fn a_file_in_a_folder_that_does_not_exist() {
    let folder = Folder::new();
    let log = ExecutionLog::new(folder.file("missing/log.db"));
    let error = start(&log).expect_err("it is refused");
    assert_eq!(
        folder.message(&error),
        "cannot open `FOLDER/missing/log.db`: the folder `FOLDER/missing` does not exist; make it \
         first"
    );
    assert_eq!(log.get_recent(1).expect("there is nothing to read"), []);
}

#[test]
fn a_name_that_no_file_can_have() {
    assert_eq!(
        refused(&Folder::new(), Path::new("")),
        "cannot open ``: the name is empty; name a file"
    );
    let nul = start(&ExecutionLog::new(Path::new("log\0.db")));
    assert!(matches!(nul, Err(Error::Open { .. })), "{nul:?}");
}

/// In a process of its own, for the name has to stand first in the path.
#[test]
fn a_file_whose_name_looks_like_an_address_is_just_that_file() {
    let folder = Folder::new();
    for name in ["file:log.db", "file:log.db?mode=memory", "file:a%20b.db"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_act_and_abort"));
        command
            .current_dir(folder.0.path())
            .args(["sqlite", name, "start", "a"]);
        let output = bounded::output(&mut command);
        assert_eq!(output.status.code(), None, "it aborts after the start");
        let log = ExecutionLog::new(folder.file(name));
        assert_eq!(log.list_all(None).expect("reads").len(), 1, "{name}");
    }
}

#[test]
fn a_file_of_one_byte() {
    let folder = Folder::new();
    let path = folder.file("one");
    fs::write(&path, "x").expect("written");
    assert!(refused(&folder, &path).contains("is not a SQLite database"));
    assert_eq!(fs::read(&path).expect("read"), b"x");
}

#[test]
fn reading_makes_no_file_and_no_table() {
    let folder = Folder::new();
    let path = folder.file("log.db");
    let log = ExecutionLog::new(&path);
    assert_eq!(log.get_by_id("a").expect("reads"), None);
    assert_eq!(log.list_all(None).expect("reads"), []);
    let unknown = log.finish_execution("a", "success", None, 0, 0, 0);
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
    assert!(!path.exists());

    Connection::open(&path)
        .and_then(|connection| connection.execute_batch("CREATE TABLE host (a)"))
        .expect("a host's file");
    let before = fs::read(&path).expect("read");
    assert_eq!(log.list_all(None).expect("reads"), []);
    assert_eq!(fs::read(&path).expect("read"), before);
}

fn with_table(folder: &Folder, sql: &str) -> PathBuf {
    let path = folder.file("other.db");
    let connection = Connection::open(&path).expect("a database");
    connection.execute_batch(sql).expect("the table is made");
    path
}

const ADVICE: &str = "rename it, or keep the log in another file";

#[test]
fn a_table_of_that_name_with_other_columns() {
    let folder = Folder::new();
    let path = with_table(
        &folder,
        "CREATE TABLE execution_log (id INTEGER PRIMARY KEY, what TEXT);
         INSERT INTO execution_log (what) VALUES ('precious')",
    );
    assert_eq!(
        refused(&folder, &path),
        format!(
            "the table `execution_log` in `FOLDER/other.db` is not a log: it has no column \
             `execution_id`; {ADVICE}"
        )
    );
    let connection = Connection::open(&path).expect("a database");
    let kept: String = connection
        .query_row("SELECT what FROM execution_log", [], |row| row.get(0))
        .expect("the row is there");
    assert_eq!(kept, "precious");
}

fn log_columns(execution_id: &str, more: &str) -> String {
    log_columns_with_id("INTEGER PRIMARY KEY", execution_id, more)
}

fn log_columns_with_id(id: &str, execution_id: &str, more: &str) -> String {
    format!(
        "CREATE TABLE execution_log (id {id}, execution_id {execution_id},
         tool_version TEXT, args TEXT, root TEXT, db_path TEXT, started_at INTEGER,
         finished_at INTEGER, duration_ms INTEGER, outcome TEXT, error_message TEXT,
         files_indexed INTEGER, symbols_indexed INTEGER, references_indexed INTEGER {more})"
    )
}

#[test]
fn a_table_that_could_not_keep_a_run() {
    let row_number = "its `id` is not `INTEGER PRIMARY KEY`";
    let not_unique = "its `execution_id` is not unique";
    let key = "INTEGER PRIMARY KEY";
    let partial =
        ");CREATE UNIQUE INDEX one ON execution_log(execution_id) WHERE (outcome = 'error'";
    for (id, execution_id, more, reason) in [
        (key, "TEXT", "", not_unique),
        (key, "TEXT", ", UNIQUE(execution_id, root)", not_unique),
        (key, "TEXT", partial, not_unique),
        (
            key,
            "INTEGER UNIQUE",
            "",
            "its `execution_id` is not `TEXT`",
        ),
        (
            key,
            "TEXT UNIQUE",
            ", host TEXT NOT NULL",
            "its column `host` has no default",
        ),
        ("INT PRIMARY KEY", "TEXT UNIQUE", "", row_number),
        ("TEXT PRIMARY KEY", "TEXT UNIQUE", "", row_number),
        ("INTEGER", "TEXT UNIQUE", "", row_number),
        (
            "INTEGER",
            "TEXT UNIQUE",
            ", PRIMARY KEY(id, root)",
            "`root` is in its primary key",
        ),
    ] {
        let folder = Folder::new();
        let path = with_table(&folder, &log_columns_with_id(id, execution_id, more));
        let message = refused(&folder, &path);
        assert!(
            message.ends_with(&format!("{reason}; {ADVICE}")),
            "{message}"
        );
    }
}

#[test]
fn a_table_with_columns_of_a_later_version_is_used() {
    let folder = Folder::new();
    let path = with_table(&folder, &log_columns("TEXT UNIQUE", ", host TEXT"));
    let log = ExecutionLog::new(&path);
    assert_eq!(start(&log).expect("the run starts"), 1);
    assert_eq!(log.get_recent(1).expect("reads").len(), 1);
}

#[test]
fn a_rule_of_the_hosts_own_that_a_run_breaks_is_not_a_taken_id() {
    let folder = Folder::new();
    let path = with_table(&folder, &log_columns("TEXT UNIQUE", ", UNIQUE(db_path)"));
    let log = ExecutionLog::new(&path);
    start(&log).expect("the run starts");
    let again = log.start_execution("b", "1.0.0", &[], None, "code.db");
    assert!(matches!(again, Err(Error::Sqlite { .. })), "{again:?}");
}

#[test]
fn a_table_that_replaces_what_it_has_does_not_replace_a_run() {
    let folder = Folder::new();
    let unique = "TEXT UNIQUE ON CONFLICT REPLACE";
    let path = with_table(&folder, &log_columns(unique, ""));
    let log = ExecutionLog::new(&path);
    start(&log).expect("the run starts");
    assert!(matches!(start(&log), Err(Error::Duplicate { .. })));
}

#[test]
fn a_view_of_that_name() {
    let folder = Folder::new();
    let path = with_table(&folder, "CREATE VIEW execution_log AS SELECT 1 AS id");
    assert!(refused(&folder, &path).contains("is not a log"));
}

#[test]
fn a_connection_that_only_reads() {
    let folder = Folder::new();
    let path = folder.file("log.db");
    start(&ExecutionLog::new(&path)).expect("the run starts");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(&path, flags).expect("opens");
    let log = ExecutionLog::with_connection(parking_lot::Mutex::new(connection).into());
    assert_eq!(log.get_recent(5).expect("reads").len(), 1);
    let again = log.start_execution("b", "1.0.0", &[], None, "code.db");
    for refused in [again.map(drop), log.ensure_schema()] {
        assert_eq!(
            folder.message(&refused.expect_err("it is refused")),
            "`FOLDER/log.db` cannot be written to: allow writing to the file and its folder, or \
             keep the log in another file"
        );
    }
}

#[test]
fn a_connection_on_which_another_holds_the_lock() {
    let folder = Folder::new();
    let path = folder.file("log.db");
    start(&ExecutionLog::new(&path)).expect("the run starts");
    let holder = Connection::open(&path).expect("opens");
    holder.execute_batch("BEGIN IMMEDIATE").expect("locked");

    let waiting = Connection::open(&path).expect("opens");
    waiting
        .busy_timeout(std::time::Duration::ZERO)
        .expect("set");
    let log = ExecutionLog::with_connection(parking_lot::Mutex::new(waiting).into());
    let refused = log.start_execution("b", "1.0.0", &[], None, "code.db");
    assert_eq!(
        folder.message(&refused.expect_err("it is locked")),
        "`FOLDER/log.db` is locked by another process or thread: try again when it is done"
    );
    holder.execute_batch("COMMIT").expect("unlocked");
    log.start_execution("b", "1.0.0", &[], None, "code.db")
        .expect("the run starts");
}

/// A process of its own, for an administrator may write to everything: it gives that up first.
#[cfg(unix)]
#[test]
fn a_read_only_file_in_a_read_only_folder() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    let folder = Folder::new();
    let set_mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions are set");
    };
    let host = folder.file("code.db");
    Connection::open(&host)
        .and_then(|connection| connection.execute_batch(&log_columns("TEXT UNIQUE", "")))
        .expect("a log with a rollback journal");
    let program = folder.file("act_and_abort");
    fs::copy(env!("CARGO_BIN_EXE_act_and_abort"), &program).expect("copied");
    set_mode(&program, 0o555);
    set_mode(&host, 0o444);
    set_mode(folder.0.path(), 0o555);

    let mut command = std::process::Command::new(&program);
    command.args([
        "sqlite".as_ref(),
        host.as_os_str(),
        "start".as_ref(),
        "a".as_ref(),
    ]);
    let is_root = fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0);
    if is_root {
        command.uid(65534);
    }
    let output = bounded::output(&mut command);
    set_mode(folder.0.path(), 0o755);

    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("code.db` cannot be written to: allow writing"),
        "{said}"
    );
    assert_eq!(ExecutionLog::new(&host).list_all(None).expect("reads"), []);
}

#[test]
fn a_log_without_a_file_has_no_connection() {
    let message = |log: LocalLog| log.connect().expect_err("it has none").to_string();
    let start = "cannot connect to a SQLite file: the log is ";
    assert_eq!(
        message(ExecutionLog::disabled().into()),
        format!("{start}disabled")
    );
    assert_eq!(
        message(ExecutionLog::in_memory().into()),
        format!("{start}in memory")
    );
    let store = execlog::kv::MemoryKv::default();
    assert_eq!(
        message(ExecutionLog::from_local_kv_store(store)),
        format!("{start}in a key-value store")
    );
    let connection = Connection::open_in_memory().expect("opens");
    let shared = ExecutionLog::with_connection(parking_lot::Mutex::new(connection).into());
    assert_eq!(
        message(shared.into()),
        format!("{start}on a connection of the host")
    );
}
