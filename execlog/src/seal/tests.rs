//! Tests of the tree, of canonical JSON and of checkpoints, against what others have published.

use super::canonical::canonical;
use super::{Checkpoint, Digest, SealEvent, Tree};
use crate::model::{ExecutionContext, ExecutionRecord, Phase, StoredRun};

/// The leaves and the roots that implementations of RFC 6962 test themselves with.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn leaf(bytes: &[u8]) -> Digest {
    Digest::of_bytes(&[b"\0", bytes].concat())
}

/// The root as section 2.1 of the RFC defines it.
fn root_by_definition(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of_bytes(&[]),
        [leaf] => *leaf,
        leaves => {
            let left = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(left);
            Digest::of_pair(root_by_definition(left), root_by_definition(right))
        }
    }
}

#[test]
fn the_roots_are_those_of_rfc_6962() {
    let mut tree = Tree::default();
    assert_eq!(tree.root().to_string(), ROOTS[0]);
    for (bytes, root) in LEAVES.iter().zip(&ROOTS[1..]) {
        tree.push(leaf(bytes));
        assert_eq!(tree.root().to_string(), *root);
    }
}

#[test]
fn a_tree_whose_left_part_was_dropped_goes_on_to_the_same_root() {
    let leaves: Vec<Digest> = (0..70_u8).map(|number| leaf(&[number])).collect();
    for dropped in 0..leaves.len() {
        let mut left = Tree::default();
        leaves[..dropped].iter().for_each(|leaf| left.push(*leaf));
        let kept = Tree::of_peaks(left.size(), &left.peaks());
        let mut tree = kept.expect("the peaks are whole");
        for size in dropped..=leaves.len() {
            assert_eq!(
                tree.root(),
                root_by_definition(&leaves[..size]),
                "{dropped} to {size}"
            );
            if let Some(leaf) = leaves.get(size) {
                tree.push(*leaf);
            }
        }
    }
}

#[test]
fn peaks_of_another_size_are_refused() {
    let mut tree = Tree::default();
    (0..6_u8).for_each(|number| tree.push(leaf(&[number])));
    let peaks = tree.peaks();
    assert_eq!(peaks.len(), 64);
    assert_eq!(Tree::of_peaks(7, &peaks), None);
    assert_eq!(Tree::of_peaks(6, &peaks[..63]), None);
    assert_eq!(Tree::of_peaks(6, &peaks), Some(tree));
}

/// A run with every field, and texts that JSON escapes.
fn whole_run() -> StoredRun {
    let text = "\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f} \"\\/ \u{7f}\u{80}ä€\u{2028}\u{fb33}😂".to_owned();
    let names = [
        "é",
        "\u{fb33}",
        "😂",
        "10",
        "1",
        "\r",
        "€",
        "ö",
        "\u{80}",
        "</script>",
    ];
    let record = ExecutionRecord {
        id: 29,
        execution_id: "6b03270d-7759".to_owned(),
        tool_version: text.clone(),
        args: r#"["index"]"#.to_owned(),
        root: Some(text.clone()),
        db_path: String::new(),
        started_at: 1_795_368_717,
        finished_at: Some(-1),
        duration_ms: Some((1 << 53) - 1),
        outcome: "error".to_owned(),
        error_message: Some(text.clone()),
        files_indexed: 1 << 53,
        symbols_indexed: i64::MAX,
        references_indexed: i64::MIN,
    };
    let context = ExecutionContext {
        execution_id: record.execution_id.clone(),
        started_at_ms: 1_795_368_717_000,
        ended_at_ms: Some(1_795_368_718_000),
        process_id: Some(7),
        program: Some("magellan".to_owned()),
        host: Some(text.clone()),
        user: None,
        working_directory: Some("/src".to_owned()),
        exit_code: Some(1),
        parent_execution_id: Some("parent".to_owned()),
        revision: Some("38d4e31f".to_owned()),
        branch: None,
        lock: Some("a.lock".to_owned()),
        crashed: true,
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned()),
        labels: names.map(|name| (name.to_owned(), text.clone())).into(),
        counters: names.map(|name| (name.to_owned(), 12)).into(),
        phases: vec![Phase {
            name: text.clone(),
            started_after_us: 1,
            duration_us: 2,
            times: 3,
        }],
        cpu_ms: Some(4),
        peak_memory_bytes: Some(5),
        pin: Some(text),
    };
    StoredRun {
        record,
        context: Some(Box::new(context)),
    }
}

/// The JSON of a seal by way of the structures that are exported, which serde orders otherwise.
fn by_library(event: SealEvent, number: i64, run: Option<&StoredRun>) -> String {
    let mut json = serde_json::json!({
        "event": event,
        "number": number,
        "record": run.map(|run| &run.record),
        "context": run.and_then(|run| run.context.as_deref()),
    });
    large_numbers_as_strings(&mut json);
    serde_json_canonicalizer::to_string(&json).expect("it is JSON")
}

fn large_numbers_as_strings(json: &mut serde_json::Value) {
    use serde_json::Value;
    match json {
        Value::Number(number) => {
            let number = number.as_i64().expect("an integer");
            if number.unsigned_abs() >= 1 << 53 {
                *json = Value::String(number.to_string());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(large_numbers_as_strings),
        Value::Object(values) => values.values_mut().for_each(large_numbers_as_strings),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[test]
fn what_is_sealed_is_the_canonical_json_that_another_library_writes() {
    let whole = whole_run();
    let without_context = StoredRun {
        context: None,
        ..whole.clone()
    };
    let bare_context = StoredRun {
        context: Some(Box::new(ExecutionContext::of_pin(&whole.record, None))),
        ..whole.clone()
    };
    let runs = [
        None,
        Some(&whole),
        Some(&without_context),
        Some(&bare_context),
    ];
    let events = [SealEvent::Began, SealEvent::Removed, SealEvent::Adopted];
    for (event, run) in events
        .into_iter()
        .zip([29, i64::MAX, 0])
        .flat_map(|event| runs.map(|run| (event, run)))
    {
        let (event, number) = event;
        let mut sealed = Vec::new();
        canonical(&mut sealed, event, number, run);
        let sealed = String::from_utf8(sealed).expect("UTF-8");
        assert_eq!(sealed, by_library(event, number, run));
    }
}

#[test]
fn the_digest_is_that_of_the_documents() {
    let format = include_str!("../../../docs/format.md");
    let mut shown = format.split("```txt\n").skip(2);
    let mut next = || {
        let block = shown.next().and_then(|rest| rest.split("\n```").next());
        block.expect("a block")
    };
    let mut sealed = Vec::new();
    canonical(&mut sealed, SealEvent::Removed, 29, None);
    assert_eq!(next().as_bytes(), sealed);
    assert_eq!(next(), Digest::of(SealEvent::Removed, 29, None).to_string());
}

#[test]
fn a_checkpoint_is_read_as_it_is_written_and_nothing_else_is() {
    let mut tree = Tree::default();
    tree.push(leaf(b""));
    let checkpoint = Checkpoint::new("0192d4e0", 1, tree.root());
    let text = checkpoint.to_string();
    assert_eq!(
        text,
        "execlog/0192d4e0\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
    );
    assert_eq!(text.parse::<Checkpoint>().expect("read"), checkpoint);
    let signed = format!("{text}\n— name c2lnbmF0dXJl\n");
    assert_eq!(signed.parse::<Checkpoint>().expect("read"), checkpoint);
    let root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
    for wrong in [
        String::new(),
        format!("\n1\n{root}\n"),
        format!("a\n01\n{root}\n"),
        format!("a\n+1\n{root}\n"),
        format!("a\n-1\n{root}\n"),
        format!("a\none\n{root}\n"),
        "a\n1\n".to_owned(),
        "a\n1\nbjQLnA==\n".to_owned(),
        format!("a\n1\n{}\n", root.replace('=', "")),
        format!("a\n1\n{root}\nmore\n"),
    ] {
        assert!(wrong.parse::<Checkpoint>().is_err(), "{wrong:?}");
    }
}
