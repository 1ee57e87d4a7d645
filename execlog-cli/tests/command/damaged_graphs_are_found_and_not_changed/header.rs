//! Flips bits of the first bytes of a native 1.6 graph, which tell the engine what it is. Without them it opens
//! nothing.

use super::{code, files, runs_there};
use crate::fixture::program;
use execlog::{FileKind, Invocation};
use std::fs;

#[test]
fn flipped_bits_in_the_header_of_a_native_1_6_graph() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = folder.path().join("code.graph");
    let log = FileKind::NativeV2.create_log(&graph).expect("a graph");
    log.begin(Invocation::new(["index"])).succeed();
    drop(log);
    let header = fs::read(&graph).expect("read");
    let mut unopened = 0;
    for at in 0..header.len() {
        let mut damaged = header.clone();
        damaged[at] ^= 1 << (at % 8);
        fs::write(&graph, damaged).expect("written");
        let before = files(folder.path());
        let verified = code(folder.path(), &["verify"]);
        if runs_there(folder.path()) != Some(1) {
            unopened += 1;
            assert_eq!(verified, Some(3), "byte {at}");
            code(folder.path(), &["settle"]);
            assert_eq!(files(folder.path()), before, "byte {at}");
        }
    }
    assert!(unopened > 0);
    fs::write(folder.path().join("notes.txt"), "no log").expect("written");
    let mut verify = program(folder.path());
    verify.args(["verify", "--db", "notes.txt"]);
    assert_eq!(verify.output().expect("it runs").status.code(), Some(1));
}
