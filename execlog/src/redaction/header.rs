//! Headers of HTTP that carry credentials.

use super::name;
use std::ops::Range;

/// Adds the value of a header that the text, or a quoted or indented part of it, begins with, and
/// what stands behind `Bearer`.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    for (colon, _) in text.match_indices(':') {
        let before = &text[..colon];
        let from = before.rfind(|character: char| !is_name(character));
        let start = from.map_or(0, |from| {
            from + before[from..].chars().next().map_or(0, char::len_utf8)
        });
        let is_first = start == 0 || text[..start].ends_with(['"', '\'', '\n', '=']);
        let header = &before[start..];
        let header = header.strip_prefix("-H").unwrap_or(header);
        // Within a sentence only what also says of what kind the credentials are.
        let is_told = || scheme_of(text[colon + 1..].trim_start()).is_some();
        if carries_credentials(header) && (is_first || is_told()) {
            let value = value(text, colon + 1);
            // Without a sign it is no cookie, but the type of one.
            let is_of_kind = |place: &Range<usize>| {
                !header.to_ascii_lowercase().ends_with("cookie")
                    || text[place.clone()].contains('=')
            };
            found.extend(value.filter(is_of_kind));
        }
    }
    for (at, scheme) in text.match_indices("Bearer ") {
        let from = at + scheme.len();
        let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
        let length = text[from..].bytes().take_while(is_of_token).count();
        if length >= SHORTEST_TOKEN {
            found.push(from..from + length);
        }
    }
}

/// A shorter one behind `Bearer` may be a word.
const SHORTEST_TOKEN: usize = 16;

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

fn carries_credentials(header: &str) -> bool {
    const HEADERS: [&str; 6] = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-auth",
        "x-vault-token",
    ];
    let header = header.to_ascii_lowercase();
    HEADERS.contains(&header.as_str()) || header.contains('-') && name::is_secret(&header)
}

/// Words before credentials that say of what kind they are.
const SCHEMES: [&str; 8] = [
    "apikey",
    "basic",
    "bearer",
    "bot",
    "digest",
    "negotiate",
    "splunk",
    "token",
];

fn scheme_of(value: &str) -> Option<&str> {
    let is_scheme = |word: &&str| SCHEMES.contains(&word.to_ascii_lowercase().as_str());
    value.split(' ').next().filter(is_scheme)
}

/// The credentials behind the colon, without the word that says of what kind they are.
fn value(text: &str, colon_end: usize) -> Option<Range<usize>> {
    let rest = &text[colon_end..];
    let end = colon_end + rest.find(['"', '\'', '\n']).unwrap_or(rest.len());
    let start = end - text[colon_end..end].trim_start().len();
    let value = text[start..end].trim_end();
    let scheme = scheme_of(value);
    let skipped = scheme.map_or(0, |scheme| value.len().min(scheme.len() + 1));
    let credentials = &value[skipped..];
    (!name::is_reference(credentials)).then(|| start + skipped..start + value.len())
}
