//! The derive under hostile names and strict lints: that this compiles is the test.
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    single_use_lifetimes,
    clippy::all,
    clippy::pedantic
)]

/// Nothing of the prelude, and every name that generated code could reach for taken.
#[allow(dead_code, reason = "these only have to be in the way")]
#[no_implicit_prelude]
mod shadowed {
    use ::execlog::KvRecord;
    use ::serde::{Deserialize, Serialize};
    use ::std::string::String as Text;

    struct Vec;
    struct String;
    struct Option;
    struct Result;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct KeyPart;
    struct OrderedKeyPart;
    struct KeyWriter;
    struct KeyReader;
    struct KeyPrefix;
    struct FirstParts;
    mod std {}
    mod core {}
    mod execlog {}

    #[derive(Serialize, Deserialize, KvRecord)]
    #[kv(prefix = "shadowed", key_fn = "shadowed_key")]
    pub(super) struct Record {
        #[kv(key, escape = "double")]
        pub(super) r#type: Text,
        #[kv(key, ordered)]
        pub(super) key: i64,
        #[kv(key)]
        pub(super) bytes: Text,
        #[kv(key)]
        pub(super) __reader: bool,
        #[kv(key)]
        pub(super) __parts: char,
    }
}

/// The primitive types taken too, which serde's own derive does not take.
#[allow(
    dead_code,
    non_camel_case_types,
    reason = "these only have to be in the way"
)]
mod shadowed_primitives {
    use execlog::KvRecord;

    struct u8;
    struct str;

    #[derive(KvRecord)]
    #[kv(prefix = "primitive")]
    pub(super) struct Record {
        #[kv(key)]
        pub(super) name: String,
    }
}

impl serde::Serialize for shadowed_primitives::Record {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for shadowed_primitives::Record {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self { name })
    }
}

#[test]
fn primitive_types_of_the_host_do_not_get_in_the_way() -> execlog::Result<()> {
    use execlog::KvRecord;
    let record = shadowed_primitives::Record::decode_json(b"\"a\"")?;
    assert_eq!(record.key(), b"primitive:a");
    Ok(())
}

#[test]
fn names_of_the_host_do_not_get_in_the_way() -> execlog::Result<()> {
    use execlog::KvRecord;
    let record = shadowed::Record {
        r#type: "a:b".to_owned(),
        key: -1,
        bytes: String::new(),
        __reader: true,
        __parts: ':',
    };
    let key = shadowed::shadowed_key("a:b", -1, "", true, ':');
    assert_eq!(key, b"shadowed:a::b:7FFFFFFFFFFFFFFF::true::");
    assert_eq!(record.key(), key);
    assert_eq!(
        shadowed::Record::parse_key(&key)?,
        ("a:b".to_owned(), -1, String::new(), true, ':')
    );
    assert_eq!(
        shadowed::Record::KEY_PATTERN,
        "shadowed:{type}:{key}:{bytes}:{__reader}:{__parts}"
    );
    Ok(())
}

#[test]
fn names_of_the_host_do_not_get_in_the_way_of_a_scan() {
    use execlog::kv::FirstParts;
    type Record = shadowed::Record;
    let prefix = <Record as FirstParts<2>>::first_parts(("a:b", -1));
    assert_eq!(prefix.as_bytes(), b"shadowed:a::b:7FFFFFFFFFFFFFFF:");
    let prefix = <Record as FirstParts<4>>::first_parts(("", 0, ":", true));
    assert_eq!(prefix.as_bytes(), b"shadowed::8000000000000000:%3A:true:");
}

mod renamed {
    use execlog as log_of_runs;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, log_of_runs::KvRecord)]
    #[kv(prefix = "renamed", crate = "log_of_runs")]
    pub(super) struct Record {
        #[kv(key)]
        pub(super) id: u32,
    }
}

#[test]
fn a_host_may_rename_the_crate() {
    assert_eq!(renamed::Record::key_for(7), b"renamed:7");
    let record = renamed::Record { id: 7 };
    assert_eq!(log_key(&record), b"renamed:7");
}

fn log_key(record: &impl execlog::KvRecord) -> Vec<u8> {
    record.key()
}

mod parameters {
    use execlog::KvRecord;
    use execlog::kv::KeyPart;
    use serde::{Deserialize, Serialize};
    use std::borrow::Cow;

    /// A host's own part of a key.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct Revision(pub(super) u32);

    impl KeyPart for Revision {
        type Borrowed<'a> = u32;

        fn borrow_part(&self) -> u32 {
            self.0
        }

        fn to_text(part: Self::Borrowed<'_>) -> Cow<'_, str> {
            Cow::Owned(format!("r:{part}"))
        }

        fn from_text(text: &str) -> Option<Self> {
            u32::from_text(text.strip_prefix("r:")?).map(Self)
        }
    }

    #[derive(Serialize, Deserialize, KvRecord)]
    #[kv(prefix = "measure")]
    pub(super) struct Measure<K, V = u8, const N: usize = 1>
    where
        V: Clone,
    {
        #[kv(key)]
        pub(super) kind: K,
        #[kv(key)]
        pub(super) at: Revision,
        pub(super) values: Vec<V>,
    }
}

#[test]
fn records_may_have_parameters_and_parts_of_the_hosts_own() -> execlog::Result<()> {
    use execlog::KvRecord;
    use parameters::{Measure, Revision};

    type Counts = Measure<String, u64, 3>;
    let record: Counts = Measure {
        kind: "files:all".to_owned(),
        at: Revision(7),
        values: vec![1, 2],
    };
    assert_eq!(record.key(), b"measure:files%3Aall:r:7");
    assert_eq!(Counts::key_for("files:all", 7), record.key());
    let parts = Counts::parse_key(&record.key())?;
    assert_eq!(parts, ("files:all".to_owned(), Revision(7)));
    let again = Counts::decode_json(&record.encode_json()?)?;
    assert_eq!(again.values, [1, 2]);
    assert!(Counts::parse_key(b"measure:a:7").is_err());
    Ok(())
}

mod own_parts {
    use super::parameters;
    use execlog::KvRecord;
    use serde::{Deserialize, Serialize};

    type Number = u64;

    #[derive(Serialize, Deserialize, KvRecord)]
    #[kv(prefix = "build", key_fn = "build_key")]
    pub(super) struct Build {
        #[kv(key)]
        pub(super) at: parameters::Revision,
        #[kv(key, ordered)]
        pub(super) number: Number,
        #[kv(key)]
        pub(super) of: parameters::Revision,
    }
}

#[test]
fn parts_of_the_hosts_own_need_no_parameters() -> execlog::Result<()> {
    use execlog::KvRecord;
    use execlog::kv::{MemoryKv, Table};
    use own_parts::{Build, build_key};
    use parameters::Revision;

    let builds = Table::new(MemoryKv::default());
    for (at, number) in [(7, 1), (7, 2), (70, 1)] {
        let (at, of) = (Revision(at), Revision(0));
        builds.insert(&Build { at, number, of })?;
    }
    let numbers = builds.scan_prefix::<1>(7)?.map(|build| Ok(build?.number));
    assert_eq!(numbers.collect::<execlog::Result<Vec<_>>>()?, [1, 2]);

    let key = build_key(7, 255, 0);
    assert_eq!(key, b"build:r%3A7:00000000000000FF:r:0");
    let parts = Build::parse_key(&key)?;
    assert_eq!(parts, (Revision(7), 255, Revision(0)));
    Ok(())
}

mod deprecated {
    use execlog::KvRecord;
    use serde::{Deserialize, Serialize};

    #[deprecated]
    #[derive(Serialize, Deserialize, KvRecord)]
    #[kv(prefix = "deprecated", key_fn = "deprecated_key")]
    pub(super) struct Record {
        #[kv(key)]
        pub(super) name: String,
    }
}

#[test]
fn a_deprecated_record_warns_only_where_it_is_used() {
    assert_eq!(deprecated::deprecated_key("a"), b"deprecated:a");
}

/// As public as its struct, with documentation on everything that is generated.
pub mod public {
    use execlog::KvRecord;
    use serde::{Deserialize, Serialize};

    /// A record.
    #[derive(Debug, Serialize, Deserialize, KvRecord)]
    #[kv(prefix = "public", key_fn = "public_key")]
    pub struct Record {
        /// Its name.
        #[kv(key)]
        pub name: String,
    }
}

#[test]
fn generated_functions_are_as_public_as_the_struct() {
    assert_eq!(public::public_key("a"), public::Record::key_for("a"));
}
