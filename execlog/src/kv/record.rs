//! Records: types with keys of their own, kept as JSON.

use crate::error::printable;
use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A type that can be written as JSON and read back: any with serde's `Serialize` and `Deserialize`.
///
/// Serde's traits are not supertraits, so a record without serde's derives gets the error message of
/// this trait. Generic code that needs them adds the bounds: `R: KvRecord + Serialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored",
    label = "not `Serialize` and `Deserialize`",
    note = "derive serde's `Serialize` and `Deserialize` beside `KvRecord`"
)]
pub trait Storable: Sized {
    /// Encodes the value as JSON.
    ///
    /// # Errors
    ///
    /// Serde's error if a field does not serialize.
    fn to_json(&self) -> serde_json::Result<serde_json::Value>;

    /// Encodes the value as JSON text, with its fields in order.
    ///
    /// # Errors
    ///
    /// Serde's error if a field does not serialize.
    fn to_json_text(&self) -> serde_json::Result<Vec<u8>>;

    /// Decodes a value from JSON.
    ///
    /// # Errors
    ///
    /// Serde's error if a field is missing or has another type.
    fn from_json(json: serde_json::Value) -> serde_json::Result<Self>;

    /// Decodes a value from JSON text.
    ///
    /// # Errors
    ///
    /// Serde's error if a field is missing or has another type.
    fn from_json_text(text: &[u8]) -> serde_json::Result<Self>;
}

// Otherwise the compiler reports serde's traits, each in its own error.
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

/// A record with its own key, kept as JSON.
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
/// - The last part is its text unchanged. In the parts before it, `:` is written `%3A` and `%` is
///   written `%25`.
/// - `#[kv(key, ordered)]` writes an integer in a fixed width that sorts by value, see
///   [`OrderedKeyPart`](super::OrderedKeyPart).
/// - `#[kv(key, escape = "double")]` writes `:` as `::`.
///
/// Two types with the prefixes `a` and `a:b` share the keys below `a:b:`. So give each type a prefix
/// that no other starts with, up to a `:`. The derive refuses the prefixes of the log: `execlog`, and
/// any that start with `execlog-` or `execlog:`.
///
/// [`Table::scan_prefix`](super::Table::scan_prefix) reads the records of a type by the first parts of
/// their keys.
///
/// # Existing keys
///
/// `escape = "double"` is for keys that a host already writes this way, as magellan does. The part
/// after a doubled one is escaped even if it is the last, and written `%` if it is empty. Two doubled
/// parts cannot be adjacent.
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
/// # Renamed crate
///
/// Generated code refers to the library as `::execlog`. If your crate imports it under another name or
/// through a re-export, set the path with `crate`:
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
/// # Generated functions
///
/// The derive also writes `Type::key_for(part, …)`, which takes the parts one by one. With `key_fn` it
/// writes a free function of that name too. Both have the visibility of the struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record",
    note = "derive it: `#[derive(Serialize, Deserialize, KvRecord)]` and `#[kv(prefix = \"…\")]`"
)]
pub trait KvRecord: Storable {
    /// The parts of a key as a caller passes them: one part bare, several as a tuple.
    type Key<'a>;
    /// The parts of a parsed key.
    type OwnedKey;

    /// The prefix of every key, without the `:` after it.
    const PREFIX: &'static str;
    /// The form of a key, for messages: `execlog:{execution_id}`.
    const KEY_PATTERN: &'static str;

    /// The key of this record.
    fn key(&self) -> Vec<u8>;

    /// The key of the record with these parts.
    fn key_of(key: Self::Key<'_>) -> Vec<u8>;

    /// Parses a key into its parts.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if the key does not belong to this type.
    fn parse_key(key: &[u8]) -> Result<Self::OwnedKey>;

    /// The prefix that finds every record of this type: [`PREFIX`](Self::PREFIX) and `:`.
    #[must_use]
    fn key_prefix() -> Vec<u8> {
        [Self::PREFIX.as_bytes(), b":"].concat()
    }

    /// Encodes the record as JSON, with its fields in order.
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

    /// Decodes a record from JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] naming the field that is missing or has another type.
    fn decode_json(json: &[u8]) -> Result<Self> {
        Self::from_json_text(json).map_err(|source| Error::Decode {
            pattern: Self::KEY_PATTERN,
            source: Box::new(source),
        })
    }
}
