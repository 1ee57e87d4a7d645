//! The page of `report` is safe and legible in a browser.

use crate::bounded;
use crate::fixture::Fixture;
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
            "bars": 13,
            "dots": 9,
            "rows": 13,
            "found": 1,
            "says": "1 of 13",
        });
        assert_eq!(seen, expected);
    }
}
