//! The behaviours that every log has, whatever its store.

mod asking;
mod crashed;
mod lifecycle;
mod listing;
mod repair;
mod retention;
mod runs;
mod transfer;
mod values;

use crate::record;
use crate::subject::Subject;
use execlog::{ExecutionRecord, LocalLog};

/// A promise that every log keeps. Panics if the log breaks it.
pub type Behaviour = fn(&dyn Subject);

macro_rules! listed {
    ($($module:ident::$behaviour:ident,)*) => {
        &[$((stringify!($behaviour), $module::$behaviour as Behaviour)),*]
    };
}

/// Every behaviour with its name.
pub const ALL: &[(&str, Behaviour)] = listed![
    lifecycle::runs_are_numbered_from_one,
    lifecycle::a_started_run_reads_as_running,
    lifecycle::a_finished_run_reads_as_it_ended,
    lifecycle::every_outcome_has_its_word,
    lifecycle::a_taken_id_is_refused_and_the_run_stays,
    lifecycle::to_finish_an_unknown_run_is_an_error,
    lifecycle::a_second_finish_is_refused_and_the_first_stays,
    lifecycle::an_unknown_outcome_is_refused_and_the_run_goes_on,
    lifecycle::durations_are_measured_to_the_millisecond,
    lifecycle::durations_are_not_negative_when_the_clock_goes_back,
    lifecycle::durations_across_handles_are_whole_seconds,
    values::any_text_comes_back_unchanged,
    values::a_long_argument_comes_back_whole,
    values::numbers_at_their_limits_are_kept,
    values::ids_that_cannot_be_told_apart_are_refused,
    values::ids_up_to_the_limit_and_with_separators_are_kept_apart,
    values::a_whole_record_is_stored_as_it_is,
    values::a_record_that_says_what_cannot_be_is_refused_and_not_imported,
    listing::an_empty_log_reads_as_empty,
    listing::newest_runs_come_first,
    listing::runs_of_the_same_second_come_newest_first,
    listing::a_limit_is_kept,
    listing::listing_gives_each_run_its_own_result,
    listing::the_newest_are_found_whatever_order_runs_are_logged_in,
    listing::an_index_that_is_right_is_left_alone,
    retention::a_policy_keeps_the_newest_runs,
    retention::a_run_stays_if_any_rule_keeps_it,
    retention::runs_that_go_on_and_runs_of_the_future_stay,
    retention::a_policy_without_a_rule_is_refused,
    retention::a_plan_says_what_would_go_and_removes_nothing_until_it_is_applied,
    retention::a_plan_does_not_remove_a_run_that_has_begun_anew_since,
    retention::a_plan_for_some_runs_leaves_the_others_alone,
    retention::the_number_of_a_removed_run_is_not_given_again,
    runs::a_run_is_recorded_from_begin_to_end,
    asking::a_run_is_found_by_its_number_and_an_id_is_not_taken_for_a_word,
    runs::every_way_to_end_is_told,
    runs::what_the_work_gives_is_passed_through,
    runs::a_taken_id_does_not_stop_the_host,
    asking::a_run_is_found_by_how_its_id_begins,
    asking::runs_are_asked_for_by_what_they_are,
    asking::the_log_may_be_written_to_while_it_is_read,
    crashed::a_run_without_a_lock_is_unknown_and_says_so,
    crashed::a_run_without_a_lock_is_settled_only_once_it_is_old,
    crashed::a_crashed_run_is_seen_and_settled,
    crashed::a_late_end_wins_over_being_settled,
    runs::a_run_that_is_gone_at_its_end_is_recorded_whole,
    runs::secrets_are_not_stored,
    runs::removing_a_run_removes_its_context,
    runs::the_revision_of_the_root_is_recorded,
    runs::a_run_does_not_end_another_that_has_its_id,
    runs::counts_do_not_wrap,
    transfer::an_empty_log_becomes_a_copy,
    transfer::a_run_gets_the_next_number_where_its_own_is_given,
    transfer::an_import_brings_ends_and_contexts_and_overwrites_nothing,
    transfer::an_import_keeps_the_pins_of_this_log,
    retention::a_run_that_is_pinned_while_a_plan_is_applied_stays,
    asking::labels_with_any_name_are_found,
    transfer::what_is_no_run_is_not_imported,
    transfer::what_is_removed_is_gone_and_what_goes_on_stays,
    transfer::runs_are_asked_for_by_what_they_did,
    transfer::statuses_do_not_need_the_contexts_to_be_given,
    transfer::whether_there_is_a_log_is_told,
    repair::what_a_repair_takes_away_is_kept_however_often,
    repair::a_context_is_kept_that_says_another_start_than_its_run,
    repair::a_record_that_says_what_cannot_be_is_found,
    repair::no_end_comes_before_its_start_when_the_clock_goes_back,
];

const DB: &str = "code.db";

fn start(log: &LocalLog, id: &str) -> i64 {
    log.start_execution(id, "1.0.0", &[], None, DB)
        .expect("the run starts")
}

fn get(subject: &dyn Subject, id: &str) -> ExecutionRecord {
    let found = subject.log().get_by_id(id).expect("the log reads");
    found.expect("the run is in the log")
}

fn ids(records: &[ExecutionRecord]) -> Vec<&str> {
    records
        .iter()
        .map(|record| record.execution_id.as_str())
        .collect()
}

fn listed(subject: &dyn Subject, limit: Option<usize>) -> Vec<String> {
    let records = subject.log().list_all(limit).expect("the log reads");
    ids(&records).into_iter().map(str::to_owned).collect()
}
