//! The derive macro of `execlog`: `#[derive(KvRecord)]`.
//!
//! Use it through `execlog`, which re-exports it beside the trait and explains the attributes.

mod ast;
mod attr;
mod errors;
mod expand;
mod fallback;
mod key_type;
mod place;
mod valid;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `execlog::KvRecord` and writes the key functions of a record.
///
/// On the struct:
///
/// - `#[kv(prefix = "…")]`: what every key starts with, without the `:` that follows it. Required.
///   `execlog`, and what starts with `execlog-` or `execlog:`, is the log's own.
/// - `#[kv(key_fn = "name")]`: also writes a free function `name` that makes a key from its parts.
/// - `#[kv(crate = "path")]`: where `execlog` is found, for a crate that renames it or gets it from
///   another.
///
/// On a field:
///
/// - `#[kv(key)]`: the field is a part of the key. Parts stand in field order.
/// - `#[kv(key, ordered)]`: an integer in a fixed width that sorts by value.
/// - `#[kv(key, escape = "double")]`: text whose `:` is written `::`, for keys that exist already.
///
/// ```
/// # use execlog as run_log;
/// use run_log::KvRecord;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, KvRecord)]
/// #[kv(prefix = "chunk", key_fn = "chunk_key", crate = "run_log")]
/// struct Chunk {
///     #[kv(key, escape = "double")]
///     path: String,
///     #[kv(key, ordered)]
///     start: u32,
///     text: String,
/// }
///
/// assert_eq!(chunk_key("C:/lib.rs", 255), b"chunk:C::/lib.rs:000000FF");
/// ```
#[proc_macro_derive(KvRecord, attributes(kv))]
pub fn derive_kv_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input).into()
}
