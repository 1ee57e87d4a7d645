//! Calls of a log, made at random, and their answers.

use execlog::{ExecutionRecord, Rule, StoredRun};
use execlog_tests::subject::START;
use proptest::prelude::*;

#[derive(Debug, Clone)]
pub(super) enum Call {
    Start(String),
    Finish(String, &'static str),
    Log(String, i64, &'static str),
    Record(Details),
    Pin(String, Option<String>),
    Labelled(String),
    Pinned,
    Children(String),
    Get(String),
    Recent(usize),
    All,
    Prune {
        last: Option<usize>,
        within: Option<u64>,
        failed_within: Option<u64>,
        daily: Option<usize>,
        dry_run: bool,
    },
    Reindex,
    Wait(u64),
    SetClock(i64),
    Close,
}

/// What a run says of itself.
#[derive(Debug, Clone)]
pub(super) struct Details {
    pub(super) id: String,
    pub(super) label: Option<String>,
    /// Given while the run goes on.
    pub(super) late_label: Option<String>,
    pub(super) chunks: Option<usize>,
    /// How long each phase took, in milliseconds. The same phase may come again.
    pub(super) phases: Vec<(String, u64)>,
    pub(super) cost: Option<(u64, u32)>,
    pub(super) parent: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Nothing,
    Number(i64),
    Record(Option<ExecutionRecord>),
    Records(Vec<ExecutionRecord>),
    Runs(Vec<StoredRun>),
    Pruned(Vec<ExecutionRecord>, Vec<(ExecutionRecord, Vec<Rule>)>),
    Reindexed { runs: usize, added: usize },
    Refused(String),
}

pub(super) fn call() -> impl Strategy<Value = Call> {
    let id = || prop_oneof![9 => "[a-f]", 1 => Just(String::new())];
    let word = prop::sample::select(vec!["success", "partial", "error", "running", "done"]);
    let seconds = || prop::option::of(0..40_u64);
    let name = || prop::sample::select(vec!["search", "web"]).prop_map(str::to_owned);
    let phases = prop::collection::vec(
        (prop::sample::select(vec!["parse", "link"]), 0..2_000_u64),
        0..4,
    );
    let details = (
        id(),
        prop::option::of(name()),
        prop::option::of(name()),
        prop::option::of(0..100_usize),
        phases,
        prop::option::of((0..10_000_u64, any::<u32>())),
        prop::option::of(id()),
    );
    let details =
        details.prop_map(
            |(id, label, late_label, chunks, phases, cost, parent)| Details {
                // `begin` makes an id where none is given, which no model can tell.
                id: if id.is_empty() { "g".to_owned() } else { id },
                label,
                late_label,
                chunks,
                phases: phases
                    .into_iter()
                    .map(|(name, time)| (name.to_owned(), time))
                    .collect(),
                cost,
                parent: parent.filter(|id| !id.is_empty()),
            },
        );
    prop_oneof![
        6 => details.prop_map(Call::Record),
        3 => (id(), prop::option::of("[a-z ]{0,5}")).prop_map(|(id, note)| Call::Pin(id, note)),
        1 => name().prop_map(Call::Labelled),
        1 => Just(Call::Pinned),
        1 => "[a-f]".prop_map(Call::Children),
        6 => id().prop_map(Call::Start),
        6 => (id(), word.clone()).prop_map(|(id, word)| Call::Finish(id, word)),
        4 => (id(), -30..30_i64, word).prop_map(|(id, at, word)| Call::Log(id, START + at, word)),
        2 => id().prop_map(Call::Get),
        4 => (0..7_usize).prop_map(Call::Recent),
        2 => Just(Call::All),
        3 => (
            prop::option::of(0..4_usize),
            seconds(),
            seconds(),
            prop::option::of(0..3_usize),
            any::<bool>(),
        )
            .prop_map(|(last, within, failed_within, daily, dry_run)| Call::Prune {
                last,
                within,
                failed_within,
                daily,
                dry_run,
            }),
        1 => Just(Call::Reindex),
        3 => (0..9_000_u64).prop_map(Call::Wait),
        1 => (-20..20_i64).prop_map(|at| Call::SetClock(START + at)),
        3 => Just(Call::Close),
    ]
}
