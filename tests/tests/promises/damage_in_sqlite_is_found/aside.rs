//! Contexts that are moved aside.

use super::{filled, findings};
use execlog::Repair;

#[test]
fn a_context_of_no_run_is_moved_as_it_is_whatever_is_in_it() {
    let (_folder, connection, log) = filled();
    connection
        .execute_batch(
            "INSERT INTO execlog_context (execution_id, started_at_ms, process_id, program, crashed) \
             VALUES (x'ff', 'noon', 1.5, x'00', 'perhaps')",
        )
        .expect("damaged");
    let found = findings(&log);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].key, "execlog_context of `\\xff`");
    assert_eq!(found[0].repair, Repair::SetAside);
    assert_eq!(log.maintenance().reindex().expect("reindexed").set_aside, 1);
    assert_eq!(findings(&log), []);
    let kept: String = connection
        .query_row(
            "SELECT quote(execution_id) || quote(started_at_ms) || quote(process_id) || quote(program) \
             || quote(crashed) FROM execlog_aside",
            [],
            |row| row.get(0),
        )
        .expect("is there");
    assert_eq!(kept, "X'FF''noon'1.5X'00''perhaps'");
    let left: i64 = connection
        .query_row("SELECT count(*) FROM execlog_context", [], |row| row.get(0))
        .expect("counted");
    assert_eq!(left, 5);
}

#[test]
fn a_table_that_cannot_take_what_is_moved_is_named_and_nothing_goes() {
    let (_folder, connection, log) = filled();
    connection
        .execute_batch("DELETE FROM execution_log WHERE id = 3; CREATE TABLE execlog_aside (a)")
        .expect("damaged");
    for refused in [
        log.maintenance().verify().map(drop),
        log.maintenance().reindex().map(drop),
    ] {
        let refused = refused.expect_err("it is another's").to_string();
        assert!(
            refused.starts_with("the table `execlog_aside` in `"),
            "{refused}"
        );
    }
    let left: i64 = connection
        .query_row("SELECT count(*) FROM execlog_context", [], |row| row.get(0))
        .expect("counted");
    assert_eq!(left, 5);
}
