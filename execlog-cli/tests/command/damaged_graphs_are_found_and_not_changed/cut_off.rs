//! Cuts off files of a graph.

use super::{Graph, Random, Runs, SEED, files, flips};
use crate::fixture::program;
use execlog::FileKind;
use std::ffi::OsStr;
use std::fs;

/// Cuts off files of a graph. Whenever an export changes or runs are lost, `verify` must find it.
fn cut_off(kind: FileKind) {
    let graph = Graph::new(kind);
    let mut random = Random(SEED);
    let cuts = flips().min(300);
    let mut changes = 0;
    for _ in 0..cuts {
        let (name, bytes) = &graph.parts[random.below(graph.parts.len())];
        let length = random.below(bytes.len().max(1));
        let (runs, is_found) = graph.damage(name, &bytes[..length]);
        if runs != Runs::AsBefore {
            changes += 1;
            let what = format!("seed {SEED:#x}: {} of {length} bytes", name.display());
            assert!(is_found, "{what}: {runs:?}");
        }
    }
    eprintln!("{changes} of {cuts} cuts changed what is exported");
    assert!(changes > 0);
}

/// SQLite takes an empty file for a database.
fn cut_to_nothing(kind: FileKind) {
    let graph = Graph::new(kind);
    for rest in [&b""[..], b"S"] {
        let damaged = graph.damage(OsStr::new("code.graph"), rest);
        assert_eq!(damaged, (Runs::Lost, true), "{rest:?}");
    }
    let whole = graph.folder.path().join("whole");
    fs::write(whole.join("code.graph"), "").expect("written");
    let before = files(&whole);
    let said = |arguments: &[&str]| {
        let output = program(&whole).args(arguments).output().expect("it runs");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for arguments in [
        &["record", "--db", "code.graph", "--", "true"][..],
        &["import", "code.graph", "--db", "other.db"],
        &["list"],
    ] {
        let said = said(arguments);
        assert!(said.contains("is empty, and was a graph"), "{said}");
    }
    assert_eq!(files(&whole), before);
}

#[cfg(feature = "native-v2")]
#[test]
fn a_native_1_6_graph() {
    cut_off(FileKind::NativeV2);
    cut_to_nothing(FileKind::NativeV2);
}

#[cfg(feature = "native-v3")]
#[test]
fn a_native_3_9_graph() {
    cut_off(FileKind::NativeV3);
    cut_to_nothing(FileKind::NativeV3);
}
