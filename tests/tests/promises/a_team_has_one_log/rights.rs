//! The roles of docs/team.md may do what the page says, and nothing else.

use super::{database, team};
use execlog::{Error, ExecutionLog, Invocation, LocalLog, RunSelector, Shipping, StoredRun};

const PAGE: &str = include_str!("../../../../docs/team.md");

/// The statements of the page, for roles with names of their own: roles belong to the whole server.
fn statements(name: &str) -> String {
    let after = PAGE.split("```sql\n").nth(1).expect("a block of SQL");
    let sql = after.split("```").next().expect("its end");
    let of_test = |role: &str| format!("{role}_{name}");
    sql.replace("ROLE ci ", &format!("ROLE {} ", of_test("ci")))
        .replace("ROLE reader ", &format!("ROLE {} ", of_test("reader")))
        .replace(
            "TO ci, reader",
            &format!("TO {}, {}", of_test("ci"), of_test("reader")),
        )
        .replace("TO ci;", &format!("TO {};", of_test("ci")))
}

#[test]
fn a_role_adds_and_ends_its_own_runs_and_another_only_reads() {
    let Some(database) = database() else { return };
    let team = team(&database);
    team.begin(Invocation::new(["of the owner"])).succeed();
    database.sql(&statements("of_rights"));
    let as_role = |role: &str| -> LocalLog {
        let url = database
            .url()
            .replacen("postgres@", &format!("{role}_of_rights@"), 1);
        ExecutionLog::open(url).expect("a server")
    };
    let (ci, reader) = (as_role("ci"), as_role("reader"));
    database.sql("CREATE ROLE second_of_rights LOGIN; GRANT ci_of_rights TO second_of_rights");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let log: LocalLog = ExecutionLog::new(folder.path().join("code.db")).into();
    let run = log.begin(Invocation::new(["shipped"]));
    let ship = |team: &LocalLog| {
        let report = log.maintenance().ship(team, &Shipping::new());
        report.expect("shipped")
    };
    assert!(ship(&ci).is_complete());
    run.succeed();
    assert!(ship(&ci).is_complete());

    let run = log.begin(Invocation::new(["begun by another"]));
    let begun = run.execution_id().to_owned();
    assert!(ship(&team).is_complete());
    run.succeed();
    // The seals have arrived with the first shipment, and the end is still missing with the second.
    for report in [ship(&ci), ship(&ci)] {
        let left: Vec<_> = report.left_behind.iter().map(|left| &left.run).collect();
        assert_eq!((report.sent, left), (0, vec![&begun]));
    }
    assert!(ship(&team).is_complete());

    // Whether it is alive is not noted either.
    let run = log.begin(Invocation::new(["begun by another"]));
    let begun = run.execution_id().to_owned();
    assert!(ship(&team).is_complete());
    let left = ship(&ci).left_behind;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].run, begun);
    assert!(left[0].reason.starts_with("another role"), "{left:?}");
    run.succeed();
    assert!(ship(&team).is_complete());

    // Nor is an end that follows when the owner has settled the run.
    let run = log.begin(Invocation::new(["settled"]));
    let begun = run.execution_id().to_owned();
    assert!(ship(&ci).is_complete());
    database.sql(
        "UPDATE execlog.execution_log SET heard_at_ms = 0, started_at = started_at - 60 \
         WHERE outcome = 'running'; \
         UPDATE execlog.execlog_context SET started_at_ms = started_at_ms - 60000 \
         WHERE ended_at_ms IS NULL",
    );
    let settled = team.maintenance().settle_unknown(std::time::Duration::ZERO);
    assert_eq!(settled.expect("settled").len(), 1);
    run.succeed();
    let as_second = as_role("second");
    for _ in 0..2 {
        let left = ship(&as_second).left_behind;
        let left: Vec<_> = left.iter().map(|left| &left.run).collect();
        assert_eq!(left, [&begun]);
    }
    let report = ship(&ci);
    assert_eq!((report.sent, report.is_complete()), (1, true), "{report:?}");

    let copy: LocalLog = ExecutionLog::in_memory().into();
    let shipped = log.runs().into_iter();
    let shipped: Vec<_> = shipped
        .map(|run| StoredRun::from(run.expect("a run")))
        .collect();
    copy.maintenance().import(&shipped).expect("imported");
    let report = copy.maintenance().ship(&ci, &Shipping::new());
    assert!(report.expect("shipped").is_complete());
    let run = ci.begin(Invocation::new(["recorded"]));
    assert!(run.is_recorded());
    run.succeed();
    assert_eq!(reader.runs().into_iter().filter_map(Result::ok).count(), 6);

    let of_owner = team
        .find(RunSelector::number(1))
        .expect("read")
        .expect("a run");
    let id = of_owner.record.execution_id;
    let refused = |done: execlog::Result<()>| {
        assert!(
            matches!(done, Err(Error::Server { .. } | Error::NotFound { .. })),
            "{done:?}"
        );
    };
    refused(ci.maintenance().remove(&[&id]).map(drop));
    let pinned = ci.maintenance().pin(&id, "mine").expect_err("a refusal");
    assert!(pinned.to_string().contains("another role"), "{pinned}");
    refused(reader.maintenance().pin(&id, "mine"));
    let record = execlog_tests::record("by-a-reader");
    refused(reader.log_execution(&record).map(drop));
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.runs, verified.findings), (6, vec![]));
    database.sql(
        "DROP OWNED BY ci_of_rights, reader_of_rights, second_of_rights; \
         DROP ROLE ci_of_rights, reader_of_rights, second_of_rights",
    );
}
