//! Records in a key-value store: what the derive implements and what runs on it.
//!
//! [`KvRecord`] ties a type to its keys and its JSON, [`Table`] keeps such records in a
//! [`KvStore`], and a `KvStore` is anything that can get, set, delete, scan and flush bytes:
//! [`MemoryKv`] here, and with a native feature a graph's own store as `GraphKv`.

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
