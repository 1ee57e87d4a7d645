//! Statistics that the server computes are those of single runs.

use super::{database, team};
use execlog::{
    ExecutionContext, ExecutionLog, ExecutionRecord, GroupStatistics, Grouping, LocalLog, Runs,
    Statistics, Status, StoredRun, Threads,
};
use execlog_tests::subject::START;
use execlog_tests::{property, record};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{collection, prop_assert_eq};
use std::time::{Duration, UNIX_EPOCH};

/// A run as the property draws it.
#[derive(Debug, Clone)]
struct Drawn {
    args: String,
    version: &'static str,
    /// In seconds since [`START`].
    began: i64,
    took: i64,
    outcome: &'static str,
    indexed: (i64, i64),
    id: Id,
    /// The host and the process of its context, if it has one.
    context: Option<(Option<&'static str>, Option<i64>)>,
    is_crashed: bool,
}

/// How an id is made of the start of the run and of its place among the runs.
#[derive(Debug, Clone, Copy)]
enum Id {
    Plain,
    /// As magellan makes them, and as they could be written too.
    Magellan,
    MagellanSpelledOtherwise,
    /// Similar to those of magellan.
    OtherStart,
    LongProcess,
    ThreeParts,
}

fn arguments() -> impl Strategy<Value = String> {
    let command = prop_oneof![
        4 => Just(vec!["index".to_owned()]),
        2 => Just(vec!["query".to_owned(), "x".to_owned()]),
        1 => Just(vec![]),
        1 => Just(vec![String::new()]),
        1 => Just(vec!["a\0b".to_owned()]),
        1 => Just(vec!["ü".repeat(200)]),
        1 => Just(vec!["ü".repeat(300)]),
        1 => Just(vec!["ü".repeat(300) + "!"]),
    ];
    command.prop_map(|command| serde_json::to_string(&command).expect("JSON"))
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let took = prop_oneof![0_i64..4, Just(1500), 0_i64..100_000];
    let outcome = prop_oneof![
        6 => Just("success"),
        1 => Just("partial"),
        2 => Just("error"),
        1 => Just("running"),
    ];
    let id = prop_oneof![
        6 => Just(Id::Plain),
        2 => Just(Id::Magellan),
        1 => Just(Id::MagellanSpelledOtherwise),
        1 => Just(Id::OtherStart),
        1 => Just(Id::LongProcess),
        1 => Just(Id::ThreeParts),
    ];
    let host = prop_oneof![
        Just(None),
        Just(Some("laptop")),
        Just(Some("")),
        Just(Some("a\0b"))
    ];
    let process = prop_oneof![Just(None), Just(Some(7))];
    let version = prop_oneof![Just("1.0"), Just("2.0"), Just("")];
    let indexed = prop_oneof![
        Just((0, 0)),
        Just((3, 0)),
        Just((0, 7)),
        Just((i64::MAX, 1))
    ];
    (
        arguments(),
        version,
        0_i64..6,
        took,
        outcome,
        indexed,
        id,
        proptest::option::of((host, process)),
        any::<bool>(),
    )
        .prop_map(
            |(args, version, began, took, outcome, indexed, id, context, is_crashed)| Drawn {
                args,
                version,
                began,
                took,
                outcome,
                indexed,
                id,
                context,
                is_crashed,
            },
        )
}

impl Drawn {
    fn run(self, place: usize) -> StoredRun {
        let started_at = START + self.began;
        let execution_id = match self.id {
            Id::Plain => format!("run-{place}"),
            Id::Magellan => format!("{started_at:x}-{place:x}"),
            Id::MagellanSpelledOtherwise => format!("+000{started_at:X}-+00000000{place:X}"),
            Id::OtherStart => format!("{:x}-{place:x}", started_at + 1),
            Id::LongProcess => format!("{started_at:x}-1{place:08x}"),
            Id::ThreeParts => format!("{started_at:x}-{place:x}-1"),
        };
        let has_ended = self.outcome != "running";
        let record = ExecutionRecord {
            execution_id: execution_id.clone(),
            args: self.args,
            tool_version: self.version.to_owned(),
            started_at,
            finished_at: has_ended.then_some(started_at),
            duration_ms: has_ended.then_some(self.took),
            outcome: self.outcome.to_owned(),
            files_indexed: self.indexed.0,
            symbols_indexed: self.indexed.1,
            ..record("")
        };
        let context = self.context.map(|(host, process_id)| {
            let mut context = ExecutionContext::default();
            context.execution_id = execution_id;
            context.started_at_ms = started_at * 1000 + 7;
            context.host = host.map(str::to_owned);
            context.process_id = process_id;
            context.crashed = self.is_crashed && self.outcome == "error";
            Box::new(context)
        });
        StoredRun { record, context }
    }
}

/// Adds conditions.
type Query = for<'log> fn(Runs<'log, execlog::OneThread>) -> Runs<'log, execlog::OneThread>;

const QUERIES: [Query; 8] = [
    |runs| runs,
    |runs| {
        let since = UNIX_EPOCH + Duration::from_secs(START.unsigned_abs() + 2);
        runs.since(since).until(since + Duration::from_secs(3))
    },
    |runs| runs.status(Status::Success).status(Status::Partial),
    |runs| runs.status(Status::Error),
    |runs| runs.command("index").command("a\0b").command(""),
    |runs| runs.tool_version("2.0"),
    |runs| runs.min_duration(Duration::from_millis(2)),
    |runs| runs.text("query"),
];

fn statistics<T: Threads>(runs: Runs<'_, T>, by: Grouping, slowest: usize) -> Statistics {
    runs.statistics(by, slowest).expect("statistics")
}

/// A limit is applied to single runs.
fn of_single_runs(runs: Runs<'_, execlog::OneThread>, by: Grouping, slowest: usize) -> Statistics {
    statistics(runs.limit(usize::MAX), by, slowest)
}

#[test]
fn statistics_from_the_server_are_those_of_single_runs() {
    let Some(database) = database() else { return };
    let team = team(&database);
    // Enough for groups with more successes than the newest.
    let runs = collection::vec(drawn(), 0..250);
    property::check(25, (runs, 0_usize..8), |(runs, slowest)| {
        let runs: Vec<_> = (0..).zip(runs).map(|(place, run)| run.run(place)).collect();
        let imported = team.maintenance().import(&runs);
        prop_assert_eq!(imported.expect("imported").len(), runs.len());
        for query in QUERIES {
            for by in [Grouping::Command, Grouping::Version, Grouping::Host] {
                let counted = statistics(query(team.runs()), by, slowest);
                prop_assert_eq!(&counted, &of_single_runs(query(team.runs()), by, slowest));
                let without = of_single_runs(query(team.runs()).without_contexts(), by, slowest);
                prop_assert_eq!(&counted, &without);
            }
        }
        database.sql(
            "TRUNCATE execlog.execution_log, execlog.execlog_context, execlog.execlog_removed",
        );
        Ok(())
    });
}

#[test]
fn statistics_need_no_runs_from_the_server() {
    let Some(database) = database() else { return };
    let log: LocalLog = team(&database);
    let runs = [("success", 5), ("error", 3), ("success", 4)];
    let runs: Vec<_> = (0..)
        .zip(runs)
        .map(|(place, (outcome, took))| {
            let id = Id::Plain;
            let run = Drawn {
                args: r#"["index"]"#.to_owned(),
                version: "1.0",
                began: 0,
                took,
                outcome,
                indexed: (2, 3),
                id,
                context: Some((Some("laptop"), None)),
                is_crashed: true,
            };
            run.run(place)
        })
        .collect();
    log.maintenance().import(&runs).expect("imported");
    // Single runs are read with their references.
    database.sql(
        "DO $$ BEGIN CREATE ROLE counts LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; \
         GRANT USAGE ON SCHEMA execlog TO counts; \
         GRANT SELECT ON execlog.execlog_schema, execlog.execlog_context TO counts; \
         GRANT SELECT (id, execution_id, tool_version, started_at, duration_ms, outcome, files_indexed, \
         symbols_indexed, command) ON execlog.execution_log TO counts",
    );
    let url = database.url().replacen("postgres@", "counts@", 1);
    let log = ExecutionLog::open(url).expect("a server");
    assert!(log.runs().summaries().any(|run| run.is_err()));
    let hosts = statistics(log.runs(), Grouping::Host, 2);
    assert_eq!(hosts.groups.keys().collect::<Vec<_>>(), ["laptop"]);
    let counted = statistics(log.runs(), Grouping::Command, 2);
    assert_eq!(hosts.groups["laptop"], counted.groups["index"]);
    let index: &GroupStatistics = &counted.groups["index"];
    assert_eq!((counted.groups.len(), index.runs()), (1, 3));
    assert_eq!(index.with_status(Status::Success), 2);
    assert_eq!(index.with_status(Status::Crashed), 1);
    assert_eq!(
        [1, 50, 99].map(|percent| index.percentile_ms(percent)),
        [Some(3), Some(4), Some(5)]
    );
    assert_eq!(index.newest_durations().collect::<Vec<_>>(), [5, 4]);
    assert_eq!(
        (
            index.files_indexed(),
            index.symbols_indexed(),
            index.indexing_ms()
        ),
        (6, 9, 12)
    );
    let slowest: Vec<_> = counted.slowest.iter().map(|run| run.duration_ms).collect();
    assert_eq!(slowest, [5, 4]);
    assert_eq!((counted.first, counted.last), (Some(START), Some(START)));
}
