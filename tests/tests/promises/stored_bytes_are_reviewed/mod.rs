//! What is on disk, byte for byte, read past the library.

mod cases;
mod memory_kv;
#[cfg(feature = "native-v2")]
mod native_v2;
#[cfg(feature = "native-v3")]
mod native_v3;
mod sqlite;
