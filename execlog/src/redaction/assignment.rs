//! Values that a name stands before: `NAME_TOKEN=…`, `?access_token=…`, `"password": "…"`.

use super::name;
use std::ops::Range;

/// Adds the places of values whose name is that of a secret.
pub(super) fn find(text: &str, is_secret: impl Fn(&str) -> bool, found: &mut Vec<Range<usize>>) {
    let mut end = 0;
    for (sign, _) in text.match_indices(['=', ':']) {
        if sign < end {
            continue;
        }
        let place = if text[sign..].starts_with('=') {
            equals(text, sign, &is_secret)
        } else {
            field(text, sign, &is_secret)
        };
        end = place.as_ref().map_or(end, |place| place.end);
        found.extend(place);
    }
}

/// The value of `name=value`, or of `name = "value"`.
fn equals(text: &str, sign: usize, is_secret: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let after = text[sign + 1..].chars().next()?;
    // A comparison, or an arrow.
    if matches!(after, '=' | '>' | '~') {
        return None;
    }
    let before = &text[..sign];
    let has_space = before.ends_with(' ') || after == ' ';
    let written = before.trim_end_matches([' ', '"', '\'']);
    let name_start = written
        .rfind(|character: char| !is_name(character))
        .map_or(0, |at| {
            at + written[at..].chars().next().map_or(0, char::len_utf8)
        });
    let name = &written[name_start..];
    let signs_url = text[..name_start].ends_with(['?', '&']) && is_signature(name);
    // What is set in a module is no secret, but how much it logs.
    let is_module = text[..name_start].ends_with("::");
    if name.is_empty() || is_module || !(is_secret(name) || signs_url) {
        return None;
    }
    let is_first = name_start == 0 || text[..name_start].chars().all(|first| first == '-');
    let value = text[sign + 1..].trim_start_matches(' ');
    let start = text.len() - value.len();
    let end = match value.chars().next()? {
        quote @ ('"' | '\'') => {
            let length = quoted_length(&value[1..], quote);
            return secret(text, start + 1..start + 1 + length);
        }
        _ if has_space => value_length(value).min(random_length(value)?),
        _ if is_first => whole_length(value),
        _ => value_length(value),
    };
    let is_own_name = value[..end]
        .trim_end_matches(')')
        .eq_ignore_ascii_case(name);
    secret(text, start..start + end).filter(|_| !is_own_name)
}

/// How long the value is behind a sign with spaces around it, if it looks more like a secret than
/// like code.
fn random_length(value: &str) -> Option<usize> {
    let is_random =
        |character: char| character.is_ascii_alphanumeric() || "+/=_-".contains(character);
    let length = value
        .find(|character| !is_random(character))
        .unwrap_or(value.len());
    let has_digit = value[..length].contains(|character: char| character.is_ascii_digit());
    let is_whole = value[length..]
        .chars()
        .next()
        .is_none_or(char::is_whitespace);
    (length >= 16 && has_digit && is_whole).then_some(length)
}

/// The value of `"name": "value"`, or of `name: "value"` and `name: Some("value")`, as it is written for
/// debugging.
fn field(text: &str, sign: usize, is_secret: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let before = text[..sign].trim_end();
    let quote = before.chars().next_back()?;
    let (name, quote) = if matches!(quote, '"' | '\'') {
        let before = before[..before.len() - 1].trim_end_matches('\\');
        (&before[before.rfind(quote)? + 1..], quote)
    } else {
        let name = before.rfind(|character: char| !is_name(character));
        let start = name.map_or(0, |at| {
            at + before[at..].chars().next().map_or(0, char::len_utf8)
        });
        // What is all in quotes asks for the secret.
        if before[..start].ends_with(['"', '\'']) {
            return None;
        }
        (&before[start..], '"')
    };
    if !is_secret(name) {
        return None;
    }
    let value = text[sign + 1..].trim_start();
    let value = value.strip_prefix("Some(").unwrap_or(value);
    let value = value.strip_prefix('[').unwrap_or(value);
    let quoted = value.trim_start_matches('\\').strip_prefix(quote)?;
    let start = text.len() - quoted.len();
    secret(text, start..start + quoted_length(quoted, quote))
}

/// How much there is before the quote that ends it.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = text.find(|character| {
        let ends = character == quote && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn secret(text: &str, place: Range<usize>) -> Option<Range<usize>> {
    (!name::is_reference(&text[place.clone()])).then_some(place)
}

/// How much of a text that begins with the value belongs to it: all, unless it goes on with
/// another setting or command.
fn whole_length(value: &str) -> usize {
    let first = value_length(value);
    let rest = &value[first..];
    let goes_on =
        rest.contains('=') || [" && ", "; ", " | "].iter().any(|next| rest.contains(next));
    if goes_on { first } else { value.len() }
}

/// How much of a text that begins with the value belongs to it: up to a space or a quote, or to a
/// separator with another setting behind it.
fn value_length(value: &str) -> usize {
    let ends = |at: usize, character: char| match character {
        '"' | '\'' | '`' => true,
        '&' | ';' | ',' | '#' | '|' => is_separator(&value[at + 1..]),
        other => other.is_whitespace(),
    };
    let mut characters = value.char_indices();
    let end = characters.find(|(at, character)| ends(*at, *character));
    end.map_or(value.len(), |(at, _)| at)
}

/// Whether what stands behind a sign makes a separator of it.
fn is_separator(rest: &str) -> bool {
    let name = rest
        .find(|character| !is_name(character))
        .unwrap_or(rest.len());
    match rest[name..].chars().next() {
        None => name == 0,
        Some(next) => {
            next == '=' && name > 0 || name == 0 && (next.is_whitespace() || "&|\"'".contains(next))
        }
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.')
}

/// What makes a URL work without a login.
fn is_signature(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "sig" | "signature") || name.ends_with("-signature")
}
