//! Values after a name: `NAME_TOKEN=…`, `?access_token=…`, `"password": "…"`.

use super::lookahead::Lookahead;
use super::name::Names;
use super::pattern::Runs;
use super::reference::References;
use super::rules::RULES;
use std::ops::Range;

/// Adds the places of values whose name is that of a secret. Skips values that start at one of
/// `secret_names`, which are sorted.
pub(super) fn find(
    text: &str,
    names: &Names,
    secret_names: &[usize],
    found: &mut Vec<Range<usize>>,
) {
    if !text.contains(['=', ':']) {
        return;
    }
    let mut assignments = Assignments::new(text, names);
    let mut end = 0;
    for (sign, _) in text.match_indices(['=', ':']) {
        if sign < end || secret_names.binary_search(&(sign + 1)).is_ok() {
            continue;
        }
        let place = if text[sign..].starts_with('=') {
            assignments.equals(sign)
        } else {
            assignments.field(sign)
        };
        end = place.as_ref().map_or(end, |place| place.end);
        found.extend(place);
    }
}

/// The parser of assignments in a text, which is called with ascending places.
struct Assignments<'t> {
    text: &'t str,
    names: &'t Names,
    value_end: Lookahead<'t>,
    single_quote: Lookahead<'t>,
    double_quote: Lookahead<'t>,
    references: References<'t>,
}

impl<'t> Assignments<'t> {
    fn new(text: &'t str, names: &'t Names) -> Self {
        Self {
            text,
            names,
            value_end: Lookahead::new(text, value_end),
            single_quote: Lookahead::new(text, |text| closing(text, '\'')),
            double_quote: Lookahead::new(text, |text| closing(text, '"')),
            references: References::new(text),
        }
    }

    /// Finds the value of `name=value`, or of `name = "value"`.
    fn equals(&mut self, sign: usize) -> Option<Range<usize>> {
        let text = self.text;
        let after = text[sign + 1..].chars().next()?;
        // A comparison, or an arrow.
        if matches!(after, '=' | '>' | '~') {
            return None;
        }
        let before = &text[..sign];
        let has_space = before.ends_with(' ') || after == ' ';
        let written = before.trim_end_matches([' ', '"', '\'']);
        let (before, name) = split_name(written);
        let value = text[sign + 1..].trim_start_matches(' ');
        let start = text.len() - value.len();
        let signs_url = before.ends_with(['?', '&']) && is_signature(name);
        // `module=level` in a log filter is not a secret.
        let is_module = before.ends_with("::");
        if name.is_empty() || is_module {
            return None;
        }
        if !(self.names.has(name) || signs_url) {
            return secret_of_shape(name, text, start);
        }
        let end = match value.chars().next()? {
            quote @ ('"' | '\'') => {
                let end = self.closing_quote(quote).after(start + 1);
                return self.secret(name, start + 1..end);
            }
            _ if has_space => (start + random_length(value)?).min(self.value_end.after(start)),
            _ if before.is_empty() => self.whole_end(start),
            _ => self.value_end.after(start),
        };
        let own = text[start..end].split_at_checked(name.len());
        let is_own_name = own.is_some_and(|(own, rest)| {
            own.eq_ignore_ascii_case(name) && rest.bytes().all(|byte| byte == b')')
        });
        self.secret(name, start..end).filter(|_| !is_own_name)
    }

    /// Finds the value of `"name": "value"`, `name: "value"` or `name: Some("value")`: JSON and
    /// `Debug` output.
    fn field(&mut self, sign: usize) -> Option<Range<usize>> {
        let before = self.text[..sign].trim_end();
        let quote = before.chars().next_back()?;
        let (name, quote) = if matches!(quote, '"' | '\'') {
            let before = before[..before.len() - 1].trim_end_matches('\\');
            (&before[before.rfind(quote)? + 1..], quote)
        } else {
            let (before, name) = split_name(before);
            // If name and value are in one pair of quotes, the text is a prompt.
            if before.ends_with(['"', '\'']) {
                return None;
            }
            (name, '"')
        };
        if name.is_empty() || !self.names.has(name) {
            return None;
        }
        let value = self.text[sign + 1..].trim_start();
        let value = value.strip_prefix("Some(").unwrap_or(value);
        let value = value.strip_prefix('[').unwrap_or(value);
        let quoted = value.trim_start_matches('\\').strip_prefix(quote)?;
        let start = self.text.len() - quoted.len();
        let end = self.closing_quote(quote).after(start);
        self.secret(name, start..end)
    }

    fn closing_quote(&mut self, quote: char) -> &mut Lookahead<'t> {
        match quote {
            '"' => &mut self.double_quote,
            _ => &mut self.single_quote,
        }
    }

    /// Returns the end of the value that a text begins with. The value takes the whole text, unless
    /// another setting or command follows.
    fn whole_end(&mut self, start: usize) -> usize {
        let first = self.value_end.after(start);
        let rest = &self.text[first..];
        let goes_on =
            rest.contains('=') || [" && ", "; ", " | "].iter().any(|next| rest.contains(next));
        if goes_on { first } else { self.text.len() }
    }

    fn secret(&mut self, name: &str, place: Range<usize>) -> Option<Range<usize>> {
        let is_secret = !self.references.has(place.clone())
            && !self.names.is_count(name, &self.text[place.clone()]);
        is_secret.then_some(place)
    }
}

/// Splits off the name at the end of a text.
fn split_name(text: &str) -> (&str, &str) {
    let name = text.trim_end_matches(is_name);
    text.split_at(name.len())
}

/// Returns the place of the value if it has the shape that the rules require for this name.
fn secret_of_shape(name: &str, text: &str, start: usize) -> Option<Range<usize>> {
    let values = RULES.values.iter();
    let mut values = values.filter(|(known, _)| name.eq_ignore_ascii_case(known));
    values.find_map(|(_, pattern)| {
        let pattern = pattern.get()?;
        let length = pattern.length_at(text.as_bytes(), start, &mut Runs::default())?;
        Some(start..start + length)
    })
}

/// Returns the length of a value after a sign with spaces around it, if the value looks more like a
/// secret than like code.
fn random_length(value: &str) -> Option<usize> {
    let is_random = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | '_' | '-')
    };
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

/// Returns the place of the first quote that is not escaped.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.find(|character| {
        let ends = character == quote && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    })
}

/// Returns the end of a value: white space, a quote, or a separator before another setting.
fn value_end(text: &str) -> Option<usize> {
    let ends = |at: usize, character: char| match character {
        '"' | '\'' | '`' => true,
        '&' | ';' | ',' | '#' | '|' => is_separator(&text[at + 1..]),
        other => other.is_whitespace(),
    };
    let mut characters = text.char_indices();
    let end = characters.find(|(at, character)| ends(*at, *character));
    end.map(|(at, _)| at)
}

/// Whether the text after a sign shows that the sign is a separator.
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

/// Whether a URL parameter of this name is a signature, which replaces a login.
fn is_signature(name: &str) -> bool {
    let is_known = |known: &&str| match known.strip_prefix('*') {
        Some(end) => {
            let start = name.len().checked_sub(end.len());
            let end_of_name = start.and_then(|start| name.get(start..));
            end_of_name.is_some_and(|name| name.eq_ignore_ascii_case(end))
        }
        None => name.eq_ignore_ascii_case(known),
    };
    RULES.signatures.iter().any(is_known)
}
