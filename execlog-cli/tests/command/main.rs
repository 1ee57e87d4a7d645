//! What the command shows and does, tested with the real program.
//!
//! Each file is named by the promise that it tests. `fixture` has a log and runs the program, `server_fixture`
//! has one on a server, `tampering` changes a log past the library, `otlp_schema` checks spans, `bounded` waits
//! with a timeout, `pty` runs the program on a terminal, and `default_signals` undoes signals that
//! the caller ignores.

mod bounded;
mod checkpoints_are_signed;
#[cfg(any(feature = "native-v2", feature = "native-v3"))]
mod damaged_graphs_are_found_and_not_changed;
#[cfg(unix)]
mod default_signals;
mod details_of_a_run_are_shown;
mod diff_shows_what_differs;
mod documents_show_real_output;
mod exports_and_imports_lose_nothing;
mod exports_are_checked_against_their_seals;
mod extreme_times_are_shown;
#[cfg(unix)]
mod files_are_private_and_complete;
mod fixture;
mod folders_import_each_other_in_one_direction;
mod formats_have_the_same_runs;
mod fresh_compares_the_index_with_the_repository;
#[cfg(all(unix, feature = "native-v2", feature = "native-v3"))]
mod graph_copies_are_private_and_removed;
mod hosts_keep_their_write_ahead_log;
mod ids_complete_in_the_shell;
mod logs_are_pruned_settled_and_verified;
#[cfg(all(unix, feature = "postgres"))]
mod logs_are_shipped;
#[cfg(feature = "otlp")]
mod logs_are_shipped_to_collectors;
mod logs_in_graphs_in_sqlite_work_as_in_tables;
mod logs_of_splice_are_imported;
#[cfg(all(unix, feature = "postgres"))]
mod logs_on_servers_work_as_in_files;
mod magellan_files_are_read_without_changes;
mod otlp_schema;
#[cfg(all(unix, feature = "postgres"))]
mod passwords_of_servers_are_not_shown;
mod pty;
mod recorded_commands_run_as_usual;
mod report_works_in_a_browser;
mod runs_are_exported_as_opentelemetry_spans;
mod runs_are_selected_by_their_contexts;
mod seals_show_what_was_changed;
#[cfg(all(unix, feature = "postgres"))]
mod server_fixture;
#[cfg(all(unix, feature = "postgres"))]
mod servers_that_fail_are_reported;
mod several_logs_are_listed_together;
mod stats_are_correct;
#[cfg(all(unix, feature = "postgres"))]
mod stats_of_servers_are_those_of_files;
mod stored_text_cannot_control_the_terminal;
mod tables_show_what_there_is;
mod tampering;
mod terminals_are_interactive;
mod the_right_log_is_found;
mod urls_are_not_paths;
mod views_and_help_are_reviewed;
