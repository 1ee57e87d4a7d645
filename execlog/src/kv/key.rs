//! Writing and parsing keys.

use super::KeyPrefix;
use crate::error::printable;
use crate::error::{Error, Result};
use std::borrow::Cow;

/// Writes a key: a prefix and parts, separated by `:`.
///
/// The derive calls it. A hand-written [`KvRecord`](super::KvRecord) can call it too.
///
/// ```
/// use execlog::kv::KeyWriter;
///
/// let key = KeyWriter::new("chunk")
///     .doubled("a::b.rs")
///     .after_doubled("0")
///     .after_doubled("120")
///     .finish();
/// assert_eq!(key, b"chunk:a::::b.rs:0:120");
/// ```
#[derive(Debug)]
#[must_use]
pub struct KeyWriter {
    key: String,
    ends_doubled: bool,
}

impl KeyWriter {
    /// Starts a key with `prefix` and no parts.
    pub fn new(prefix: &str) -> Self {
        Self {
            key: prefix.to_owned(),
            ends_doubled: false,
        }
    }

    /// Starts a key with one of the log's own prefixes.
    ///
    /// The derive calls this function for such a prefix. The function is private to the crate, so other
    /// crates cannot derive a record among those of the log.
    pub(crate) fn with_reserved_prefix(prefix: &str) -> Self {
        Self::new(prefix)
    }

    /// Writes the last part: its text unchanged.
    pub fn raw(self, text: &str) -> Self {
        self.push(text)
    }

    /// Writes a part that others follow: `%` becomes `%25` and `:` becomes `%3A`.
    pub fn escaped(self, text: &str) -> Self {
        self.push(&escape(text))
    }

    /// Writes a part with each `:` doubled to `::`.
    pub fn doubled(self, text: &str) -> Self {
        let mut doubled = self.push(&text.replace(':', "::"));
        doubled.ends_doubled = true;
        doubled
    }

    /// Writes a part after a doubled one: escaped, and `%` if the text is empty.
    ///
    /// So the part never starts with `:`, and the separator before it always ends an odd run of `:`.
    pub fn after_doubled(self, text: &str) -> Self {
        if text.is_empty() {
            self.push("%")
        } else {
            self.push(&escape(text))
        }
    }

    /// Writes an integer in its fixed-width form, see [`OrderedKeyPart`](super::OrderedKeyPart).
    pub fn ordered(self, text: &str) -> Self {
        self.push(text)
    }

    /// Returns the bytes of the key.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.key.into_bytes()
    }

    /// Returns the prefix that all keys with these first parts share.
    #[must_use]
    pub fn into_prefix(self) -> KeyPrefix {
        let ends_doubled = self.ends_doubled;
        let mut key = self.finish();
        key.push(b':');
        KeyPrefix::new(key, ends_doubled)
    }

    fn push(mut self, text: &str) -> Self {
        self.key.push(':');
        self.key.push_str(text);
        self.ends_doubled = false;
        self
    }
}

fn escape(text: &str) -> Cow<'_, str> {
    if text.contains([':', '%']) {
        Cow::Owned(text.replace('%', "%25").replace(':', "%3A"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Reverses [`escape`]. Gives `None` for a text that `escape` does not write.
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut pieces = text.split('%');
    plain.push_str(pieces.next()?);
    for piece in pieces {
        let (escaped, rest) = piece.split_at_checked(2)?;
        plain.push(match escaped {
            "25" => '%',
            "3A" => ':',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}

/// Reads a key back into its parts: the counterpart of [`KeyWriter`], method for method.
///
/// Refuses a key that the writer would spell differently.
#[derive(Debug)]
pub struct KeyReader<'a> {
    key: &'a [u8],
    pattern: &'static str,
    /// The text after the last separator, or `None` if no parts are left.
    rest: Option<&'a str>,
}

impl<'a> KeyReader<'a> {
    /// Starts to read `key`, which must begin with `prefix` and `:`.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if it does not. The error names `pattern` as the expected form.
    pub fn new(prefix: &str, pattern: &'static str, key: &'a [u8]) -> Result<Self> {
        let rest = str::from_utf8(key)
            .ok()
            .and_then(|text| text.strip_prefix(prefix)?.strip_prefix(':'));
        let reader = Self { key, pattern, rest };
        match rest {
            Some(_) => Ok(reader),
            None => Err(reader.foreign()),
        }
    }

    /// Reads a part that [`KeyWriter::raw`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if there are no parts left or `from_text` gives `None`.
    pub fn raw<P>(&mut self, from_text: impl FnOnce(&str) -> Option<P>) -> Result<P> {
        let text = self.rest.take();
        self.part(text.and_then(from_text))
    }

    /// Reads a part that [`KeyWriter::escaped`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if there are no parts left or `from_text` gives `None`.
    pub fn escaped<P>(&mut self, from_text: impl FnOnce(&str) -> Option<P>) -> Result<P> {
        let text = self.take().and_then(unescape);
        self.part(text.and_then(|text| from_text(&text)))
    }

    /// Reads a part that [`KeyWriter::doubled`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if there are no parts left or `from_text` gives `None`.
    pub fn doubled<P>(&mut self, from_text: impl FnOnce(&str) -> Option<P>) -> Result<P> {
        let text = self.rest.take().map(|mut left| {
            let mut plain = String::with_capacity(left.len());
            while let Some((before, after)) = left.split_once(':') {
                plain.push_str(before);
                let Some(after_pair) = after.strip_prefix(':') else {
                    self.rest = Some(after);
                    return plain;
                };
                plain.push(':');
                left = after_pair;
            }
            plain.push_str(left);
            plain
        });
        self.part(text.and_then(|text| from_text(&text)))
    }

    /// Reads a part that [`KeyWriter::after_doubled`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if there are no parts left or `from_text` gives `None`.
    pub fn after_doubled<P>(&mut self, from_text: impl FnOnce(&str) -> Option<P>) -> Result<P> {
        let text = match self.take() {
            Some("%") => Some(String::new()),
            Some("") | None => None,
            Some(text) => unescape(text),
        };
        self.part(text.and_then(|text| from_text(&text)))
    }

    /// Reads a part that [`KeyWriter::ordered`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if there are no parts left or `from_text` gives `None`.
    pub fn ordered<P>(&mut self, from_text: impl FnOnce(&str) -> Option<P>) -> Result<P> {
        let text = self.take();
        self.part(text.and_then(from_text))
    }

    /// Ends the key.
    ///
    /// # Errors
    ///
    /// [`Error::ForeignKey`] if more parts follow.
    pub fn finish(self) -> Result<()> {
        match self.rest {
            None => Ok(()),
            Some(_) => Err(self.foreign()),
        }
    }

    /// The text up to the next separator.
    fn take(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let Some((part, after)) = rest.split_once(':') else {
            return Some(rest);
        };
        self.rest = Some(after);
        Some(part)
    }

    fn part<P>(&self, part: Option<P>) -> Result<P> {
        part.ok_or_else(|| self.foreign())
    }

    fn foreign(&self) -> Error {
        Error::ForeignKey {
            key: printable(self.key),
            pattern: self.pattern,
        }
    }
}
