//! Stand-ins: values that are not secrets, but refer to one or are not known yet.

use super::REDACTED;
use super::lookahead::{Lookahead, TrimmedEnd};
use std::ops::Range;

/// Whether the value is a stand-in: empty, a flag word, a location, a placeholder, a pattern, code.
pub(super) fn is_reference(value: &str) -> bool {
    References::new(value).has(0..value.len())
}

/// The search for stand-ins in a text.
///
/// Takes linear time for all values together, if their starts ascend and each follows a sign.
pub(super) struct References<'t> {
    text: &'t str,
    redacted: Lookahead<'t>,
    closing_angle: Lookahead<'t>,
    not_star: Lookahead<'t>,
    unquoted: TrimmedEnd<'t>,
    unbracketed: TrimmedEnd<'t>,
}

const QUOTES: [char; 3] = ['"', '\'', '`'];

impl<'t> References<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            redacted: Lookahead::new(text, |text| text.find(REDACTED)),
            closing_angle: Lookahead::new(text, |text| text.find('>')),
            not_star: Lookahead::new(text, |text| text.find(|character| character != '*')),
            unquoted: TrimmedEnd::new(text, |character| QUOTES.contains(&character)),
            unbracketed: TrimmedEnd::new(text, |character| {
                matches!(character, ')' | ']' | '}' | ';')
            }),
        }
    }

    /// Whether the value at this place is a stand-in.
    pub(super) fn has(&mut self, place: Range<usize>) -> bool {
        let end = self.unquoted.of(place.clone());
        let value = self.text[place.start..end].trim_start_matches(QUOTES);
        let start = end - value.len();
        let word = &self.text[start..self.unbracketed.of(start..end)];
        word.is_empty()
            || is_flag_word(word)
            || is_location(value)
            || is_variable(word)
            || is_path(value)
            || is_code(value)
            || value.starts_with('*') && self.not_star.after(start) >= end
            || word.starts_with('<') && self.closing_angle.after(start) < start + word.len()
            || self.redacted.after(start) + REDACTED.len() <= end
    }
}

fn is_flag_word(word: &str) -> bool {
    const WORDS: [&str; 13] = [
        "-",
        "*",
        "all",
        "false",
        "nil",
        "no",
        "none",
        "null",
        "prompt",
        "stdin",
        "true",
        "undefined",
        "yes",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether this is the location of a secret, or a pattern for finding it.
fn is_location(value: &str) -> bool {
    const STARTS: [&str; 14] = [
        "env:", "env.", "file:", "@/", "op://", "vault:", "arn:", "id=", "[^", ".*", "(.", "([",
        "self.", "this.",
    ];
    STARTS.iter().any(|start| value.starts_with(start))
}

/// Whether this is a variable or a regular expression class: `$NAME`, `${NAME}`, `%NAME%`, `{{ name
/// }}`, `\w`.
fn is_variable(word: &str) -> bool {
    const STARTS: [&str; 6] = ["${", "$(", "{{", "\\S", "\\w", "\\d"];
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_of_name);
    if let Some(name) = word.strip_prefix('$')
        && is_name(name.strip_prefix("env:").unwrap_or(name))
    {
        return true;
    }
    let between_percents = word
        .strip_prefix('%')
        .and_then(|rest| rest.strip_suffix('%'));
    between_percents.is_some_and(is_name) || STARTS.iter().any(|start| word.starts_with(start))
}

/// Whether this is a path. Base64 has slashes too, but rarely starts with one and has another.
fn is_path(value: &str) -> bool {
    let is_relative = ["./", "../", "~/"]
        .iter()
        .any(|start| value.starts_with(start));
    let is_path_sign = |character: char| character.is_alphanumeric() || "/._- ".contains(character);
    let is_absolute = value.len() < 40
        && value
            .strip_prefix('/')
            .is_some_and(|rest| rest.contains('/'))
        && value.chars().all(is_path_sign);
    is_relative || is_absolute
}

/// Whether this is a call or an index expression.
fn is_code(value: &str) -> bool {
    let is_of_name =
        |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    let name = value
        .find(|character| !is_of_name(character))
        .unwrap_or(value.len());
    let rest = &value[name..];
    name > 0 && (rest.starts_with('(') && rest.ends_with(')') || rest.starts_with("[\""))
}

#[cfg(test)]
mod tests {
    use super::is_reference;

    #[test]
    fn a_value_can_say_where_the_secret_is() {
        for value in [
            "",
            "$TOKEN",
            "\"${DB_PASS}\"",
            "{{ token }}",
            "<token>",
            "***",
            "-",
            "env:T",
        ] {
            assert!(is_reference(value), "{value}");
        }
        for value in ["hunter2", "a$b", "nothing"] {
            assert!(!is_reference(value), "{value}");
        }
    }
}
