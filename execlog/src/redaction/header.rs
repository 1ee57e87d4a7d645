//! HTTP headers with credentials.

use super::lookahead::{Lookahead, TrimmedEnd};
use super::name;
use super::reference::References;
use super::rules::RULES;
use std::ops::Range;

/// Adds the values of headers at the start of the text or of a quoted or indented part, and the
/// tokens after `Bearer`.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if text.contains(':') {
        find_headers(text, found);
    }
    if text.len() >= BEARER.len() + SHORTEST_TOKEN {
        find_bearers(text, found);
    }
}

fn find_headers(text: &str, found: &mut Vec<Range<usize>>) {
    let mut values = Values::new(text);
    for (colon, _) in text.match_indices(':') {
        let before = &text[..colon];
        let from = before.rfind(|character: char| !is_name(character));
        let start = from.map_or(0, |from| {
            from + before[from..].chars().next().map_or(0, char::len_utf8)
        });
        if start == colon {
            continue;
        }
        let is_first = start == 0 || text[..start].ends_with(['"', '\'', '\n', '=']);
        let header = &before[start..];
        let header = header.strip_prefix("-H").unwrap_or(header);
        // Within a sentence, a header counts only if its value starts with a scheme.
        let has_scheme = || scheme_of(text[colon + 1..].trim_start()).is_some();
        if carries_credentials(header) && (is_first || has_scheme()) {
            found.extend(values.behind(header, colon));
        }
    }
}

fn find_bearers(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices(BEARER) {
        let from = at + BEARER.len();
        let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
        let length = text[from..].bytes().take_while(is_of_token).count();
        if length >= SHORTEST_TOKEN {
            found.push(from..from + length);
        }
    }
}

const BEARER: &str = "Bearer ";

/// A shorter text after `Bearer` may be a word.
const SHORTEST_TOKEN: usize = 16;

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

fn carries_credentials(header: &str) -> bool {
    let is_known = |known: &&str| header.eq_ignore_ascii_case(known);
    RULES.headers.iter().any(is_known)
        || header.contains('-') && name::is_secret(&header.to_ascii_lowercase())
}

/// Returns the authentication scheme that a value starts with.
fn scheme_of(value: &str) -> Option<&str> {
    RULES.schemes.iter().find_map(|scheme| {
        let (word, rest) = value.split_at_checked(scheme.len())?;
        let is_word = rest.is_empty() || rest.starts_with(' ');
        (is_word && word.eq_ignore_ascii_case(scheme)).then_some(word)
    })
}

/// The values of the headers in a text.
struct Values<'t> {
    text: &'t str,
    end: Lookahead<'t>,
    trimmed: TrimmedEnd<'t>,
    equals_sign: Lookahead<'t>,
    references: References<'t>,
}

impl<'t> Values<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            end: Lookahead::new(text, |text| text.find(['"', '\'', '\n'])),
            trimmed: TrimmedEnd::new(text, char::is_whitespace),
            equals_sign: Lookahead::new(text, |text| text.find('=')),
            references: References::new(text),
        }
    }

    /// Returns the credentials after the colon, without their scheme.
    fn behind(&mut self, header: &str, colon: usize) -> Option<Range<usize>> {
        let end = self.end.after(colon + 1);
        let start = end - self.text[colon + 1..end].trim_start().len();
        let end = self.trimmed.of(start..end);
        let scheme = scheme_of(&self.text[start..end]);
        let skipped = scheme.map_or(0, |scheme| (end - start).min(scheme.len() + 1));
        let start = start + skipped;
        // A cookie has a `=`. Without one the value is a type of cookie.
        let is_cookie = || header.to_ascii_lowercase().ends_with("cookie");
        let is_value = !self.references.has(start..end)
            && (!is_cookie() || self.equals_sign.after(start) < end);
        is_value.then_some(start..end)
    }
}
