//! One of the processes that record: writes to a file what the log acknowledges, and when.

use execlog::{Error, ExecutionLog, Invocation, LocalLog, Outcome};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

/// How a run can be recorded: by one call, by two, or as a host does.
pub(crate) const WAYS: [&str; 3] = ["whole", "calls", "host"];

/// Each process records less than a hundred runs a second: the servers and Patroni need the processors, too.
const PAUSE: Duration = Duration::from_millis(10);

/// Records runs until standard input ends.
pub(crate) fn record(url: &str, file: &Path, way: &str) -> ExitCode {
    let is_over = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&is_over);
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        ends.store(true, Ordering::Relaxed);
    });
    let mut recorder = Recorder {
        log: ExecutionLog::open(url).expect("the URL is right"),
        acknowledged: File::create_new(file).expect("a new file"),
        failures: BTreeMap::new(),
    };
    let mut number = 0;
    while !is_over.load(Ordering::Relaxed) {
        let id = format!("{way}-{}-{number}", std::process::id());
        match way {
            "whole" => recorder.record_whole(&id),
            "calls" => recorder.record_by_calls(&id),
            "host" => recorder.record_as_a_host(),
            other => panic!("unknown way `{other}`"),
        }
        number += 1;
        thread::sleep(PAUSE);
    }
    for (failure, times) in recorder.failures {
        println!("{way}: {times} times: {failure}");
    }
    ExitCode::SUCCESS
}

struct Recorder {
    log: LocalLog,
    acknowledged: File,
    failures: BTreeMap<String, usize>,
}

impl Recorder {
    fn record_whole(&mut self, id: &str) {
        let added = self.log.log_execution(&execlog_tests::record(id));
        self.note("ended", id, added.map(drop));
    }

    fn record_by_calls(&mut self, id: &str) {
        let began = self.log.start_execution(id, "1.0.0", &[], None, "code.db");
        if self.note("began", id, began.map(drop)) {
            let ended = self
                .log
                .finish_execution(id, Outcome::Success, None, 1, 2, 3);
            self.note("ended", id, ended);
        }
    }

    /// Only whether the run began is known: a host does not hear of errors.
    fn record_as_a_host(&mut self) {
        let run = self.log.begin(Invocation::new(["index"]));
        if run.is_recorded() {
            let id = run.execution_id().to_owned();
            self.note("began", &id, Ok(()));
        }
        run.succeed();
    }

    /// Notes a result, and returns whether it is an acknowledgement.
    fn note(&mut self, what: &str, id: &str, result: Result<(), Error>) -> bool {
        if let Err(error) = result {
            *self.failures.entry(error.to_string()).or_default() += 1;
            return false;
        }
        let now = SystemTime::UNIX_EPOCH.elapsed();
        let now = now.expect("a time after 1970").as_millis();
        let line = format!("{now} {what} {id}\n");
        let written = self.acknowledged.write_all(line.as_bytes());
        written.expect("the file is written");
        true
    }
}
