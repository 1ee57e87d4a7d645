//! The digests are those that others compute from the documents: with another library, and in Python.

use super::{fill, seals_after};
use execlog::clock::ManualClock;
use execlog::kv::{KvStore, MemoryKv};
use execlog::{ExecutionLog, Invocation, SealEvent, StoredRun};
use execlog_tests::bounded;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};

/// A seal by its description: what was sealed, and the digest that the log has.
struct Described {
    sealed: Value,
    digest: String,
}

/// The newest seal of each run is of what is stored now, and that of a removed run of nothing.
fn described() -> Vec<Described> {
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::in_memory().with_clock(clock.clone());
    fill(&log, &clock);
    let texts = "\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f} \"\\/ \u{7f}\u{80}ä€\u{2028}\u{fb33}😂";
    let names = ["é", "\u{fb33}", "😂", "10", "1", "€", "ö", "</script>"];
    let invocation = Invocation::new([texts]).root(texts);
    let run = log.begin(names.iter().fold(invocation, |invocation, name| {
        invocation.label(*name, texts)
    }));
    for name in names {
        run.counters().add(name, usize::MAX >> 1);
    }
    drop(run.phase(texts));
    run.set_exit_code(-1);
    run.fail_with(texts);
    let mut largest = execlog_tests::record("largest");
    largest.files_indexed = (1 << 53) - 1;
    largest.symbols_indexed = 1 << 53;
    largest.references_indexed = i64::MAX;
    largest.started_at = i64::MIN;
    largest.finished_at = Some(-1);
    log.log_execution(&largest).expect("logged");

    let seals = seals_after(&log, 0).expect("read");
    let runs = log.runs().into_iter();
    let runs: Vec<StoredRun> = runs.map(|run| run.expect("read").into()).collect();
    let of_runs = runs.iter().map(|run| {
        let seal = seals.iter().rfind(|seal| seal.run == run.record.id);
        (seal.expect("it is sealed"), Some(run))
    });
    let removed = seals.iter().filter(|seal| seal.event == SealEvent::Removed);
    let all = of_runs.chain(removed.map(|seal| (seal, None)));
    let described = all.map(|(seal, run)| Described {
        sealed: json!({
            "event": seal.event.as_str(),
            "number": seal.run,
            "record": run.map(|run| &run.record),
            "context": run.map(|run| &run.context),
        }),
        digest: seal.digest.to_string(),
    });
    let described: Vec<_> = described.collect();
    assert_eq!(described.len(), 10);
    described
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn sha_256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Writes integers that a double cannot hold as strings.
fn plain(json: &mut Value) {
    match json {
        Value::Number(number) => {
            let number = number.as_i64().expect("an integer");
            if number.unsigned_abs() >= 1 << 53 {
                *json = Value::String(number.to_string());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(plain),
        Value::Object(values) => values.values_mut().for_each(plain),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[test]
fn another_library_writes_the_same_canonical_json() {
    for Described { mut sealed, digest } in described() {
        plain(&mut sealed);
        let canonical = serde_json_canonicalizer::to_string(&sealed).expect("it is JSON");
        let computed = sha_256(&[b"\0", canonical.as_bytes()].concat());
        assert_eq!(hexadecimal(&computed), digest, "{canonical}");
    }
}

#[test]
fn python_computes_the_same_digests() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("not compared: python3 is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("seals.jsonl");
    let mut lines = File::create(&path).expect("made");
    let described = described();
    for Described { sealed, digest } in &described {
        let mut line = sealed.clone();
        line["digest"] = digest.as_str().into();
        writeln!(lines, "{line}").expect("written");
    }
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/promises/every_change_is_sealed/seals.py"
    );
    let python = Command::new("python3")
        .arg(script)
        .stdin(File::open(&path).expect("opens"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let output = bounded::ended(python.expect("python starts"));
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim(), described.len().to_string(), "{errors}");
}

/// The blocks of the page on formats that show what is sealed, and the digest of it.
#[test]
fn the_digest_is_that_of_the_documents() {
    let format = include_str!("../../../../docs/format.md");
    let blocks = format.split("```txt\n").skip(2);
    let blocks: Vec<_> = blocks
        .filter_map(|rest| rest.split("\n```").next())
        .collect();
    let computed = sha_256(&[b"\0", blocks[0].as_bytes()].concat());
    assert_eq!(hexadecimal(&computed), blocks[1]);

    let log = ExecutionLog::in_memory();
    let run = log.begin(Invocation::new(["index"]));
    let id = run.execution_id().to_owned();
    run.succeed();
    log.maintenance().remove(&[&id]).expect("removed");
    let seals = seals_after(&log, 2).expect("read");
    let sealed = blocks[0].replace("\"number\":29", "\"number\":1");
    let computed = sha_256(&[b"\0", sealed.as_bytes()].concat());
    assert_eq!(seals[0].digest.to_string(), hexadecimal(&computed));
}

#[test]
fn the_checksum_is_as_the_documents_describe_it() {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_kv_store(store.clone());
    log.begin(Invocation::new(["index"])).succeed();
    let seals = store.scan(b"execlog-seal:").expect("scanned");
    assert_eq!(seals.len(), 2);
    for (_, stored) in seals {
        let stored: String = serde_json::from_slice(&stored).expect("a text");
        let parts: Vec<&str> = stored.split(' ').collect();
        let number = |part: &str| part.parse::<i64>().expect("a number");
        let pairs = parts[3].as_bytes().chunks(2);
        let digest = pairs.map(|pair| {
            let pair = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(pair, 16).expect("digits")
        });
        let mut bytes = number(parts[1]).to_be_bytes().to_vec();
        bytes.extend(number(parts[2]).to_be_bytes());
        bytes.extend(digest);
        let first = sha_256(&bytes)[..8].try_into().expect("eight bytes");
        assert_eq!(i64::from_be_bytes(first), number(parts[4]), "{stored}");
    }
}
