//! Starts the cluster and the processes that record, and kills leaders.

use crate::recorder::WAYS;
use crate::tally::{Acknowledged, Tally};
use execlog::ExecutionLog;
use execlog_tests::bounded::{self, PATIENCE};
use execlog_tests::postgres::cluster::Cluster;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How many processes record.
const RECORDERS: usize = 8;
/// How many writes each has to have acknowledged between two kills.
const WRITES_BETWEEN_KILLS: usize = 50;
/// The longest time without an acknowledged write, where a lost leader is replaced after 5 s.
const LONGEST_PAUSE: Duration = Duration::from_secs(12);

pub(crate) fn run(kills: usize) -> ExitCode {
    let Some(mut cluster) = Cluster::start() else {
        return ExitCode::SUCCESS;
    };
    let log = ExecutionLog::open(cluster.url()).expect("the URL is right");
    log.ensure_schema().expect("the tables are created");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut recorders: Vec<Recorder> = (0..RECORDERS)
        .map(|number| Recorder::start(&cluster.url(), folder.path(), number))
        .collect();
    for kill in 1..=kills {
        wait_for_writes(&mut recorders);
        let leader = cluster.leader();
        let killed = Instant::now();
        cluster.kill_node(leader);
        cluster.wait_until_writable();
        let pause = killed.elapsed().as_secs_f64();
        cluster.start_node(leader);
        cluster.wait_until_whole();
        let whole = killed.elapsed().as_secs_f64();
        println!(
            "kill {kill} of {kills}: {leader} is replaced after {pause:.1} s and follows after {whole:.1} s"
        );
    }
    wait_for_writes(&mut recorders);

    let mut acknowledged = Acknowledged::default();
    for recorder in recorders {
        acknowledged.add(&recorder.stop());
    }
    let tally = Tally::of(&acknowledged, &log);
    println!("{tally}");
    if tally.is_right() && tally.longest_pause <= LONGEST_PAUSE {
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

/// A process that records runs until it is stopped.
struct Recorder {
    child: Child,
    acknowledged: PathBuf,
}

impl Recorder {
    fn start(url: &str, folder: &Path, number: usize) -> Self {
        let acknowledged = folder.join(number.to_string());
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(["record", url])
            .arg(&acknowledged)
            .arg(WAYS[number % WAYS.len()])
            .stdin(Stdio::piped())
            .spawn()
            .expect("the process starts");
        Self {
            child,
            acknowledged,
        }
    }

    /// What was acknowledged until now.
    fn lines(&self) -> String {
        // It creates the file when it starts.
        std::fs::read_to_string(&self.acknowledged).unwrap_or_default()
    }

    /// Lets it finish its write, and returns what was acknowledged.
    fn stop(mut self) -> String {
        drop(self.child.stdin.take());
        assert!(bounded::status(&mut self.child).success());
        self.lines()
    }
}

fn wait_for_writes(recorders: &mut [Recorder]) {
    let deadline = Instant::now() + PATIENCE;
    let enough: Vec<usize> = recorders
        .iter()
        .map(|recorder| recorder.lines().lines().count() + WRITES_BETWEEN_KILLS)
        .collect();
    for (recorder, enough) in recorders.iter_mut().zip(enough) {
        while recorder.lines().lines().count() < enough {
            let ended = recorder.child.try_wait().expect("it is a child");
            assert!(ended.is_none(), "a process has stopped recording");
            assert!(Instant::now() < deadline, "nothing is acknowledged");
            thread::sleep(Duration::from_millis(50));
        }
    }
}
