//! Tests of prefix scans on engines that behave differently.

use super::GraphKv;
use super::engine::{Engine, Failure, Snapshot, Value};
use crate::error::Error;
use crate::kv::size::LARGEST_KEY;
use crate::kv::{KvEntry, KvStore};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How an engine's prefix scan behaves.
#[derive(Clone, Copy)]
enum Scan {
    /// Any snapshot, in hash map order: native 1.6.
    Right,
    /// Only the current snapshot, and an error at any other: how a fixed 3.9 could behave.
    RightAtCurrent,
    /// Empty at the current snapshot: native 3.9.
    OnlyAtLatest,
    /// Only the first key at the current snapshot: native 3.9 with its write-ahead log.
    PartAtCurrent,
    /// Keys in decimals, and an error at any snapshot but the current: 3.9 in SQLite.
    Decimals,
    /// Every key in the store, twice.
    TooMuch,
    /// Always empty.
    Never,
    /// An error at every snapshot.
    Fails,
}

#[derive(Clone)]
struct Fake {
    scan: Scan,
    entries: Rc<RefCell<BTreeMap<Vec<u8>, Vec<u8>>>>,
    scans: Rc<Cell<usize>>,
}

impl Fake {
    fn holding(scan: Scan, keys: &[&str]) -> Self {
        let entry = |key: &&str| (key.as_bytes().to_vec(), b"1".to_vec());
        Self {
            scan,
            entries: Rc::new(RefCell::new(keys.iter().map(entry).collect())),
            scans: Rc::default(),
        }
    }

    fn store(&self) -> GraphKv {
        GraphKv::new(self.clone())
    }

    fn starting_with(&self, prefix: &[u8], spell: fn(&[u8]) -> Vec<u8>) -> Vec<KvEntry> {
        let entries = self.entries.borrow();
        let spelled = entries
            .iter()
            .map(|(key, value)| (spell(key), value.clone()));
        let mut found: Vec<_> = spelled.filter(|(key, _)| key.starts_with(prefix)).collect();
        found.reverse();
        found
    }
}

impl Engine for Fake {
    fn forgets_overwrites(&self) -> bool {
        false
    }

    fn hides_failed_flush(&self) -> bool {
        false
    }

    fn get(&self, key: &[u8]) -> Result<Option<Value>, Failure> {
        let entries = self.entries.borrow();
        Ok(entries.get(key).map(|value| Value::from_bytes(value)))
    }

    fn set(&self, key: &[u8], value: Value) -> Result<(), Failure> {
        let mut entries = self.entries.borrow_mut();
        entries.insert(key.to_vec(), value.into_bytes());
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), Failure> {
        self.entries.borrow_mut().remove(key);
        Ok(())
    }

    fn scan(&self, snapshot: Snapshot, prefix: &[u8]) -> Result<Vec<KvEntry>, Failure> {
        self.scans.set(self.scans.get() + 1);
        let plain = |prefix| self.starting_with(prefix, <[u8]>::to_vec);
        let current = snapshot == Snapshot::Current;
        match self.scan {
            Scan::RightAtCurrent | Scan::Decimals if !current => Err("no such snapshot".into()),
            Scan::OnlyAtLatest if current => Ok(Vec::new()),
            Scan::PartAtCurrent if current => Ok(plain(prefix).into_iter().take(1).collect()),
            Scan::Right | Scan::RightAtCurrent | Scan::OnlyAtLatest | Scan::PartAtCurrent => {
                Ok(plain(prefix))
            }
            Scan::Decimals => Ok(self.starting_with(prefix, |key| {
                let bytes: Vec<_> = key.iter().map(u8::to_string).collect();
                bytes.join(",").into_bytes()
            })),
            Scan::TooMuch => Ok([plain(b""), plain(b"")].concat()),
            Scan::Never => Ok(Vec::new()),
            Scan::Fails => Err("the disk is on fire".into()),
        }
    }

    fn flush(&self) -> Result<(), Failure> {
        Ok(())
    }
}

const FINDS_KEYS: [Scan; 6] = [
    Scan::Right,
    Scan::RightAtCurrent,
    Scan::OnlyAtLatest,
    Scan::PartAtCurrent,
    Scan::Decimals,
    Scan::TooMuch,
];

fn keys(store: &GraphKv, prefix: &str) -> Vec<String> {
    let found = store.scan(prefix.as_bytes()).expect("scan");
    found
        .into_iter()
        .map(|(key, _)| String::from_utf8(key).expect("text"))
        .collect()
}

#[test]
fn the_keys_with_a_prefix_are_found_whatever_the_engine_does() {
    for scan in FINDS_KEYS {
        let fake = Fake::holding(scan, &["p:b", "p:", "p:a", "p", "q:a", "p:c:d", "10", "1"]);
        assert_eq!(keys(&fake.store(), "p:"), ["p:", "p:a", "p:b", "p:c:d"]);
        assert_eq!(
            keys(&fake.store(), "1"),
            ["1", "10"],
            "a prefix of decimals"
        );
        assert_eq!(keys(&fake.store(), "").len(), 8);
        assert_eq!(keys(&fake.store(), "none:"), [""; 0]);
    }
}

#[test]
fn how_to_ask_is_found_out_once() {
    for scan in FINDS_KEYS {
        let fake = Fake::holding(scan, &["p:a"]);
        let store = fake.store();
        store.get(b"p:a").expect("get");
        keys(&store, "none:");
        fake.scans.set(0);
        for prefix in ["p:", "none:", "p:"] {
            keys(&store, prefix);
        }
        assert_eq!(fake.scans.get(), 3);
    }
}

#[test]
fn an_engine_that_does_not_find_what_is_there_is_not_believed() {
    let fake = Fake::holding(Scan::Never, &["p:a"]);
    let store = fake.store();
    assert_eq!(
        keys(&store, "p:"),
        [""; 0],
        "the scan modes cannot be probed without a known key"
    );
    store.get(b"p:a").expect("get");
    let error = store.scan(b"p:").expect_err("a key is missing");
    assert_eq!(
        error.to_string(),
        "the key-value store cannot scan `p:`: the scan did not return the existing key `p:a`"
    );
    store.delete(b"p:a").expect("delete");
    assert_eq!(keys(&store, "p:"), [""; 0], "the key is gone");
    store.set(b"p:b", b"1").expect("set");
    fake.delete(b"p:b").expect("deleted by another handle");
    assert_eq!(keys(&store, "p:"), [""; 0], "the key is gone");
}

#[test]
fn a_scan_that_fails_is_not_an_empty_one() {
    let store = Fake::holding(Scan::Fails, &[]).store();
    let error = store.scan(b"p:").expect_err("the engine fails");
    assert!(error.to_string().contains("on fire"), "{error}");
}

#[test]
fn a_key_that_an_engine_cannot_keep_is_refused() {
    let store = Fake::holding(Scan::Right, &[]).store();
    let longest = vec![b'k'; LARGEST_KEY];
    store.set(&longest, b"1").expect("set");
    let refused = store.set(&[&longest[..], b"k"].concat(), b"1");
    assert!(matches!(
        refused,
        Err(Error::TooLarge { bytes: 65_536, .. })
    ));
}
