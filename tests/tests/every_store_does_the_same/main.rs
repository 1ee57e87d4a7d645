//! Every behaviour on every kind of log, random calls on each against a model, and killed processes
//! on every kind that outlives one.

mod kills;
mod model;

use execlog_tests::{behaviour, subject};
use libtest_mimic::{Arguments, Trial};

fn main() {
    let mut trials = Vec::new();
    for &(behaviour, check) in behaviour::ALL {
        for (subject, make) in subject::all() {
            trials.push(Trial::test(format!("{subject}::{behaviour}"), move || {
                check(&*make());
                Ok(())
            }));
        }
    }
    for (kind, make) in subject::held() {
        let random = move || {
            model::every_answer_is_that_of_the_model(&make);
            Ok(())
        };
        trials.push(Trial::test(
            format!("{kind}::every_answer_is_that_of_the_model"),
            random,
        ));
    }
    for (kind, open) in subject::in_files() {
        let killed = move || {
            kills::acknowledged_runs_outlive_the_process(kind, open);
            Ok(())
        };
        trials.push(Trial::test(
            format!("{kind}::acknowledged_runs_outlive_the_process"),
            killed,
        ));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
