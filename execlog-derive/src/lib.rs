//! The derive macro of `execlog`: `#[derive(KvRecord)]`.
//!
//! Use it through `execlog`, which re-exports it beside the trait and documents the attributes.

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

/// Implements `execlog::KvRecord` and generates the key functions of a record.
///
/// On the struct:
///
/// - `#[kv(prefix = "…")]`: the start of every key, without the `:` after it. Required. The log
///   reserves `execlog` and all prefixes that start with `execlog-` or `execlog:`.
/// - `#[kv(key_fn = "name")]`: also generates a free function `name` that makes a key from its
///   parts.
/// - `#[kv(crate = "path")]`: the path of `execlog`, for crates that rename it or get it from
///   another crate.
///
/// On a field:
///
/// - `#[kv(key)]`: the field is a part of the key. The parts are in field order.
/// - `#[kv(key, ordered)]`: an integer of fixed width that sorts by value.
/// - `#[kv(key, escape = "double")]`: text with `:` written as `::`, for existing key formats.
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
