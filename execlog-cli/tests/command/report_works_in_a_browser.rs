//! The page of `report` is safe and legible in a browser.

use crate::bounded;
use crate::fixture::{Fixture, program, runs};
use execlog::{ExecutionLog, StoredRun};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

fn page(fixture: &Fixture, arguments: &[&str]) -> String {
    let report = [&["report", "--force", "--html", "report.html"], arguments].concat();
    fixture.execlog(&report).assert().success();
    fs::read_to_string(fixture.path("report.html")).expect("a page")
}

#[test]
fn the_page_is_reviewed() {
    insta::assert_snapshot!("report", page(&Fixture::new(), &[]));
}

#[test]
fn the_page_has_the_selected_runs_and_loads_nothing() {
    let fixture = Fixture::new();
    let page_of_failed = page(&fixture, &["--failed"]);
    assert_eq!(page_of_failed.matches("<tr title=").count(), 4);
    assert!(page(&fixture, &["--text", "nothing"]).contains("No runs found."));
    let page = page(&fixture, &[]);
    for fetched in ["http://", "https://", "src=", "url(", "@import", "<link"] {
        assert!(!page.contains(fetched), "{fetched}");
    }
}

#[test]
fn stored_html_is_escaped_in_the_page() {
    let fixture = Fixture::new();
    let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
    let log = fixture.log();
    log.begin(execlog::Invocation::new([hostile]).tool_version("\"><b>"))
        .fail(&std::io::Error::other(hostile));
    let page = page(&fixture, &[]);
    assert_eq!(page.matches("<script>").count(), 1, "its own");
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)"));
    assert!(!page.contains("<img") && !page.contains("<b>"));
}

const DAY: i64 = 86400;

/// A run that began this many seconds after the first, with phases if it has any.
fn run(number: usize, after: i64, took: i64, phases: &Value) -> StoredRun {
    let mut run = runs().swap_remove(0);
    run.record.execution_id = format!("run-{number:05}");
    run.record.started_at += after;
    run.record.duration_ms = Some(took);
    let context = json!({
        "execution_id": run.record.execution_id,
        "started_at_ms": run.record.started_at * 1000,
        "crashed": false,
        "phases": phases,
    });
    run.context = serde_json::from_value(context).expect("a context");
    run
}

fn page_of(runs: &[StoredRun]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"));
    log.maintenance().import(runs).expect("imported");
    let mut report = program(folder.path());
    let output = report.args(["report", "--html", "-"]).output();
    String::from_utf8(output.expect("it runs").stdout).expect("text")
}

/// The elements with this name, from their attributes to the end of their tooltip.
fn elements<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!("<{name} ");
    let elements = page.split(begin.as_str()).skip(1);
    let elements = elements.filter_map(|rest| rest.split_once("</title>"));
    elements.map(|(element, _)| element).collect()
}

fn number(element: &str, attribute: &str) -> f64 {
    let (_, rest) = element
        .split_once(&format!(" {attribute}=\""))
        .expect("the attribute");
    let (number, _) = rest.split_once('"').expect("a quote");
    number.parse().expect("a number")
}

fn tooltip(element: &str) -> &str {
    element.split_once("<title>").expect("a tooltip").1
}

#[test]
fn bars_dots_and_lines_use_the_whole_axis() {
    for days in [1, 8, 61, 300, 1200] {
        let runs: Vec<_> = (0..=days)
            .map(|day| {
                run(
                    day,
                    i64::try_from(day).expect("a day") * DAY,
                    1000,
                    &json!([]),
                )
            })
            .collect();
        let page = page_of(&runs);
        let bars = elements(&page, "rect");
        assert!((number(bars[0], "x") - 96.0).abs() < 0.1, "{days} days");
        let last = bars[bars.len() - 1];
        let end = number(last, "x") + number(last, "width");
        assert!((799.0..=800.0).contains(&end), "{days} days: {end}");
        for dot in elements(&page, "circle") {
            assert!((96.0..=800.0).contains(&number(dot, "cx")), "{dot}");
        }
    }
}

#[test]
fn every_run_is_in_a_dot_that_says_which_or_how_many() {
    let of = |count: usize| {
        let runs: Vec<_> = (0..count)
            .map(|number| {
                let after = i64::try_from(number).expect("small");
                run(number, after * 60, after * 37 % 4001, &json!([]))
            })
            .collect();
        page_of(&runs)
    };
    let page = of(30);
    let dots = elements(&page, "circle");
    assert_eq!(dots.len(), 30);
    assert_eq!(
        tooltip(dots[7]),
        "index, success, 259 ms, 2026-11-14 12:07:00, run-00007"
    );
    assert!(page.contains("Each dot is a run that ended."));

    let page = of(3_000);
    let dots = elements(&page, "circle");
    assert!(dots.len() < 3_000);
    let said = format!("The 3000 runs that ended, in {} dots", dots.len());
    assert!(page.contains(&said));
    let counts = dots
        .iter()
        .map(|dot| match tooltip(dot).split_once(" success runs, ") {
            Some((count, _)) => count.parse::<usize>().expect("a number"),
            None => 1,
        });
    assert_eq!(counts.sum::<usize>(), 3_000);
}

#[test]
fn a_line_is_not_drawn_across_days_without_runs() {
    let days = [0, 1, 2, 6, 7];
    let runs: Vec<_> = (0..)
        .zip(days)
        .map(|(number, day)| run(number, day * DAY, 1000, &json!([])))
        .collect();
    let page = page_of(&runs);
    let lines: Vec<_> = page
        .split("<polyline class=\"p50\" points=\"")
        .skip(1)
        .collect();
    let points = |line: &&str| {
        line.split_once('"')
            .map(|(points, _)| points.split(' ').count())
    };
    let points: Vec<_> = lines.iter().filter_map(points).collect();
    assert_eq!(
        points,
        [3, 2],
        "nothing joins the third and the seventh day"
    );
    let one = page_of(&runs[..1]);
    let (_, rest) = one
        .split_once("<polyline class=\"p50\" points=\"")
        .expect("a line");
    let (points, _) = rest.split_once('"').expect("points");
    let points: Vec<_> = points.split(' ').collect();
    assert_eq!(points.len(), 2, "a line of one point is visible");
    assert_eq!(points[0], points[1]);
}

#[test]
fn phases_are_stacked_where_there_are_any() {
    let phase = |name: &str, micros: i64| json!({"name": name, "started_after_us": 0, "duration_us": micros, "times": 1});
    let phases = json!([phase("parse", 600_000), phase("<write>", 300_000)]);
    let page = page_of(&[
        run(1, 0, 1000, &phases),
        run(2, 0, 1000, &json!([phase("parse", 400_000)])),
        run(3, 0, 1000, &json!([])),
    ]);
    let bars = elements(&page, "rect");
    let bars: Vec<_> = bars.iter().filter(|bar| bar.contains("phase-")).collect();
    assert_eq!(bars.len(), 2);
    assert!(tooltip(bars[0]).starts_with("parse 500 ms, "), "the mean");
    assert!(tooltip(bars[1]).starts_with("&lt;write&gt; 150 ms, "));
    let bottom = number(bars[1], "y") + number(bars[1], "height");
    assert!(
        (bottom - number(bars[0], "y")).abs() < 0.11,
        "one upon the other"
    );
    assert!(!page_of(&[run(1, 0, 1000, &json!([]))]).contains("Phases"));
}

#[test]
fn each_command_has_charts_of_its_own() {
    let page = page(&Fixture::new(), &[]);
    let options = page.matches("<option value=").count();
    let charts: Vec<_> = page.split("<div class=\"charts\"").skip(1).collect();
    assert_eq!(charts.len(), options);
    assert!(!charts[0].starts_with(" data-command=\"\" hidden"));
    let dots = |charts: &str| charts.matches("<circle ").count();
    let of_commands: usize = charts[1..].iter().map(|charts| dots(charts)).sum();
    assert!(dots(charts[0]) > 0);
    assert_eq!(of_commands, dots(charts[0]));
    assert!(charts[1..].iter().all(|charts| charts.contains("hidden")));
}

/// The browser of this machine, if there is one.
fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.into_iter().find(|name| {
        let script = "command -v \"$0\"";
        let mut shell = Command::new("sh");
        bounded::output(shell.args(["-c", script, name]))
            .status
            .success()
    });
    if found.is_none() {
        eprintln!("skipped: this test needs Chromium, which this machine does not have");
    }
    found
}

#[test]
fn the_page_is_legible_on_a_phone_in_light_and_dark_mode_and_can_be_searched() {
    let Some(browser) = browser() else {
        return;
    };
    let fixture = Fixture::new();
    page(&fixture, &[]);
    fs::write(fixture.path("probe.html"), include_str!("probe.html")).expect("written");
    for (scheme, flags) in [("light", &[][..]), ("dark", &["--force-dark-mode"])] {
        let mut command = Command::new(browser);
        command
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .args([
                "--disable-sync",
                "--disable-quic",
                "--allow-file-access-from-files",
            ])
            .args(flags)
            .arg(format!(
                "--user-data-dir={}",
                fixture.path(scheme).display()
            ))
            .arg("--dump-dom")
            .arg(format!("file://{}", fixture.path("probe.html").display()));
        let output = bounded::output(&mut command);
        let dom = String::from_utf8_lossy(&output.stdout);
        let said = dom
            .split_once("<body>")
            .and_then(|(_, rest)| rest.split_once("</body>"));
        let said = said.map(|(said, _)| serde_json::from_str::<Value>(said.trim()));
        let Some(Ok(seen)) = said else {
            panic!("{dom}\n{}", String::from_utf8_lossy(&output.stderr));
        };
        let expected = json!({
            "background": scheme,
            "contrast": true,
            "fits": true,
            "fetched": 0,
            "bars": 11,
            "dots": 9,
            "rows": 13,
            "found": 1,
            "says": "1 of 13",
            "watched": "3 of 13",
            "watched dots": 0,
            "whole numbers": true,
            "errors": true,
        });
        assert_eq!(seen, expected);
    }
}
