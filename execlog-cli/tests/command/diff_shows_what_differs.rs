//! `diff` shows the fields in which two runs differ, and no others.

use crate::fixture::{Fixture, NOW};
use execlog::clock::ManualClock;
use execlog::{Cost, Environment, ExecutionLog, Invocation};
use insta::assert_snapshot;
use std::time::Duration;

/// Two runs that differ in everything that is compared beside the record.
fn add_runs(fixture: &Fixture) {
    let now: jiff::Timestamp = NOW.parse().expect("a time");
    let clock = ManualClock::at(now.as_second());
    let log = ExecutionLog::new(fixture.path("code.db")).with_clock(clock.clone());
    for (number, team) in [(1_u8, "search"), (2, "maps")] {
        let mut environment = Environment::default();
        environment.host = Some(format!("build-{number}"));
        let invocation = Invocation::new(["index", &format!("--level={number}")])
            .environment(environment)
            .execution_id(format!("run-{number}").parse().expect("an id"))
            .label("team", team)
            .label("same", "same");
        let run = log.begin(invocation);
        run.counters().add("chunks", 12 * usize::from(number));
        if number == 2 {
            run.counters().add("only the second", 1);
        }
        let parse = run.phase("parse");
        clock.advance(Duration::from_millis(150 * u64::from(number)));
        drop(parse);
        let same = run.phase("same");
        clock.advance(Duration::from_millis(10));
        drop(same);
        run.set_cost(Cost {
            cpu_time: Duration::from_millis(40 * u64::from(number)),
            peak_memory_bytes: 1_000_000 * u64::from(number),
        });
        run.set_exit_code(0);
        run.succeed();
    }
}

#[test]
fn only_different_fields_are_shown() {
    let fixture = Fixture::new();
    add_runs(&fixture);
    let said = [
        &["diff", "#14", "#15"][..],
        &["diff", "#14", "#15", "--format", "json"],
        &["diff", "#7", "#4"],
        // One was recorded without a context.
        &["diff", "#12", "#3"],
        &["diff", "#1", "#1"],
        &["diff", "#1", "#1", "--format", "json"],
        &["diff", "#1", "#99"],
        &["diff", "#1"],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn long_values_fit_the_screen() {
    let fixture = Fixture::new();
    let log = fixture.log();
    for letter in ["a", "b"] {
        let argument = letter.repeat(500);
        let run = log.begin(Invocation::new(["index", &argument]));
        run.set_cost(Cost {
            cpu_time: Duration::ZERO,
            peak_memory_bytes: 0,
        });
        run.succeed();
    }
    let said = fixture.said_at(60, &["diff", "#14", "#15"]);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 60),
        "{said}"
    );
}
