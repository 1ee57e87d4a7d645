//! The promises of execlog, a file for each.
//!
//! One program has them all. Beside it are `each_mistake_is_one_error`, which runs the compiler,
//! `the_derive_works_under_hostile_names`, which has lints and names of its own, `every_store_does_the_same`,
//! which lists its tests itself, `costs`, which measures, and `throwaway_servers`, which tests what the tests start.

mod a_file_that_is_no_log_is_refused;
#[cfg(all(unix, feature = "native-v3"))]
mod a_full_disk_is_an_error;
#[cfg(feature = "native-v3")]
mod a_graph_host_keeps_its_log;
#[cfg(any(feature = "native-v2", feature = "native-v3"))]
mod a_graph_in_sqlite_needs_no_engine;
mod a_guest_harms_no_host;
mod a_host_goes_on_without_its_log;
mod a_log_is_held_anywhere;
mod a_log_is_pruned_as_runs_begin;
mod a_repair_loses_nothing;
mod a_run_says_what_it_is;
mod a_run_that_cannot_be_read_is_named;
#[cfg(all(unix, feature = "postgres"))]
mod a_team_has_one_log;
mod damage_in_a_key_value_store_is_found;
mod damage_in_sqlite_is_found;
mod documents_are_true;
mod every_change_is_sealed;
mod every_dependency_has_a_reason;
mod handles_share_one_log;
mod keys_sort_and_read_back;
#[cfg(unix)]
mod killed_processes_leave_a_whole_log;
mod logs_are_shipped_window_by_window;
#[cfg(feature = "native-v2")]
mod native_v2_keeps_what_is_flushed;
#[cfg(feature = "native-v3")]
mod native_v3_keeps_what_is_flushed;
mod runs_are_found_by_what_they_are;
mod secrets_are_not_stored;
mod sqlite_survives_a_power_cut;
mod stored_bytes_are_reviewed;
mod summaries_are_those_of_whole_runs;
mod the_house_keeps_its_layout;
mod the_index_follows_the_runs;
mod the_public_interface_is_reviewed;
