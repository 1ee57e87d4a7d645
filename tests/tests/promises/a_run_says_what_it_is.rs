//! Labels, counters, phases, cost and parents of a run.

use execlog::clock::ManualClock;
use execlog::{Cost, Environment, ExecutionContext, ExecutionLog, Invocation, Phase, Run};
use std::time::Duration;

fn log() -> (ExecutionLog, ManualClock) {
    let clock = ManualClock::at(1_795_368_717);
    (ExecutionLog::in_memory().with_clock(clock.clone()), clock)
}

fn invocation() -> Invocation {
    Invocation::new(["index"]).environment(Environment::default())
}

/// The context that is stored for a run once it has ended.
fn ended(log: &ExecutionLog, run: Run) -> ExecutionContext {
    run.succeed();
    let run = log
        .find("latest".parse().expect("a selector"))
        .expect("reads");
    *run.expect("a run").context.expect("a context")
}

fn labels(context: &ExecutionContext) -> Vec<(&str, &str)> {
    let labels = context.labels.iter();
    labels
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[test]
fn labels_of_the_host_add_to_those_of_the_environment_and_replace_them() {
    let (log, _) = log();
    let mut environment = Environment::default();
    for (name, value) in [("agent", "codex"), ("vcs.provider.name", "github")] {
        environment.labels.insert(name.to_owned(), value.to_owned());
    }
    let invocation = Invocation::new(["index"]).environment(environment);
    let run = log.begin(invocation.label("agent", "mine").label("team", "search"));
    run.label("team", "web");
    let context = ended(&log, run);
    assert_eq!(
        labels(&context),
        [
            ("agent", "mine"),
            ("team", "web"),
            ("vcs.provider.name", "github")
        ]
    );
}

#[test]
fn secrets_in_labels_are_not_stored() {
    let (log, _) = log();
    let run = log.begin(invocation().label("api-token", "t0ps3cret"));
    run.label("url", "https://me:pw@host/index");
    let context = ended(&log, run);
    assert_eq!(
        labels(&context),
        [
            ("api-token", "[redacted]"),
            ("url", "https://me:[redacted]@host/index")
        ]
    );
}

#[test]
fn secrets_in_names_and_at_the_end_of_long_values_are_not_stored() {
    const SECRET: &str = "https://me:t0ps3cret@host/";
    let (log, _) = log();
    let cut = format!("{}{SECRET}", "x ".repeat(500));
    let run = log.begin(invocation().label(SECRET, "1").label("long", &cut));
    run.counters().add(SECRET, 1);
    drop(run.phase(SECRET));
    let id = run.execution_id().to_owned();
    let context = ended(&log, run);
    log.maintenance().pin(&id, &cut).expect("pinned");
    let pinned = log
        .runs()
        .pinned()
        .into_iter()
        .next()
        .expect("a run")
        .expect("reads");
    let stored = format!("{context:?} {:?}", pinned.context);
    assert!(!stored.contains("t0ps3cr"), "{stored}");
    assert_eq!(labels(&context).len(), 1);
    assert_eq!(log.maintenance().audit_secrets().count(), 0);
}

#[test]
fn names_that_differ_only_in_a_secret_or_beyond_the_limit_add_up() {
    let (log, clock) = log();
    let run = log.begin(invocation());
    let cut = "n".repeat(64);
    for end in ["one", "two"] {
        run.counters().add(&format!("https://me:{end}pw@host/"), 2);
        run.counters().add(&format!("{cut}{end}"), 3);
        let phase = run.phase(&format!("https://me:{end}pw@host/"));
        clock.advance(Duration::from_micros(5));
        drop(phase);
    }
    // The password ends beyond the limit of a name.
    run.counters()
        .add(&format!("https://me:{}@host/", "t0ps3cret".repeat(9)), 7);
    let context = ended(&log, run);
    let counters: Vec<_> = context.counters.iter().collect();
    let url = "https://me:[redacted]@host/".to_owned();
    assert_eq!(counters, [(&url, &11), (&cut, &6)]);
    let phases: Vec<_> = context.phases.iter().map(phase).collect();
    assert_eq!(phases, [(url.as_str(), 0, 10, 2)]);
}

#[test]
fn secrets_that_another_program_stored_in_a_context_are_found() {
    let log = ExecutionLog::in_memory().with_redaction(execlog::Redaction::off());
    let run = log.begin(invocation().label("url", "https://me:t0ps3cret@host/"));
    run.succeed();
    let log = log.with_redaction(execlog::Redaction::new());
    let found = log
        .maintenance()
        .audit_secrets()
        .map(|secret| secret.expect("reads").field);
    assert_eq!(found.collect::<Vec<_>>(), ["labels"]);
}

#[test]
fn labels_beyond_the_limits_are_cut_or_left_out_and_the_run_is_recorded() {
    let (log, _) = log();
    let mut given = invocation()
        .label("a=b", "1")
        .label("", "2")
        .label("line\n", "3");
    for number in 0..70 {
        given = given.label(format!("label {number:02}"), "x".repeat(2000));
    }
    let run = log.begin(given);
    run.label("later", "than the 64");
    let context = ended(&log, run);
    assert_eq!(context.labels.len(), 64);
    assert_eq!(context.labels["label 00"].len(), 1024);
    assert!(context.labels.keys().all(|name| name.starts_with("label ")));
}

#[test]
fn own_counters_add_up_from_threads() {
    let (log, _) = log();
    let run = log.begin(invocation());
    let counters = run.counters();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..100).for_each(|_| counters.add("chunks", 3)));
        }
    });
    counters.set("files skipped", 7);
    for number in 0..100 {
        counters.add(&format!("more {number}"), 1);
    }
    let context = ended(&log, run);
    assert_eq!(context.counters.len(), 64);
    assert_eq!(
        (
            context.counters["chunks"],
            context.counters["files skipped"]
        ),
        (1200, 7)
    );
}

fn phase(phase: &Phase) -> (&str, i64, i64, i64) {
    (
        &phase.name,
        phase.started_after_us,
        phase.duration_us,
        phase.times,
    )
}

#[test]
fn phases_are_measured_until_dropped_or_until_the_run_ends() {
    let (log, clock) = log();
    let wait = |micros| clock.advance(Duration::from_micros(micros));
    let run = log.begin(invocation());
    wait(5);
    let parse = run.phase("parse");
    wait(100);
    let nested = run.phase("read");
    wait(30);
    drop(nested);
    drop(parse);
    wait(1);
    let again = run.phase("parse");
    wait(7);
    let other = std::thread::spawn(move || drop(again));
    other.join().expect("it ends");
    let _open = run.phase("link");
    wait(40);
    let context = ended(&log, run);
    let phases: Vec<_> = context.phases.iter().map(phase).collect();
    assert_eq!(
        phases,
        [
            ("parse", 5, 137, 2),
            ("read", 105, 30, 1),
            ("link", 143, 40, 1)
        ]
    );
}

#[test]
fn phases_beyond_64_names_are_left_out() {
    let (log, _) = log();
    let run = log.begin(invocation());
    for number in 0..70 {
        drop(run.phase(&number.to_string()));
        drop(run.phase("0"));
    }
    let context = ended(&log, run);
    assert_eq!(context.phases.len(), 64);
    assert_eq!(phase(&context.phases[0]), ("0", 0, 0, 71));
}

#[test]
fn the_cost_is_that_of_the_process_since_the_begin_or_of_a_command() {
    let (log, _) = log();
    let mut environment = Environment::of_process();
    let run = log.begin(Invocation::new(["index"]).environment(environment.clone()));
    let context = ended(&log, run);
    let peak = context.peak_memory_bytes.expect("this system tells");
    assert!(peak > 1 << 20, "{peak}");
    assert!(
        context.cpu_ms.is_some_and(|cpu| cpu < 60_000),
        "{context:?}"
    );

    environment.cost = None;
    let run = log.begin(Invocation::new(["index"]).environment(environment));
    let context = ended(&log, run);
    assert_eq!((context.cpu_ms, context.peak_memory_bytes), (None, None));

    let run = log.begin(invocation());
    run.set_cost(Cost {
        cpu_time: Duration::from_millis(1_500),
        peak_memory_bytes: 1 << 30,
    });
    let context = ended(&log, run);
    assert_eq!(
        (context.cpu_ms, context.peak_memory_bytes),
        (Some(1_500), Some(1 << 30))
    );
}

#[test]
fn a_run_finds_its_children_by_id_and_by_traceparent() {
    let (log, _) = log();
    let parent = log.begin(invocation());
    let traceparent = parent.traceparent();
    let by_id = log.begin(
        Invocation::new(["by id"])
            .environment(Environment::default())
            .parent_id(parent.execution_id()),
    );
    let mut environment = Environment::default();
    let [_, trace, span, _] = traceparent.split('-').collect::<Vec<_>>()[..] else {
        panic!("{traceparent}");
    };
    environment.parent = Some(format!("{trace}-{span}"));
    environment.trace_id = Some(trace.to_owned());
    let by_trace = log.begin(Invocation::new(["by trace"]).environment(environment));
    assert_eq!(
        by_trace.traceparent().split('-').nth(1),
        Some(trace),
        "one trace for all"
    );
    by_trace.succeed();
    by_id.succeed();
    let id = parent.execution_id().to_owned();
    parent.succeed();
    let parent = log
        .find(id.parse().expect("an id"))
        .expect("reads")
        .expect("a run");
    let children = log.runs().children_of(&parent).oldest_first().into_iter();
    let children = children.map(|run| run.expect("reads").record.command().expect("a command"));
    assert_eq!(children.collect::<Vec<_>>(), ["by id", "by trace"]);
}

#[test]
fn without_a_root_the_revision_is_that_of_the_current_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let id = "38d4e31f0c1d2e3f405162738495a6b7c8d9eaf0";
    std::fs::create_dir(folder.path().join(".git")).expect("made");
    std::fs::write(folder.path().join(".git/HEAD"), id).expect("written");
    let (log, _) = log();
    let mut environment = Environment::default();
    environment.working_directory = Some(folder.path().to_string_lossy().into_owned());
    let run = log.begin(Invocation::new(["index"]).environment(environment));
    assert_eq!(ended(&log, run).revision.as_deref(), Some(id));
}

/// The table of contexts as it was made before labels.
const EARLY: &str = "CREATE TABLE execlog_context (execution_id TEXT PRIMARY KEY NOT NULL, \
     started_at_ms INTEGER NOT NULL, ended_at_ms INTEGER, process_id INTEGER, program TEXT, host TEXT, \
     user TEXT, working_directory TEXT, exit_code INTEGER, parent_execution_id TEXT, revision TEXT, \
     branch TEXT, lock TEXT, crashed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID";

#[test]
fn a_table_of_contexts_from_before_is_read_and_gets_its_columns_with_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    let log = ExecutionLog::new(&path).without_seals();
    log.log_execution(&execlog_tests::record("before"))
        .expect("logged");
    let early = format!(
        "{EARLY}; INSERT INTO execlog_context (execution_id, started_at_ms, host) \
         SELECT execution_id, started_at * 1000, 'build-7' FROM execution_log"
    );
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.execute_batch(&early).expect("made");
    drop(connection);

    let reader = ExecutionLog::read_only(&path);
    let host = |log: &ExecutionLog| {
        let run = log
            .find("before".parse().expect("an id"))
            .expect("reads")
            .expect("a run");
        run.context.expect("a context").host
    };
    assert_eq!(host(&reader).as_deref(), Some("build-7"));
    assert_eq!(reader.runs().host("build-7").into_iter().count(), 1);
    assert_eq!(reader.runs().label("team", "search").into_iter().count(), 0);
    assert_eq!(reader.runs().pinned().into_iter().count(), 0);
    assert_eq!(
        reader.maintenance().verify().expect("verified").findings,
        []
    );

    let log = ExecutionLog::new(&path);
    log.begin(invocation().label("team", "search")).succeed();
    assert_eq!(host(&log).as_deref(), Some("build-7"));
    assert_eq!(reader.runs().label("team", "search").into_iter().count(), 1);
    log.maintenance().pin("before", "kept").expect("pinned");
    assert_eq!(reader.runs().pinned().into_iter().count(), 1);
}
