//! The example of Go's package `golang.org/x/mod/sumdb/note`, and each way a signature fails.

use super::keys::{SigningKey, VerifierKey, name};
use super::note::{SignedNote, signed};

const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SECRET: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\
    \n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn secret() -> SigningKey {
    SECRET.parse().expect("a secret key")
}

fn public() -> VerifierKey {
    PUBLIC.parse().expect("a public key")
}

#[test]
fn the_example_of_go_is_signed_and_verified() {
    assert_eq!(secret().verifier().to_string(), PUBLIC);
    assert_eq!(secret().secret(), SECRET);
    assert_eq!(signed(TEXT, &secret()), NOTE);
    let note = SignedNote::split(NOTE);
    assert_eq!((note.text, note.check(&public())), (TEXT, Ok(())));
}

#[test]
fn the_example_of_the_specification_is_signed_by_another_key() {
    let note = "Ognuno sta solo sul cuor della terra\n\n\u{2014} quasimodo.example/salvatore \
        NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    assert_eq!(
        SignedNote::split(note).check(&public()),
        Err("it is signed by `quasimodo.example/salvatore+367ba04b`, not by `PeterNeumann+c74f20a3`".to_owned())
    );
}

#[test]
fn wrong_missing_and_malformed_signatures_differ() {
    let problem = |note: &str| SignedNote::split(note).check(&public()).expect_err("wrong");
    let changed = NOTE.replace("problem is", "answer is");
    assert!(problem(&changed).starts_with("the signature of `PeterNeumann+c74f20a3` is wrong"));
    let forged = NOTE.replace("o/ZJ", "o/ZK");
    assert!(problem(&forged).starts_with("the signature of `PeterNeumann+c74f20a3` is wrong"));
    assert!(problem(TEXT).starts_with("it is not signed"));
    assert!(problem(&format!("{TEXT}\n")).starts_with("it is not signed"));
    let cut_off = &NOTE[..NOTE.len() - 10];
    assert!(problem(cut_off).ends_with("is not a signature"));
    assert!(problem(&NOTE.replace('\u{2014}', "-")).ends_with("is not a signature"));
}

/// A second signature beside it does not matter, whichever comes first.
#[test]
fn one_of_several_signatures_is_enough() {
    let other = SigningKey::generate("other").expect("a key");
    let both = signed(TEXT, &other) + NOTE.split("\n\n").nth(1).expect("a signature");
    let note = SignedNote::split(&both);
    assert_eq!(note.check(&public()), Ok(()));
    assert_eq!(note.check(&other.verifier()), Ok(()));
}

#[test]
fn a_new_key_reads_back_and_differs_from_the_next() {
    let key = SigningKey::generate("build.example/log").expect("a key");
    let again: SigningKey = key.secret().parse().expect("a secret key");
    assert_eq!(again.verifier().to_string(), key.verifier().to_string());
    let next = SigningKey::generate("build.example/log").expect("a key");
    assert_ne!(next.secret(), key.secret());
}

#[test]
fn a_damaged_key_is_refused() {
    for damaged in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        &PUBLIC.replace("c74f20a3", "c74f20a4"),
        &PUBLIC.replace("c74f20a3", "+74f20a3"),
        &PUBLIC.replace("PeterNeumann", "PeterNewman"),
        &PUBLIC.replace("PeterNeumann", ""),
        &PUBLIC.replace("+ARpc", "+ARpd"),
        &PUBLIC.replace("+ARpc", "+Agpc"),
        SECRET,
    ] {
        assert!(damaged.parse::<VerifierKey>().is_err(), "{damaged}");
    }
    for damaged in [PUBLIC, &SECRET.replace("AYEK", "AYEL"), &SECRET[..60]] {
        assert!(damaged.parse::<SigningKey>().is_err(), "{damaged}");
    }
    for damaged in ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{1b}b"] {
        assert!(name(damaged).is_err(), "{damaged:?}");
    }
}
