//! What a record is: a type with keys of its own, kept as JSON.

use crate::error::printable;
use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A type that can be written as JSON and read back: any with serde's `Serialize` and `Deserialize`.
///
/// Serde's traits are not supertraits, so that a record without its derives gets the message of this
/// trait. Generic code that needs them asks for them: `R: KvRecord + Serialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored",
    label = "not `Serialize` and `Deserialize`",
    note = "derive serde's `Serialize` and `Deserialize` beside `KvRecord`"
)]
pub trait Storable: Sized {
    /// The value as JSON.
    ///
    /// # Errors
    ///
    /// What serde reports if a field does not serialize.
    fn to_json(&self) -> serde_json::Result<serde_json::Value>;

    /// The value as the text of its JSON, fields in their order.
    ///
    /// # Errors
    ///
    /// What serde reports if a field does not serialize.
    fn to_json_text(&self) -> serde_json::Result<Vec<u8>>;

    /// The value behind some JSON.
    ///
    /// # Errors
    ///
    /// What serde reports: what is missing or of another type.
    fn from_json(json: serde_json::Value) -> serde_json::Result<Self>;

    /// The value behind the text of some JSON.
    ///
    /// # Errors
    ///
    /// What serde reports: what is missing or of another type.
    fn from_json_text(text: &[u8]) -> serde_json::Result<Self>;
}

// Otherwise the compiler names serde's traits, each in an error of its own.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Storable for T {
    fn to_json(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(self)
    }

    fn to_json_text(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    fn from_json(json: serde_json::Value) -> serde_json::Result<Self> {
        serde_json::from_value(json)
    }

    fn from_json_text(text: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(text)
    }
}

/// A record with a key of its own, kept as JSON.
///
/// Derive it:
///
/// ```
/// use execlog::KvRecord;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, KvRecord)]
/// #[kv(prefix = "checkpoint", key_fn = "checkpoint_key")]
/// struct Checkpoint {
///     #[kv(key)]
///     branch: String,
///     #[kv(key, ordered)]
///     revision: u32,
///     files: u64,
/// }
///
/// assert_eq!(checkpoint_key("release:2", 255), b"checkpoint:release%3A2:000000FF");
/// let parts = Checkpoint::parse_key(b"checkpoint:release%3A2:000000FF")?;
/// assert_eq!(parts, ("release:2".to_owned(), 255));
/// # Ok::<(), execlog::Error>(())
/// ```
///
/// # Keys
///
/// A key is `prefix:part:part`, in field order. Two different keys of a type never have the same bytes:
///
/// - The last part is its text as it is. In the parts before it `:` is written `%3A` and `%` is
///   written `%25`.
/// - `#[kv(key, ordered)]` writes an integer in a fixed width that sorts by value, see
///   [`OrderedKeyPart`](super::OrderedKeyPart).
/// - `#[kv(key, escape = "double")]` writes `:` as `::`.
///
/// Two types whose prefixes are `a` and `a:b` share the keys below `a:b:`, so give each type a prefix
/// that no other starts with, up to a `:`. The derive refuses the prefixes of the log: `execlog`, and
/// what starts with `execlog-` or `execlog:`.
///
/// The records of a type are read by the first parts of their keys with
/// [`Table::scan_prefix`](super::Table::scan_prefix).
///
/// # Keys that exist already
///
/// `escape = "double"` is for keys that a host has written in this way before, as magellan has. The part
/// after a doubled one is escaped even if it is the last, and written `%` if it is empty. Two
/// doubled parts cannot stand side by side.
///
/// ```
/// use execlog::KvRecord;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, KvRecord)]
/// #[kv(prefix = "chunk", key_fn = "chunk_key")]
/// struct Chunk {
///     #[kv(key, escape = "double")]
///     path: String,
///     #[kv(key)]
///     start: usize,
/// }
///
/// assert_eq!(chunk_key("C:/lib.rs", 120), b"chunk:C::/lib.rs:120");
/// let parts = Chunk::parse_key(b"chunk:C::/lib.rs:120")?;
/// assert_eq!(parts, ("C:/lib.rs".to_owned(), 120));
/// # Ok::<(), execlog::Error>(())
/// ```
///
/// # Under another name
///
/// Generated code looks for the library at `::execlog`. A crate that has it under another name, or from
/// a crate that re-exports it, says where with `crate`:
///
/// ```
/// // In Cargo.toml: run_log = { package = "execlog", … }
/// # use execlog as run_log;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, run_log::KvRecord)]
/// #[kv(prefix = "note", crate = "run_log")]
/// struct Note {
///     #[kv(key)]
///     id: u32,
///     text: String,
/// }
///
/// assert_eq!(Note::key_for(7), b"note:7");
/// ```
///
/// # Beside the trait
///
/// The derive also writes `Type::key_for(part, …)`, which takes the parts one by one, and with
/// `key_fn` a free function of that name. Both are as visible as the struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record",
    note = "derive it: `#[derive(Serialize, Deserialize, KvRecord)]` and `#[kv(prefix = \"…\")]`"
)]
pub trait KvRecord: Storable {
    /// The parts of a key as a caller hands them in: one part bare, several as a tuple.
    type Key<'a>;
    /// The parts of a key as they are read back.
    type OwnedKey;

    /// What every key starts with, without the `:` after it.
    const PREFIX: &'static str;
    /// The form of a key, for messages: `execlog:{execution_id}`.
    const KEY_PATTERN: &'static str;

    /// The key of this record.
    fn key(&self) -> Vec<u8>;

    /// The key of the record that has these parts.
    fn key_of(key: Self::Key<'_>) -> Vec<u8>;

    /// The parts that a key is made of.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if the key is not one of this type.
    fn parse_key(key: &[u8]) -> Result<Self::OwnedKey>;

    /// What a scan for every record of this type looks for: the prefix and its `:`.
    #[must_use]
    fn key_prefix() -> Vec<u8> {
        [Self::PREFIX.as_bytes(), b":"].concat()
    }

    /// The record as JSON, fields in their order.
    ///
    /// # Errors
    ///
    /// [`Error::Encode`] naming the key, if a field does not serialize.
    fn encode_json(&self) -> Result<Vec<u8>> {
        self.to_json_text().map_err(|source| Error::Encode {
            key: printable(&self.key()),
            source: Box::new(source),
        })
    }

    /// The record behind some JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] saying what is missing or of another type.
    fn decode_json(json: &[u8]) -> Result<Self> {
        Self::from_json_text(json).map_err(|source| Error::Decode {
            pattern: Self::KEY_PATTERN,
            source: Box::new(source),
        })
    }
}
