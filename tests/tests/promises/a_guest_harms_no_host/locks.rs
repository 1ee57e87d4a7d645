//! The locks that a host holds on its file stay, whatever the log does with it.

use execlog::{
    Error, ExecutionLog, ExecutionRecord, FileKind, Invocation, LocalLog, Policy, StoredRun,
};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const WAIT: Duration = Duration::from_millis(1);

/// The POSIX locks of this process on a file and what SQLite keeps beside it, as one look at the list of all
/// locks shows them. The system gives that list page by page, and what others lock or unlock meanwhile moves some
/// to a page that was read: one look may miss a lock, or have it twice.
fn held(file: &Path) -> BTreeSet<String> {
    let files = ["", "-wal", "-shm", "-journal"]
        .iter()
        .filter_map(|ending| {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            Some(fs::metadata(name).ok()?.ino().to_string())
        });
    let files: Vec<String> = files.collect();
    let process = std::process::id().to_string();
    let locks = fs::read_to_string("/proc/locks").expect("Linux lists all locks");
    locks
        .lines()
        .filter_map(|line| {
            let [_, kind, _, access, owner, file, from, to] =
                line.split_whitespace().collect::<Vec<_>>()[..]
            else {
                return None;
            };
            let number = file.rsplit(':').next()?;
            let is_held = kind == "POSIX" && owner == process && files.iter().any(|f| f == number);
            is_held.then(|| format!("{access} {number} {from} {to}"))
        })
        .collect()
}

/// A call, by its name.
type Call<'a> = (&'a str, &'a dyn Fn(&LocalLog));

/// Every way to the log in a file, and every call that reads or writes.
fn every_call(file: &Path, check: &dyn Fn(&str)) {
    type Make = fn(&Path) -> LocalLog;
    let ways: [(&str, Make); 4] = [
        ("new", |file| ExecutionLog::new(file).into()),
        ("read_only", |file| ExecutionLog::read_only(file).into()),
        ("open", |file| ExecutionLog::open(file).expect("opens")),
        ("with_connection", |file| {
            let connection = Connection::open(file).expect("opens");
            connection.busy_timeout(WAIT).expect("set");
            ExecutionLog::with_connection(Arc::new(parking_lot::Mutex::new(connection))).into()
        }),
    ];
    check("before");
    assert_eq!(FileKind::of(file).expect("a database"), FileKind::Sqlite);
    check("FileKind::of");
    let refused = FileKind::Sqlite.create_log(file);
    assert!(matches!(refused, Err(Error::Open { .. })));
    check("create_log");
    for (way, make) in ways {
        let log = make(file).with_busy_timeout(WAIT);
        check(way);
        let run = ExecutionRecord {
            outcome: "success".to_owned(),
            ..log.get_by_id("a").expect("reads").expect("a run")
        };
        let runs = [StoredRun::from(
            log.find("a".parse().expect("a selector"))
                .expect("reads")
                .expect("a run"),
        )];
        // The host holds the lock for writing: what matters is what becomes of that.
        let calls: [Call; 17] = [
            ("get_recent", &|log| drop(log.get_recent(5))),
            ("runs", &|log| assert!(log.runs().into_iter().count() > 0)),
            ("find", &|log| {
                drop(log.find(execlog::RunSelector::latest()));
            }),
            ("verify", &|log| drop(log.maintenance().verify())),
            ("loss", &|log| drop(log.maintenance().loss())),
            ("audit_secrets", &|log| {
                assert_eq!(log.maintenance().audit_secrets().count(), 0);
            }),
            ("is_there", &|log| drop(log.maintenance().exists())),
            ("connect", &|log| drop(log.connect())),
            ("begin", &|log| {
                log.begin(Invocation::new(["index"])).succeed();
            }),
            ("start_execution", &|log| {
                drop(log.start_execution("b", "1", &[], None, "code.db"));
            }),
            ("finish_execution", &|log| {
                drop(log.finish_execution("a", "success", None, 0, 0, 0));
            }),
            ("log_execution", &|log| drop(log.log_execution(&run))),
            ("import", &|log| drop(log.maintenance().import(&runs))),
            ("prune", &|log| {
                drop(
                    log.prune_plan(&Policy::new().keep_last(0))
                        .and_then(execlog::PrunePlan::apply),
                );
            }),
            ("reindex", &|log| drop(log.maintenance().reindex())),
            ("settle", &|log| drop(log.maintenance().settle())),
            ("flush", &|log| drop(log.maintenance().flush())),
        ];
        for (name, call) in calls {
            call(&log);
            check(&format!("{way}, {name}"));
        }
        drop(log);
        check(&format!("{way}, dropped"));
    }
}

fn a_host_in_a_transaction_keeps_its_locks(journal_mode: &str) {
    const LOOKS: usize = 50;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let host = Connection::open(&file).expect("opens");
    let set_up = format!("PRAGMA journal_mode = {journal_mode}; CREATE TABLE host (a)");
    host.execute_batch(&set_up).expect("a host's file");
    let log = ExecutionLog::new(&file);
    log.start_execution("a", "1", &[], None, "code.db")
        .expect("starts");
    drop(log);

    let begin = "BEGIN IMMEDIATE; INSERT INTO host VALUES (1)";
    host.execute_batch(begin).expect("begins");
    let before: BTreeSet<String> = (0..LOOKS).flat_map(|_| held(&file)).collect();
    assert!(
        before.len() >= 2,
        "a host that writes holds locks: {before:?}"
    );
    every_call(&file, &|call| {
        let is_same = (0..LOOKS).any(|_| held(&file) == before);
        assert!(is_same, "{call}: {:?} instead of {before:?}", held(&file));
    });
    host.execute_batch("COMMIT").expect("the host commits");
}

#[test]
fn of_a_host_with_a_rollback_journal() {
    a_host_in_a_transaction_keeps_its_locks("delete");
}

#[test]
fn of_a_host_with_a_write_ahead_log() {
    a_host_in_a_transaction_keeps_its_locks("wal");
}
