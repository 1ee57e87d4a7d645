//! Writes to a log and then aborts, so that nothing is closed, dropped or flushed on the way out.
//!
//! `act_and_abort STORE PATH ACTION ID`, where `STORE` is a kind of file, and `ACTION` is `start`,
//! `finish` or `start-finish`. Aborts only after every call has been acknowledged.

use execlog::{ExecutionLog, Outcome};
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [store, path, action, id] = arguments.as_slice() else {
        panic!("usage: act_and_abort STORE PATH ACTION ID");
    };
    let log = open(store, Path::new(path));
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

fn open(store: &str, path: &Path) -> ExecutionLog {
    match store {
        "sqlite" => ExecutionLog::new(path),
        other => native::open(other, path),
    }
}

#[cfg(feature = "native-v2")]
mod native {
    use execlog::ExecutionLog;
    use execlog_tests::subject::native_v2::{open_in_sqlite, open_native};
    use std::path::Path;

    pub(super) fn open(store: &str, path: &Path) -> ExecutionLog {
        match store {
            "native-v2" => open_native(path),
            "graph-in-sqlite" => open_in_sqlite(path),
            other => panic!("unknown store `{other}`"),
        }
    }
}

#[cfg(not(feature = "native-v2"))]
mod native {
    pub(super) fn open(store: &str, _: &std::path::Path) -> execlog::ExecutionLog {
        panic!("this build has no store `{store}`");
    }
}
