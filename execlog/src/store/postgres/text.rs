//! Texts as PostgreSQL stores them, which has no character 0.

use std::borrow::Cow;

/// Stands before a `0` for the character 0, and before a `1` for itself. It has no other use: it is the first
/// of the characters for private use in plane 15.
const ESCAPE: char = '\u{F0000}';

/// The text with the characters escaped that PostgreSQL does not store.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => escaped.extend([ESCAPE, '0']),
            ESCAPE => escaped.extend([ESCAPE, '1']),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// The text of which this is the escaped form.
pub(super) fn unescaped(text: String) -> String {
    if !text.contains(ESCAPE) {
        return text;
    }
    let mut characters = text.chars();
    let mut unescaped = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let meant = match character {
            ESCAPE => match characters.next() {
                Some('0') => '\0',
                _ => ESCAPE,
            },
            other => other,
        };
        unescaped.push(meant);
    }
    unescaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, unescaped};

    #[test]
    fn every_text_is_read_as_it_was_written() {
        for text in [
            "",
            "plain",
            "a\0b",
            "\0\0",
            "\u{F0000}",
            "\u{F0000}0",
            "ü\0\u{F0000}1",
        ] {
            let stored = escaped(text).into_owned();
            assert!(!stored.contains('\0'), "{stored:?}");
            assert_eq!(unescaped(stored), text);
        }
    }
}
