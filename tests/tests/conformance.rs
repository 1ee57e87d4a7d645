//! Every behaviour on every kind of log.

use execlog_tests::{behaviour, subject};
use libtest_mimic::{Arguments, Trial};

fn main() {
    let mut trials = Vec::new();
    for (subject, make) in subject::all() {
        for &(behaviour, check) in behaviour::ALL {
            trials.push(Trial::test(format!("{subject}::{behaviour}"), move || {
                check(&*make());
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
