//! What holds for the keys of every record type, tried on random parts.

use execlog::KvRecord;
use execlog::kv::{KvEntry, KvStore, MemoryKv, OrderedKeyPart, Table};
use execlog_tests::property;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::fmt::Debug;
use std::rc::Rc;

/// Text in which everything that escaping is about comes up often.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        8 => "[:%235Aa]{0,6}",
        1 => any::<String>(),
    ]
    .boxed()
}

macro_rules! record {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, KvRecord)]
        #[kv(prefix = "p:q")]
        struct $name {
            $($(#[$attribute])* $field: $ty),*
        }
    };
}

/// Two different keys never share bytes, every key parses back, and nothing parses that is not
/// written so.
fn keys_hold<R, P>(parts: impl Strategy<Value = P> + Clone, key_of: impl Fn(&P) -> Vec<u8> + Copy)
where
    R: KvRecord<OwnedKey = P>,
    P: Debug + PartialEq,
{
    property::check(2000, (parts.clone(), parts.clone()), |(one, other)| {
        prop_assert_eq!(key_of(&one) == key_of(&other), one == other);
        prop_assert_eq!(R::parse_key(&key_of(&one))?, one);
        Ok(())
    });
    property::check(2000, "p:q:[:%235AFa0-]{0,12}", |key| {
        if let Ok(parts) = R::parse_key(key.as_bytes()) {
            prop_assert_eq!(key_of(&parts), key.into_bytes());
        }
        Ok(())
    });
}

#[test]
fn keys_of_one_text() {
    record!(One {
        #[kv(key)]
        a: String
    });
    keys_hold::<One, _>(text(), |a| One::key_for(a));
}

#[test]
fn keys_of_three_texts() {
    record!(Three {
        #[kv(key)]
        a: String,
        #[kv(key)]
        b: String,
        #[kv(key)]
        c: String
    });
    keys_hold::<Three, _>((text(), text(), text()), |(a, b, c)| {
        Three::key_for(a, b, c)
    });
}

#[test]
fn keys_of_a_doubled_text_before_others() {
    record!(Doubled {
        #[kv(key, escape = "double")]
        a: String,
        #[kv(key)]
        b: String,
        #[kv(key)]
        c: String,
    });
    keys_hold::<Doubled, _>((text(), text(), text()), |(a, b, c)| {
        Doubled::key_for(a, b, c)
    });
}

#[test]
fn keys_of_a_doubled_text_between_and_last() {
    record!(Between {
        #[kv(key)]
        a: String,
        #[kv(key, escape = "double")]
        b: String,
        #[kv(key)]
        c: String,
        #[kv(key, escape = "double")]
        d: String,
    });
    keys_hold::<Between, _>((text(), text(), text(), text()), |(a, b, c, d)| {
        Between::key_for(a, b, c, d)
    });
}

#[test]
fn keys_of_other_types() {
    record!(Mixed {
        #[kv(key, ordered)]
        a: i8,
        #[kv(key)]
        b: char,
        #[kv(key)]
        c: bool,
        #[kv(key)]
        d: i64,
    });
    let parts = (any::<i8>(), any::<char>(), any::<bool>(), any::<i64>());
    keys_hold::<Mixed, _>(parts, |&(a, b, c, d)| Mixed::key_for(a, b, c, d));
}

/// Ordered integers sort by value as bytes, as text, and as comma-separated decimals.
fn sorts_by_value<I>()
where
    I: OrderedKeyPart + Arbitrary + Copy + Ord,
    for<'a> I: OrderedKeyPart<Borrowed<'a> = I>,
{
    let decimals = |text: &str| -> String {
        let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
        bytes.join(",")
    };
    property::check(2000, (any::<I>(), any::<I>()), |(one, other)| {
        let (one_text, other_text) = (I::to_ordered(one), I::to_ordered(other));
        let expected = one.cmp(&other);
        prop_assert_eq!(one_text.as_bytes().cmp(other_text.as_bytes()), expected);
        prop_assert_eq!(one_text.cmp(&other_text), expected);
        prop_assert_eq!(decimals(&one_text).cmp(&decimals(&other_text)), expected);
        prop_assert_eq!(I::from_ordered(&one_text), Some(one));
        Ok(())
    });
}

#[test]
fn ordered_integers_sort_by_value_in_every_form() {
    sorts_by_value::<i8>();
    sorts_by_value::<u8>();
    sorts_by_value::<i16>();
    sorts_by_value::<u16>();
    sorts_by_value::<i32>();
    sorts_by_value::<u32>();
    sorts_by_value::<i64>();
    sorts_by_value::<u64>();
    sorts_by_value::<i128>();
    sorts_by_value::<u128>();
    sorts_by_value::<isize>();
    sorts_by_value::<usize>();
}

#[test]
fn ordered_integers_have_these_bytes() {
    assert_eq!(i64::to_ordered(i64::MIN), "0000000000000000");
    assert_eq!(i64::to_ordered(-1), "7FFFFFFFFFFFFFFF");
    assert_eq!(i64::to_ordered(0), "8000000000000000");
    assert_eq!(isize::to_ordered(0), "8000000000000000");
    assert_eq!(u8::to_ordered(255), "FF");
    assert_eq!(i8::to_ordered(127), "FF");
    assert_eq!(usize::to_ordered(1), "0000000000000001");
    assert_eq!(u8::from_ordered("ff"), None);
    assert_eq!(u8::from_ordered("0FF"), None);
}

/// A store that counts the entries that its scans gave.
struct CountingKv<S> {
    store: S,
    read: Cell<usize>,
}

impl<S: KvStore> KvStore for CountingKv<S> {
    fn get(&self, key: &[u8]) -> execlog::Result<Option<Vec<u8>>> {
        self.store.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> execlog::Result<()> {
        self.store.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> execlog::Result<()> {
        self.store.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> execlog::Result<Vec<KvEntry>> {
        let found = self.store.scan(prefix)?;
        self.read.set(self.read.get() + found.len());
        Ok(found)
    }

    fn flush(&self) -> execlog::Result<()> {
        self.store.flush()
    }
}

/// Text so short that several records often have the same.
fn short_text() -> BoxedStrategy<String> {
    prop_oneof![4 => "[:%2a]{0,2}", 1 => text()].boxed()
}

/// A scan by the first parts of any record gives those records whose `first` parts are its own, in the
/// order of their keys, and reads only those that are `near`.
fn prefix_scan_holds<R, S, F, I>(
    cases: u32,
    records: impl Strategy<Value = R> + Clone,
    new_store: impl Fn() -> S,
    first: impl Fn(&R) -> F,
    near: impl Fn(&R, &R) -> bool,
    scan: impl Fn(&Table<R, Rc<CountingKv<S>>>, R) -> execlog::Result<I>,
) where
    R: KvRecord + Clone + Debug + PartialEq,
    S: KvStore,
    F: PartialEq,
    I: Iterator<Item = execlog::Result<R>>,
{
    let stored = prop::collection::vec(records.clone(), 0..12);
    property::check(cases, (stored, records), |(stored, other)| {
        let store = Rc::new(CountingKv {
            store: new_store(),
            read: Cell::new(0),
        });
        let table = Table::new(Rc::clone(&store));
        for record in &stored {
            table.insert(record)?;
        }
        let all: Vec<R> = table.scan()?.collect::<Result<_, _>>()?;
        for wanted in stored.iter().chain([&other]) {
            let is_wanted = |record: &&R| first(record) == first(wanted);
            let expected: Vec<R> = all.iter().filter(is_wanted).cloned().collect();
            store.read.set(0);
            let found: Vec<R> = scan(&table, wanted.clone())?.collect::<Result<_, _>>()?;
            prop_assert_eq!(found, expected);
            let may_be_read = all.iter().filter(|record| near(record, wanted)).count();
            prop_assert!(store.read.get() <= may_be_read, "{} read", store.read.get());
        }
        Ok(())
    });
}

#[test]
fn scans_by_the_first_of_three_texts() {
    record!(Three {
        #[kv(key)]
        a: String,
        #[kv(key)]
        b: String,
        #[kv(key)]
        c: String
    });
    let records =
        (short_text(), short_text(), short_text()).prop_map(|(a, b, c)| Three { a, b, c });
    prefix_scan_holds(
        500,
        records.clone(),
        MemoryKv::default,
        |record| record.a.clone(),
        |record, wanted| record.a == wanted.a,
        |table, wanted| table.scan_prefix::<1>(&wanted.a),
    );
    prefix_scan_holds(
        500,
        records,
        MemoryKv::default,
        |record| (record.a.clone(), record.b.clone()),
        |record, wanted| (&record.a, &record.b) == (&wanted.a, &wanted.b),
        |table, wanted| table.scan_prefix::<2>((&wanted.a, &wanted.b)),
    );
}

record!(Doubled {
    #[kv(key, escape = "double")]
    a: String,
    #[kv(key)]
    b: String,
    #[kv(key, ordered)]
    c: i8,
});

fn doubled() -> impl Strategy<Value = Doubled> + Clone {
    let parts = (short_text(), short_text(), -1..2i8);
    parts.prop_map(|(a, b, c)| Doubled { a, b, c })
}

/// What the texts of a doubled part have in common that one scan has to read.
fn goes_on_with_a_colon(text: &str, wanted: &str) -> bool {
    text.strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

#[test]
fn scans_by_a_doubled_text_and_by_what_follows_it() {
    prefix_scan_holds(
        1000,
        doubled(),
        MemoryKv::default,
        |record| record.a.clone(),
        |record, wanted| goes_on_with_a_colon(&record.a, &wanted.a),
        |table, wanted| table.scan_prefix::<1>(&wanted.a),
    );
    prefix_scan_holds(
        1000,
        doubled(),
        MemoryKv::default,
        |record| (record.a.clone(), record.b.clone()),
        |record, wanted| (&record.a, &record.b) == (&wanted.a, &wanted.b),
        |table, wanted| table.scan_prefix::<2>((&wanted.a, &wanted.b)),
    );
}

#[test]
fn scans_by_texts_of_which_the_last_is_doubled() {
    record!(Between {
        #[kv(key)]
        a: String,
        #[kv(key, escape = "double")]
        b: String,
        #[kv(key, ordered)]
        c: u8,
        #[kv(key, escape = "double")]
        d: String,
    });
    let parts = (short_text(), short_text(), 0..2u8, short_text());
    let records = parts.prop_map(|(a, b, c, d)| Between { a, b, c, d });
    prefix_scan_holds(
        500,
        records.clone(),
        MemoryKv::default,
        |record| (record.a.clone(), record.b.clone()),
        |record, wanted| record.a == wanted.a && goes_on_with_a_colon(&record.b, &wanted.b),
        |table, wanted| table.scan_prefix::<2>((&wanted.a, &wanted.b)),
    );
    prefix_scan_holds(
        500,
        records,
        MemoryKv::default,
        |record| (record.a.clone(), record.b.clone(), record.c),
        |record, wanted| (&record.a, &record.b, record.c) == (&wanted.a, &wanted.b, wanted.c),
        |table, wanted| table.scan_prefix::<3>((&wanted.a, &wanted.b, wanted.c)),
    );
}

#[test]
fn scans_by_parts_that_are_not_text() {
    record!(Mixed {
        #[kv(key, ordered)]
        a: i16,
        #[kv(key)]
        b: i64,
        #[kv(key)]
        c: bool,
    });
    let parts = (
        -1..2i16,
        prop_oneof![-12..12i64, any::<i64>()],
        any::<bool>(),
    );
    let records = parts.prop_map(|(a, b, c)| Mixed { a, b, c });
    prefix_scan_holds(
        500,
        records.clone(),
        MemoryKv::default,
        |record| record.a,
        |record, wanted| record.a == wanted.a,
        |table, wanted| table.scan_prefix::<1>(wanted.a),
    );
    prefix_scan_holds(
        500,
        records,
        MemoryKv::default,
        |record| (record.a, record.b),
        |record, wanted| (record.a, record.b) == (wanted.a, wanted.b),
        |table, wanted| table.scan_prefix::<2>((wanted.a, wanted.b)),
    );
}

#[test]
fn a_value_that_cannot_be_read_is_an_error_in_its_place() -> execlog::Result<()> {
    let store = MemoryKv::default();
    let table = Table::<Doubled, _>::new(&store);
    for (a, c) in [("a", 1), ("a", 3), ("a:", 1), ("b", 1)] {
        let (a, b) = (a.to_owned(), String::new());
        table.insert(&Doubled { a, b, c })?;
    }
    store.set(&Doubled::key_for("a", "", 2), b"{}")?;
    store.set(&Doubled::key_for("a:", "", 2), b"{}")?;

    let found = table.scan_prefix::<1>("a")?;
    let numbers: Vec<_> = found
        .map(|record| record.map(|record| record.c).ok())
        .collect();
    assert_eq!(numbers, [Some(1), None, Some(3)]);
    Ok(())
}

/// The same scan in the key-value stores of graphs.
#[cfg(any(feature = "native-v2", feature = "native-v3"))]
mod in_a_graph {
    use super::{Doubled, doubled, goes_on_with_a_colon, prefix_scan_holds};
    use execlog::kv::GraphKv;
    use std::cell::Cell;
    use std::path::Path;

    fn scans_by_first_parts(open: impl Fn(&Path) -> GraphKv) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let graphs = Cell::new(0);
        let new_graph = || {
            graphs.set(graphs.get() + 1);
            let own = folder.path().join(graphs.get().to_string());
            std::fs::create_dir(&own).expect("a folder for each graph");
            open(&own.join("code.graph"))
        };
        prefix_scan_holds(
            20,
            doubled(),
            new_graph,
            |record: &Doubled| record.a.clone(),
            |record, wanted| goes_on_with_a_colon(&record.a, &wanted.a),
            |table, wanted| table.scan_prefix::<1>(&wanted.a),
        );
    }

    #[cfg(feature = "native-v2")]
    mod of_native_v2 {
        use super::{GraphKv, Path, scans_by_first_parts};
        use sqlitegraph_native_v2::{GraphBackend, GraphConfig, open_graph};
        use std::rc::Rc;

        fn open(path: &Path, config: &GraphConfig) -> GraphKv {
            let graph: Rc<dyn GraphBackend> =
                Rc::from(open_graph(path, config).expect("the graph opens"));
            GraphKv::from(graph)
        }

        #[test]
        fn scans_by_first_parts_in_a_native_graph() {
            scans_by_first_parts(|path| open(path, &GraphConfig::native()));
        }

        #[test]
        fn scans_by_first_parts_in_a_graph_in_sqlite() {
            scans_by_first_parts(|path| open(path, &GraphConfig::sqlite()));
        }
    }

    #[cfg(feature = "native-v3")]
    mod of_native_v3 {
        use super::{GraphKv, Path, scans_by_first_parts};
        use sqlitegraph_native_v3::{GraphBackend, GraphConfig, open_graph};
        use std::rc::Rc;

        fn open(path: &Path, config: &GraphConfig) -> GraphKv {
            let graph: Rc<dyn GraphBackend> =
                Rc::from(open_graph(path, config).expect("the graph opens"));
            GraphKv::from(graph)
        }

        #[test]
        fn scans_by_first_parts_in_a_native_graph() {
            scans_by_first_parts(|path| open(path, &GraphConfig::native()));
        }

        #[test]
        fn scans_by_first_parts_in_a_graph_in_sqlite() {
            scans_by_first_parts(|path| open(path, &GraphConfig::sqlite()));
        }
    }
}
