//! Writes to a log and then aborts, so that nothing is closed, dropped or flushed at exit.
//!
//! `act_and_abort STORE PATH ACTION ID`: `STORE` is a kind of log in files, `ACTION` is `start`,
//! `finish` or `start-finish`. Aborts only after every call has been acknowledged.

use execlog::Outcome;
use execlog_tests::subject::in_files;
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [store, path, action, id] = arguments.as_slice() else {
        panic!("usage: act_and_abort STORE PATH ACTION ID");
    };
    let kind = in_files().into_iter().find(|(kind, _)| kind == store);
    let (_, open) = kind.unwrap_or_else(|| panic!("this build has no store `{store}`"));
    let log = open(Path::new(path));
    let start = || log.start_execution(id, "1.0.0", &[], None, path).map(drop);
    let finish = || log.finish_execution(id, Outcome::Success, None, 1, 2, 3);
    let done = match action.as_str() {
        "start" => start(),
        "finish" => finish(),
        "start-finish" => start().and_then(|()| finish()),
        other => panic!("unknown action `{other}`"),
    };
    match done {
        Ok(()) => std::process::abort(),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}
