//! Typed records in a key-value store.
//!
//! [`KvRecord`] ties a type to its keys and its JSON. [`Table`] keeps such records in a [`KvStore`]. A
//! `KvStore` can get, set, delete, scan and flush bytes: [`MemoryKv`] here, and `GraphKv` for a graph's
//! own store with a native feature.

pub(crate) mod decimals;
#[cfg(any(feature = "native-v2", feature = "native-v3"))]
mod graph;
mod key;
mod memory;
mod ordered;
mod part;
mod prefix;
mod record;
pub(crate) mod size;
mod store;
mod table;

#[cfg(any(feature = "native-v2", feature = "native-v3"))]
pub use graph::GraphKv;
pub use key::{KeyReader, KeyWriter};
pub use memory::MemoryKv;
pub use ordered::OrderedKeyPart;
pub use part::KeyPart;
pub use prefix::{FirstParts, KeyPrefix};
pub use record::{KvRecord, Storable};
pub use store::{JsonStore, KvEntry, KvStore};
pub use table::Table;
