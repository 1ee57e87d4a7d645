//! Measures time and memory of the command on a long log: `cargo bench -p execlog-cli --bench command`.
//!
//! `--runs 1000` sets the length of the log. The empty log and the long log are measured in turns: on a busy
//! machine, the difference between them varies less than the times.

use execlog::{ExecutionContext, ExecutionLog, ExecutionRecord, StoredRun};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The number of measurements of each command on each log.
const TURNS: usize = 7;

/// The timeout of a command.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The start of the first run, and the time between two runs, in seconds.
const START: i64 = 1_763_856_000;
const BETWEEN: i64 = 30;

const COMMANDS: [(&str, &[&str]); 8] = [
    ("`list -n 20`", &["list", "-n", "20"]),
    ("`list --failed -n 20`", &["list", "--failed", "-n", "20"]),
    ("`show latest`", &["show", "latest"]),
    ("`stats`", &["stats"]),
    (
        "`stats --since 2026-10-01`",
        &["stats", "--since", "2026-10-01"],
    ),
    ("`export`", &["export"]),
    ("`report --html -`", &["report", "--html", "-"]),
    ("`verify`", &["verify"]),
];

/// A command and a query that reads the same.
const QUERIES: [(&str, &[&str], &str); 2] = [
    (
        "`stats`",
        &["stats"],
        "SELECT json_extract(args, '$[0]'), count(*), sum(outcome = 'success'), avg(duration_ms), \
         max(duration_ms), sum(files_indexed), sum(symbols_indexed), min(started_at), max(started_at) \
         FROM execution_log GROUP BY 1",
    ),
    (
        "`list -n 20`",
        &["list", "-n", "20"],
        "SELECT * FROM execution_log ORDER BY started_at DESC, id DESC LIMIT 20",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runs = match arguments.iter().position(|argument| argument == "--runs") {
        Some(place) => arguments
            .get(place + 1)
            .ok_or("--runs needs a number")?
            .parse()?,
        None => 1_000_000,
    };
    let folder = tempfile::tempdir()?;
    let (empty, long) = (
        folder.path().join("empty.db"),
        folder.path().join("long.db"),
    );
    ExecutionLog::new(&empty).ensure_schema()?;
    eprintln!("filling a log with {runs} runs");
    fill(&long, runs)?;
    let size = fs::metadata(&long)?.len() / (1 << 20);
    println!(
        "| on a log of {runs} runs in SQLite, {size} MiB | empty | long | difference | most memory |"
    );
    println!("|---|---|---|---|---|");
    for (name, arguments) in COMMANDS {
        let (mut on_empty, mut on_long) = (Vec::new(), Vec::new());
        let mut memory = 0;
        for _ in 0..TURNS {
            on_empty.push(run(&empty, arguments)?.0);
            let (took, peak) = run(&long, arguments)?;
            on_long.push(took);
            memory = memory.max(peak);
        }
        let (on_empty, on_long) = (median(on_empty), median(on_long));
        println!(
            "| {name} | {} | {} | {} | {} MiB |",
            shown(on_empty),
            shown(on_long),
            shown(on_long.saturating_sub(on_empty)),
            memory / 1024
        );
    }
    beside_the_shell(&long)
}

/// Compares the command with the shell of SQLite, in turns, where it is installed.
fn beside_the_shell(long: &Path) -> Result<(), Box<dyn Error>> {
    if Command::new("sqlite3").arg("--version").output().is_err() {
        println!("\nskipped: the comparison with `sqlite3`, which is not installed");
        return Ok(());
    }
    println!("\n| beside the shell of SQLite | execlog | sqlite3 | ratio |");
    println!("|---|---|---|---|");
    for (name, arguments, query) in QUERIES {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            ours.push(run(long, arguments)?.0);
            let mut shell = Command::new("sqlite3");
            shell.arg("-readonly").arg(long).arg(query);
            theirs.push(timed(&mut shell)?.0);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!(
            "| {name} | {} | {} | {ratio:.2} |",
            shown(ours),
            shown(theirs)
        );
    }
    Ok(())
}

fn fill(path: &Path, runs: i64) -> Result<(), execlog::Error> {
    const CHUNK: i64 = 1000;
    let log = ExecutionLog::new(path);
    for first in (1..=runs).step_by(1000) {
        let chunk: Vec<_> = (first..(first + CHUNK).min(runs + 1)).map(stored).collect();
        log.maintenance().import(&chunk)?;
    }
    Ok(())
}

fn stored(number: i64) -> StoredRun {
    let started_at = START + number * BETWEEN;
    let millis = format!("{:012x}", started_at * 1000);
    let execution_id = format!("{}-{}-7000-8000-{number:012x}", &millis[..8], &millis[8..]);
    // Pseudo-random, and the same each time.
    let spread = |limit: i64| number.wrapping_mul(2_654_435_761).rem_euclid(limit);
    let command = ["index", "watch", "status"][usize::try_from(spread(3)).unwrap_or(0)];
    let failed = spread(20) == 7;
    let took = 100 + spread(2900);
    let record = ExecutionRecord {
        id: number,
        execution_id: execution_id.clone(),
        tool_version: "4.17.0".to_owned(),
        args: format!(r#"["{command}","--root","/src/code","--db","code.db"]"#),
        root: Some("/src/code".to_owned()),
        db_path: "code.db".to_owned(),
        started_at,
        finished_at: Some(started_at + took / 1000),
        duration_ms: Some(took),
        outcome: if failed { "error" } else { "success" }.to_owned(),
        error_message: failed.then(|| "cannot read `src/main.rs`: permission denied".to_owned()),
        files_indexed: 1 + spread(200),
        symbols_indexed: 1 + spread(5000),
        references_indexed: 1 + spread(20_000),
    };
    let mut context = ExecutionContext::default();
    context.execution_id = execution_id;
    context.started_at_ms = started_at * 1000;
    context.ended_at_ms = Some(started_at * 1000 + took);
    context.process_id = Some(30_553);
    context.program = Some("magellan".to_owned());
    context.host = Some("build-7".to_owned());
    context.user = Some("ci".to_owned());
    context.working_directory = Some("/src/code".to_owned());
    context.revision = Some("38d4e31f0c1d2e3f405162738495a6b7c8d9eaf0".to_owned());
    context.branch = Some("main".to_owned());
    StoredRun {
        record,
        context: Some(Box::new(context)),
    }
}

/// Runs the command. Returns its duration and its peak memory in KiB.
fn run(log: &Path, arguments: &[&str]) -> Result<(Duration, u64), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_execlog"));
    command
        .arg("--db")
        .arg(log)
        .args(arguments)
        .env("COLUMNS", "120");
    timed(&mut command)
}

/// Runs a program. Returns its duration and its peak memory in KiB.
fn timed(command: &mut Command) -> Result<(Duration, u64), Box<dyn Error>> {
    let began = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    let ended = loop {
        memory = memory.max(peak_memory(&status));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        if began.elapsed() > TIMEOUT {
            child.kill()?;
            return Err(format!("{command:?} did not end in time").into());
        }
        std::thread::sleep(Duration::from_micros(200));
    };
    let took = began.elapsed();
    if !ended.success() {
        // `show` of an empty log.
        let is_show = command.get_args().any(|argument| argument == "show");
        assert!(is_show, "{command:?} ends well");
    }
    Ok((took, memory))
}

fn peak_memory(status: &str) -> u64 {
    let status = fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn shown(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    } else {
        format!("{:.2} s", time.as_secs_f64())
    }
}
