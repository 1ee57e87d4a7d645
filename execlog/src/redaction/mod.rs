//! Removing secrets from arguments and messages before they are stored.

mod arguments;
mod assignment;
mod header;
mod lookahead;
mod name;
mod netrc;
mod pattern;
mod program;
mod reference;
mod rules;
mod shape;
mod url;
mod usage;
mod words;

#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use name::Names;
use regex_lite::Regex;
use std::ops::Range;

/// The shortest text with a secret has a name, a sign and a value.
const SHORTEST: usize = 3;

/// The replacement of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// The rules that remove secrets from arguments and messages before a log stores them.
///
/// Replaces the value of each secret by `[redacted]`. The rest of the argument and its position
/// stay. The built-in rules find:
///
/// - the values of flags whose name is that of a secret, such as `--token x`, `--db-password=x` and
///   `--apiKey x`, and the secrets in the arguments of well-known programs, such as `sshpass -p x`
///   and `sqlplus me/x@db`;
/// - credentials in URLs, and signatures in their queries;
/// - assignments such as `NAME_TOKEN=x`, even within a longer text, and fields of JSON;
/// - HTTP headers with credentials, and passwords in the form of `.netrc`;
/// - tokens with a known shape: those of clouds and code hosts, JSON web tokens, private key
///   blocks.
///
/// A secret without such a name or shape is not found.
///
/// ```
/// use execlog::Redaction;
///
/// let redaction = Redaction::new().flag("--pin").pattern("corp-[0-9a-f]{8}")?;
/// let args = ["index", "--pin", "1234", "--token=t0ps3cret", "https://me:pw@host/corp-0123abcd"];
/// assert_eq!(
///     redaction.arguments(&args.map(str::to_owned)),
///     ["index", "--pin", "[redacted]", "--token=[redacted]", "https://me:[redacted]@host/[redacted]"],
/// );
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Redaction {
    is_off: bool,
    names: Names,
    patterns: Vec<Regex>,
}

impl Redaction {
    /// The built-in rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// No rules: stores all text unchanged.
    pub fn off() -> Self {
        Self {
            is_off: true,
            ..Self::default()
        }
    }

    /// Adds a secret name: the value of a flag (with any number of dashes), variable or field of
    /// this name is a secret.
    pub fn flag(mut self, name: &str) -> Self {
        self.names.add(name);
        self
    }

    /// Adds a secret pattern: every match of this regular expression is a secret. The syntax is
    /// that of the crate `regex-lite`: no look-around, no back-references, ASCII character classes
    /// only.
    ///
    /// Takes time in proportion to the text and to the pattern, unless the pattern reads far beyond
    /// its matches: `a(.*b)?` reads to the end of the line for each `a`.
    ///
    /// # Errors
    ///
    /// [`Error::Pattern`] if the regular expression is invalid or matches the empty text.
    pub fn pattern(mut self, pattern: &str) -> Result<Self> {
        let refused = |reason: String| Error::Pattern {
            pattern: pattern.to_owned(),
            reason,
        };
        let regex = Regex::new(pattern).map_err(|error| refused(error.to_string()))?;
        if regex.is_match("") {
            return Err(refused("the pattern matches the empty text".to_owned()));
        }
        self.patterns.push(regex);
        Ok(self)
    }

    /// Removes the secrets from arguments. Their number stays the same.
    #[must_use]
    pub fn arguments(&self, arguments: &[String]) -> Vec<String> {
        let places = self.find_in_arguments(arguments);
        let arguments = arguments.iter().zip(places);
        arguments
            .map(|(argument, places)| replaced(argument, places))
            .collect()
    }

    /// Removes the secrets from a message, including those in quoted command lines.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.is_off {
            return text.to_owned();
        }
        let cited = arguments::find_in_words(text, &self.names);
        let mut places = self.find_in_text(text, &cited.secret_names);
        // A flag may be part of a sentence, followed by an ordinary word. A word before `@` is not
        // ordinary.
        let is_word = |place: &Range<usize>| {
            text[place.clone()].chars().all(char::is_alphabetic)
                && !text[place.end..].starts_with('@')
        };
        places.extend(cited.secrets.into_iter().filter(|place| !is_word(place)));
        replaced(text, places)
    }

    /// Removes the secrets from a path.
    pub(crate) fn path(&self, path: &str) -> String {
        replaced(path, self.find_in_text(path, &[]))
    }

    /// Removes the secrets from the value of a label, as from the argument `--name=value`.
    pub(crate) fn label(&self, name: &str, value: &str) -> String {
        let flag = format!("--{name}=");
        let [places] = self
            .find_in_arguments(&[format!("{flag}{value}")])
            .try_into()
            .unwrap_or_default();
        let within = places.into_iter().filter(|place| place.end > flag.len());
        let within =
            within.map(|place| place.start.saturating_sub(flag.len())..place.end - flag.len());
        replaced(value, within.collect())
    }

    /// Finds the places of secrets in each argument. They are not sorted and may overlap.
    pub(crate) fn find_in_arguments(&self, arguments: &[String]) -> Vec<Vec<Range<usize>>> {
        if self.is_off {
            return vec![Vec::new(); arguments.len()];
        }
        let found = arguments::find(arguments.iter().map(String::as_str), &self.names);
        let places = arguments.iter().zip(found).map(|(argument, found)| {
            let mut places = found.secrets;
            places.extend(self.find_in_text(argument, &found.secret_names));
            places
        });
        places.collect()
    }

    /// Finds the places of secrets in a text. Values that start at one of `secret_names` are the
    /// names of secrets, whatever name is before them.
    fn find_in_text(&self, text: &str, secret_names: &[usize]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.is_off {
            return found;
        }
        if text.len() >= SHORTEST {
            url::find(text, &mut found);
            header::find(text, &mut found);
            assignment::find(text, &self.names, secret_names, &mut found);
            netrc::find(text, &mut found);
            shape::find(text, &mut found);
        }
        for pattern in &self.patterns {
            let matches = pattern.find_iter(text).map(|found| found.range());
            let is_secret = |place: &Range<usize>| {
                !place.is_empty()
                    && !text[place.clone()].contains(REDACTED.trim_matches(['[', ']']))
            };
            found.extend(matches.filter(is_secret));
        }
        found
    }
}

/// Replaces the text at these places. Overlapping places are replaced once.
fn replaced(text: &str, mut places: Vec<Range<usize>>) -> String {
    places.sort_by_key(|place| (place.start, place.end));
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for place in places {
        if place.start >= end {
            replaced.push_str(&text[end..place.start]);
            replaced.push_str(REDACTED);
        }
        end = end.max(place.end);
    }
    replaced.push_str(&text[end..]);
    replaced
}
