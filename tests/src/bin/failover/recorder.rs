//! One of the processes that record: writes to a file what the log acknowledges, and when.

use execlog::{Error, ExecutionLog, Invocation, LocalLog, Outcome, Shipping};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

/// How a run can be recorded: by one call, by two, as a host does, or in a log that is shipped.
pub(crate) const WAYS: [&str; 4] = ["whole", "calls", "host", "shipped"];

/// How many runs are shipped at once.
const SHIPMENT: usize = 10;

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
        own_log: ExecutionLog::new(file.with_extension("db")).into(),
        not_shipped: Vec::new(),
    };
    let mut number = 0;
    while !is_over.load(Ordering::Relaxed) {
        let id = format!("{way}-{}-{number}", std::process::id());
        match way {
            "whole" => recorder.record_whole(&id),
            "calls" => recorder.record_by_calls(&id),
            "host" => recorder.record_as_a_host(),
            "shipped" => recorder.ship(&id),
            other => panic!("unknown way `{other}`"),
        }
        number += 1;
        thread::sleep(PAUSE);
    }
    ExitCode::SUCCESS
}

struct Recorder {
    log: LocalLog,
    acknowledged: File,
    own_log: LocalLog,
    /// The runs in its own log that are not yet known to be in the other.
    not_shipped: Vec<String>,
}

impl Recorder {
    fn record_whole(&mut self, id: &str) {
        match self.log.log_execution(&execlog_tests::record(id)) {
            Ok(_) => self.note("ended", id),
            Err(error) => self.note_failure(&error),
        }
    }

    fn record_by_calls(&mut self, id: &str) {
        let began = self.log.start_execution(id, "1.0.0", &[], None, "code.db");
        if let Err(error) = began {
            return self.note_failure(&error);
        }
        self.note("began", id);
        match self
            .log
            .finish_execution(id, Outcome::Success, None, 1, 2, 3)
        {
            Ok(()) => self.note("ended", id),
            Err(error) => self.note_failure(&error),
        }
    }

    /// Only whether the run began is known: a host does not hear of errors.
    fn record_as_a_host(&mut self) {
        let run = self.log.begin(Invocation::new(["index"]));
        if run.is_recorded() {
            self.note("began", run.execution_id());
        }
        run.succeed();
    }

    fn ship(&mut self, id: &str) {
        for number in 0..SHIPMENT {
            let id = format!("{id}-{number}");
            let added = self.own_log.log_execution(&execlog_tests::record(&id));
            added.expect("a log in a file is written");
            self.not_shipped.push(id);
        }
        let shipped = self.own_log.maintenance().ship(&self.log, &Shipping::new());
        match shipped {
            Ok(report) => {
                assert!(report.is_complete(), "{report:?}");
                for id in std::mem::take(&mut self.not_shipped) {
                    self.note("ended", &id);
                }
            }
            Err(error) => self.note_failure(&error),
        }
    }

    fn note(&mut self, what: &str, id: &str) {
        let now = SystemTime::UNIX_EPOCH.elapsed();
        let now = now.expect("a time after 1970").as_millis();
        let line = format!("{now} {what} {id}\n");
        let written = self.acknowledged.write_all(line.as_bytes());
        written.expect("the file is written");
    }

    fn note_failure(&mut self, error: &Error) {
        self.note("failed", &error.to_string());
    }
}
