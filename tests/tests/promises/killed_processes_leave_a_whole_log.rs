//! Hosts that are killed, stopped, and shut in namespaces of their own.
//!
//! `EXECLOG_KILLS` says how many runs are killed, and a fifth of that how many live runs are looked
//! at; 50 unless it is set.
use execlog::{LocalLog, Status};
use execlog_tests::bounded::{self, Lines};
use execlog_tests::subject::{Open, in_files, locks_in, open_with_locks};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SQLITE: &str = "sqlite";

fn kills() -> usize {
    let given = std::env::var("EXECLOG_KILLS").ok();
    given.map_or(50, |kills| {
        kills.parse().expect("EXECLOG_KILLS is a number")
    })
}

fn live_runs() -> usize {
    kills().div_ceil(5)
}

fn open(kind: &str, path: &Path) -> LocalLog {
    let kinds = in_files().into_iter();
    let opens: BTreeMap<&str, Open> = kinds.collect();
    open_with_locks(opens[kind], path)
}

/// A host that runs until it is killed.
struct Host {
    child: Child,
    lines: Lines,
}

impl Host {
    fn start(kind: &str, path: &Path, action: &str, count: usize) -> Self {
        Self::start_in(&[], kind, path, action, count)
    }

    /// Starts it by another program, if one is given.
    fn start_in(starter: &[&str], kind: &str, path: &Path, action: &str, count: usize) -> Self {
        let host = env!("CARGO_BIN_EXE_host");
        let (program, rest) = starter.split_first().unwrap_or((&host, &[]));
        let mut command = Command::new(program);
        command.args(rest);
        if !starter.is_empty() {
            command.arg(host);
        }
        let arguments = [kind.as_ref(), path.as_os_str(), action.as_ref()];
        let mut child = command
            .args(arguments)
            .arg(count.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(said(path))
            .spawn()
            .expect("the host starts");
        let stdout = child.stdout.take().expect("a pipe");
        Self {
            child,
            lines: Lines::from(stdout),
        }
    }

    /// The next thing that the log acknowledged, and of which run.
    fn acknowledged(&mut self) -> Option<(String, String)> {
        let line = self.lines.next()?;
        let (what, id) = line.split_once(' ').expect("two words");
        Some((what.to_owned(), id.to_owned()))
    }

    fn began(&mut self) -> String {
        let (what, id) = self.acknowledged().expect("the run begins");
        assert_eq!(what, "began");
        id
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let mut shell = Command::new("sh");
        shell.args(["-c", "kill -\"$0\" \"$1\"", signal, &pid]);
        let output = bounded::output(&mut shell);
        assert!(output.status.success(), "the signal is sent");
    }

    fn kill(mut self) -> Vec<(String, String)> {
        self.child.kill().expect("killed");
        self.rest()
    }

    /// What the log acknowledged until the host was gone.
    fn rest(mut self) -> Vec<(String, String)> {
        let rest = std::iter::from_fn(|| self.acknowledged()).collect();
        bounded::status(&mut self.child);
        rest
    }
}

/// Leaves none behind when a test fails, not even one that is stopped.
impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// Where the hosts of a log leave what they and their engine warn of.
fn warnings(path: &Path) -> PathBuf {
    path.with_extension("warnings")
}

fn said(path: &Path) -> File {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(warnings(path));
    file.expect("a file for warnings")
}

/// Whether the engine has lost its log. A kill in the middle of a write of native 1.6 that crosses a
/// page leaves a part of it, and the engine reads nothing of a log that is torn.
fn is_torn(path: &Path) -> bool {
    let said = std::fs::read_to_string(warnings(path)).expect("the warnings");
    let is_torn = said.contains("KV recovery from");
    let mut warnings = said.lines().filter(|line| line.contains("WARN"));
    // Whoever finds a torn log writes nothing to it, and says so.
    assert!(
        warnings.all(|line| is_torn && line.contains("this run is not in the log: the log had")),
        "{said}"
    );
    is_torn
}

/// A number below `limit` that changes from call to call, and from run to run of the tests.
fn random(limit: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(limit) % limit
}

fn statuses(log: &LocalLog) -> BTreeMap<String, Status> {
    let runs = log
        .runs()
        .into_iter()
        .map(|run| run.expect("the log reads"));
    let runs: Vec<_> = runs
        .map(|run| (run.record.execution_id.clone(), run.status()))
        .collect();
    let count = runs.len();
    let statuses: BTreeMap<_, _> = runs.into_iter().collect();
    assert_eq!(statuses.len(), count, "no run is there twice");
    statuses
}

/// Kills hosts at random moments, and looks what became of their runs.
fn no_acknowledged_run_is_lost_and_every_killed_one_reads_crashed(kind: &str) {
    let most_runs = 6;
    let new_log = || {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("code.graph");
        Host::start(kind, &path, "record", 1).rest();
        (folder, path)
    };
    let (mut _folder, mut path) = new_log();
    let mut torn = 0;
    let (mut began, mut ended) = (BTreeSet::new(), BTreeSet::new());
    let mut hosts = 0;
    while began.len() - ended.len() < kills() {
        if is_torn(&path) {
            torn += 1;
            println!("{kind}: the engine lost its log after {hosts} kills; another is begun");
            assert!(kind == "native_v2" && torn <= 3, "the engine loses its log");
            (_folder, path) = new_log();
            (began, ended) = (BTreeSet::new(), BTreeSet::new());
        }
        hosts += 1;
        let mut host = Host::start(kind, &path, "work", most_runs);
        let mut acknowledged = Vec::new();
        for _ in 0..random(2 * most_runs as u64 - 1) {
            acknowledged.extend(host.acknowledged());
        }
        // Somewhere in a run, between two, or before the first.
        let moment = Instant::now() + Duration::from_micros(random(4000));
        while Instant::now() < moment {}
        acknowledged.extend(host.kill());
        for (what, id) in acknowledged {
            let is_new = if what == "began" {
                began.insert(id)
            } else {
                ended.insert(id)
            };
            assert!(is_new, "an id is given once");
        }
    }

    // The last kill may be the one that tears.
    Host::start(kind, &path, "list", 0).rest();
    if is_torn(&path) {
        println!("{kind}: the engine lost its log at the last of {hosts} kills");
        assert_eq!(kind, "native_v2");
        return;
    }
    let statuses = statuses(&open(kind, &path));
    let (mut killed, mut unacknowledged) = (0, 0);
    for id in &began {
        match (statuses.get(id), ended.contains(id)) {
            (Some(Status::Success), true) => {}
            (Some(Status::Crashed), false) => killed += 1,
            // It was killed between the end of the run and its own saying so.
            (Some(Status::Success), false) => unacknowledged += 1,
            other => panic!("run {id}: {other:?}"),
        }
    }
    for (id, status) in &statuses {
        let is_final = matches!(status, Status::Success | Status::Crashed);
        assert!(is_final, "run {id}: {status}");
    }
    println!(
        "{kind}: {hosts} hosts killed, {killed} in a run and {unacknowledged} at the end of one; \
         {} runs ended",
        ended.len(),
    );
    assert!(killed > 0, "some were killed while a run went on");
    let crashed = statuses
        .values()
        .filter(|status| **status == Status::Crashed);
    let crashed = crashed.count();
    let log = open(kind, &path);
    assert_eq!(log.maintenance().settle().expect("settled").len(), crashed);
    let running = log.list_all(None).expect("reads").into_iter();
    let running = running.filter(|run| run.outcome == "running");
    assert_eq!(running.count(), 0);
}

#[test]
fn killed_hosts_in_sqlite() {
    no_acknowledged_run_is_lost_and_every_killed_one_reads_crashed(SQLITE);
}

#[test]
#[cfg(feature = "native-v2")]
fn killed_hosts_in_native_v2() {
    no_acknowledged_run_is_lost_and_every_killed_one_reads_crashed("native_v2");
}

/// How a host is started in a namespace of its own for process ids, if this machine allows it.
fn namespace() -> Option<&'static [&'static str]> {
    const WAYS: [&[&str]; 2] = [
        &["unshare", "--pid", "--fork", "--kill-child"],
        &[
            "unshare",
            "--user",
            "--map-root-user",
            "--pid",
            "--fork",
            "--kill-child",
        ],
    ];
    let found = WAYS.into_iter().find(|way| {
        let script = "\"$@\" true 2>/dev/null";
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]).args(*way);
        bounded::output(&mut shell).status.success()
    });
    if found.is_none() {
        eprintln!("left out: this machine has no namespaces for process ids");
    }
    found
}

#[test]
fn live_runs_in_sqlite_are_not_taken_for_crashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    let namespace = namespace();
    let mut hosts: Vec<Host> = (0..live_runs())
        .map(|number| {
            let starter = namespace.filter(|_| number % 4 == 3).unwrap_or_default();
            Host::start_in(starter, SQLITE, &path, "begin", 1)
        })
        .collect();
    let ids: Vec<String> = hosts.iter_mut().map(Host::began).collect();
    for host in hosts.iter().step_by(2) {
        host.signal("STOP");
    }

    let expect = |status: Status, seen: &BTreeMap<String, Status>| {
        assert_eq!(seen.len(), ids.len());
        for id in &ids {
            assert_eq!(seen[id], status, "run {id}");
        }
    };
    let log = open(SQLITE, &path);
    expect(Status::Running, &statuses(&log));
    assert_eq!(log.maintenance().settle().expect("settled"), []);
    if let Some(namespace) = namespace {
        let reader = Host::start_in(namespace, SQLITE, &path, "list", 0);
        let seen = reader.rest();
        assert_eq!(seen.len(), ids.len());
        assert!(
            seen.iter().all(|(_, status)| status == "running"),
            "{seen:?}"
        );
    }

    for host in hosts {
        host.kill();
    }
    expect(Status::Crashed, &statuses(&log));
}

/// A reader must not open a graph that a live process has open, so it opens a copy, with the locks
/// of the original.
#[test]
#[cfg(feature = "native-v2")]
fn live_runs_in_native_v2_are_not_taken_for_crashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.graph");
    let copies = folder.path().join("copies");
    let kinds: BTreeMap<&str, Open> = in_files().into_iter().collect();
    let namespace = namespace();
    let copy_of = |number: usize| {
        let copy = copies.join(number.to_string());
        std::fs::create_dir_all(&copy).expect("made");
        for file in std::fs::read_dir(folder.path()).expect("the folder") {
            let file = file.expect("a file");
            if file.path().is_file() {
                std::fs::copy(file.path(), copy.join(file.file_name())).expect("copied");
            }
        }
        let log = kinds["native_v2"](&copy.join("code.graph"));
        log.with_locks_beside(folder.path().join("code.graph"))
    };
    for number in 0..live_runs() {
        let starter = namespace.filter(|_| number % 4 == 3).unwrap_or_default();
        let mut host = Host::start_in(starter, "native_v2", &path, "begin", 1);
        let id = host.began();
        if number % 2 == 0 {
            host.signal("STOP");
        }
        let log = copy_of(number);
        assert_eq!(statuses(&log)[&id], Status::Running);
        host.kill();
        assert_eq!(statuses(&log)[&id], Status::Crashed);
    }
}

#[test]
fn many_processes_share_one_sqlite_log() {
    processes_share_one_log(SQLITE, 64);
}

#[test]
fn several_processes_share_one_log_in_the_key_value_table_of_a_graph() {
    processes_share_one_log("sqlite_in_graph", 8);
}

fn processes_share_one_log(kind: &str, processes: usize) {
    const RUNS: usize = 50;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    let start = |_| {
        Command::new(env!("CARGO_BIN_EXE_host"))
            .args([kind.as_ref(), path.as_os_str(), "record".as_ref()])
            .arg(RUNS.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the host starts")
    };
    let hosts: Vec<Child> = (0..processes).map(start).collect();
    let mut ended = BTreeSet::new();
    for host in hosts {
        let output = bounded::ended(host);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no warning");
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).expect("text");
        let said = said.lines().filter_map(|line| line.strip_prefix("ended "));
        ended.extend(said.map(str::to_owned));
    }
    assert_eq!(ended.len(), processes * RUNS);

    let log = open(kind, &path);
    let runs: Vec<_> = log
        .runs()
        .into_iter()
        .map(|run| run.expect("reads"))
        .collect();
    let ids: BTreeSet<String> = runs
        .iter()
        .map(|run| run.record.execution_id.clone())
        .collect();
    assert_eq!(
        (runs.len(), ids),
        (ended.len(), ended),
        "nothing is lost and nothing is twice"
    );
    let mut numbers: Vec<i64> = runs.iter().map(|run| run.record.id).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq((1..).take(processes * RUNS)));
    for run in &runs {
        assert_eq!(run.status(), Status::Success);
        assert_eq!(run.record.files_indexed, 1);
        assert!(
            run.context
                .as_ref()
                .is_some_and(|context| context.ended_at_ms.is_some())
        );
    }
    let locks = folder.path().join("code.db.execlog");
    assert_eq!(locks_in(&locks), 0);
}
