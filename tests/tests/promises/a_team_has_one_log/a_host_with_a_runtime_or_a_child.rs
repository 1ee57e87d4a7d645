//! Calls work within an asynchronous runtime, and a forked child leaves its parent's connection alone.

use super::{assert_sound, database, runs};
use crate::a_host_goes_on_without_its_log::warnings_of_host;
use execlog::{ExecutionLog, Invocation, LocalLog, Shipping, Status};
use execlog_tests::bounded::{self, PATIENCE};
use std::collections::BTreeSet;
use std::process::Command;
use tokio::runtime::Builder;

/// Records and ships within a runtime, and drops the logs there.
fn use_in_runtime(mut runtime: Builder) {
    let Some(database) = database() else { return };
    let url = database.url();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let _limit = bounded::limit(PATIENCE);
    runtime.block_on(async {
        let team = ExecutionLog::open(&url).expect("a server");
        assert_eq!(warnings_of_host(&team), [""; 0]);
        let local: LocalLog = ExecutionLog::in_memory().into();
        local.begin(Invocation::new(["index"])).succeed();
        let shipped = local.maintenance().ship(&team, &Shipping::new());
        assert_eq!(shipped.expect("shipped").sent, 1);
        let recorded = team.record_async(Invocation::new(["index"]), async |_| {
            tokio::task::yield_now().await;
            Ok::<_, String>(7)
        });
        assert_eq!(recorded.await, Ok(7));
        assert_eq!(runs(&team).len(), 3);
    });
    let elsewhere = runtime.spawn_blocking(move || {
        let team = ExecutionLog::open(&url).expect("a server");
        warnings_of_host(&team)
    });
    assert_eq!(runtime.block_on(elsewhere).expect("no panic"), [""; 0]);
}

#[test]
fn a_runtime_with_one_thread() {
    use_in_runtime(Builder::new_current_thread());
}

#[test]
fn a_runtime_with_threads() {
    use_in_runtime(Builder::new_multi_thread());
}

#[test]
fn a_child_leaves_the_connection_of_its_parent_alone() {
    let Some(database) = database() else { return };
    // A child that does not use the log drops it, too.
    for (count, expected) in [(0, 1), (50, 102)] {
        let host = Command::new(env!("CARGO_BIN_EXE_host"))
            .args(["server", &database.url(), "fork", &count.to_string()])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn();
        let output = bounded::ended(host.expect("the host starts"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said, "", "nothing is refused");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("meanwhile running"), "{told}");

        let team = super::team(&database);
        let there = runs(&team);
        assert_eq!(there.len(), expected);
        assert!(there.iter().all(|run| run.status() == Status::Success));
        let ids: BTreeSet<_> = there.iter().map(|run| &run.record.execution_id).collect();
        assert_eq!(ids.len(), expected);
        assert_sound(&team);
    }
}
