//! What calls cost as their input grows. They are measured, so they run apart from the other tests.

mod many_runs_in_one_second_are_listed_in_linear_time;
#[cfg(unix)]
mod redaction_takes_linear_time;
