//! Tokens with a known shape.

use super::pattern::Runs;
use super::rules::{RULES, TokenStart};
use std::ops::Range;

/// The length of the shortest token.
const SHORTEST: usize = 16;

/// Adds the places of tokens.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut runs = Runs::default();
    let mut end = 0;
    for (start, &byte) in bytes.iter().enumerate() {
        if start + SHORTEST > bytes.len() {
            break;
        }
        if start < end || start > end && is_inside(&bytes[..start], byte) {
            continue;
        }
        if let Some(length) = length_at(text, start, &mut runs) {
            end = start + length;
            found.push(start..end);
        }
    }
}

/// Returns the length of the token at this place of the text.
fn length_at(text: &str, start: usize, runs: &mut Runs) -> Option<usize> {
    let bytes = text.as_bytes();
    let tokens = &RULES.tokens_by_first_byte;
    let tokens = tokens.get(usize::from(bytes[start]))?.iter();
    let second = bytes.get(start + 1).copied();
    let tokens = tokens.filter(|token| token.second.is_none() || token.second == second);
    let length_of = |token: &TokenStart| {
        let token = &RULES.tokens[token.token];
        if !bytes[start..].starts_with(token.prefix.as_bytes()) {
            return None;
        }
        token.pattern.get()?.length_at(bytes, start, runs)
    };
    let longest = tokens.filter_map(length_of).max();
    longest.or_else(|| private_key(&text[start..]))
}

/// Whether this byte continues the word before it. An escaped line break or an escaped byte ends a
/// word.
fn is_inside(before: &[u8], byte: u8) -> bool {
    let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_escape = match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', first, second] => first.is_ascii_hexdigit() && second.is_ascii_hexdigit(),
        _ => false,
    };
    let follows_word = before.last().is_some_and(|byte| is_of_word(*byte));
    if byte == b'-' {
        before.last() == Some(&b'-')
    } else {
        follows_word && !is_escape
    }
}

/// Returns the length of a private key block, up to the end of the text if its last line is
/// missing.
fn private_key(text: &str) -> Option<usize> {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    let rest = text.strip_prefix(BEGIN)?;
    let (label, _) = rest.split_once("-----")?;
    let is_label = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    if !label.contains("PRIVATE KEY") || !label.bytes().all(is_label) {
        return None;
    }
    let Some(last) = text.find(END) else {
        return Some(text.len());
    };
    let after = last + END.len();
    let close = text[after..].find("-----");
    Some(close.map_or(text.len(), |close| after + close + 5))
}

#[cfg(test)]
mod tests {
    use super::{RULES, SHORTEST};
    use crate::redaction::pattern::Pattern;

    #[test]
    fn no_token_is_too_short_to_be_looked_for() {
        for token in &RULES.tokens {
            let shortest = token.pattern.get().map(Pattern::shortest);
            assert!(shortest >= Some(SHORTEST), "{shortest:?}");
        }
    }
}
