//! Prefixes: the first parts that keys share.

/// The prefix of all keys that share their first parts.
///
/// [`KeyWriter::into_prefix`](super::KeyWriter::into_prefix) makes one.
///
/// ```
/// use execlog::kv::KeyWriter;
///
/// let prefix = KeyWriter::new("chunk").doubled("a.rs").into_prefix();
/// assert_eq!(prefix.as_bytes(), b"chunk:a.rs:");
/// assert!(prefix.matches(b"chunk:a.rs:0:120"));
/// assert!(!prefix.matches(b"chunk:a.rs::1:0:120"), "a chunk of `a.rs:1`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPrefix {
    bytes: Vec<u8>,
    /// The last part has its `:` doubled, so one more `:` continues that part.
    ends_doubled: bool,
}

impl KeyPrefix {
    pub(super) fn new(bytes: Vec<u8>, ends_doubled: bool) -> Self {
        Self {
            bytes,
            ends_doubled,
        }
    }

    /// The bytes to scan a store for. After a part with `escape = "double"` other keys can start with
    /// them too.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether `key` has these first parts.
    #[must_use]
    pub fn matches(&self, key: &[u8]) -> bool {
        key.strip_prefix(self.bytes.as_slice())
            .is_some_and(|rest| !(self.ends_doubled && rest.starts_with(b":")))
    }
}

/// A record that can be found by the first `N` parts of its key.
///
/// The derive implements it for each `N` from 1 to one less than the number of parts. See
/// [`Table::scan_prefix`](super::Table::scan_prefix).
#[diagnostic::on_unimplemented(
    message = "the keys of `{Self}` cannot be found by their first {N} parts",
    label = "not fewer than all parts of the key",
    note = "`scan_prefix::<N>` takes at least one part and not all: `get` takes all, and `scan` none"
)]
pub trait FirstParts<const N: usize> {
    /// The first parts as a caller passes them: one part bare, several as a tuple.
    type Parts<'a>;

    /// The prefix of the keys that have these first parts.
    fn first_parts(parts: Self::Parts<'_>) -> KeyPrefix;
}
