//! What must not be stored: secrets in arguments and messages.

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

/// A text with a secret has at least a name, a sign and a value.
const SHORTEST: usize = 3;

/// What stands in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// What a log takes out of arguments and messages before it stores them.
///
/// The value of a secret is replaced by `[redacted]`; the rest of the argument and its position
/// stay. Found are, by the rules that are always there:
///
/// - the values of flags whose names say so, as `--token x`, `--db-password=x` and `--apiKey x`,
///   and what some well-known programs take, as `sshpass -p x` and `sqlplus me/x@db`;
/// - credentials in URLs, and signatures in their queries;
/// - assignments, as `NAME_TOKEN=x`, also within a longer text, and fields of JSON;
/// - headers of HTTP, and passwords as `.netrc` has them;
/// - tokens that can be told by how they look: those of clouds and code hosts, JSON web tokens,
///   blocks of private keys.
///
/// What is a secret without looking like one, and without a name that says so, is not found.
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
    /// The rules that are always there.
    pub fn new() -> Self {
        Self::default()
    }

    /// No rules: everything is stored as it is given.
    pub fn off() -> Self {
        Self {
            is_off: true,
            ..Self::default()
        }
    }

    /// Also takes the value of this flag for a secret, however many dashes it is written with, and
    /// of a variable or field of this name.
    pub fn flag(mut self, name: &str) -> Self {
        self.names.add(name);
        self
    }

    /// Also takes what this regular expression matches for a secret. Its syntax is that of the crate
    /// `regex-lite`: no look-around, no back-references, and of character classes those of ASCII.
    ///
    /// Takes time in proportion to the text and to the pattern, if the pattern does not read far beyond
    /// its matches: `a(.*b)?` reads to the end of the line for each `a`.
    ///
    /// # Errors
    ///
    /// [`Error::Pattern`] if it is not one, or if it matches the empty text.
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

    /// The arguments without what is secret in them, as many as there were.
    #[must_use]
    pub fn arguments(&self, arguments: &[String]) -> Vec<String> {
        let places = self.find_in_arguments(arguments);
        let arguments = arguments.iter().zip(places);
        arguments
            .map(|(argument, places)| replaced(argument, places))
            .collect()
    }

    /// A message without what is secret in it, also where it cites a command line.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.is_off {
            return text.to_owned();
        }
        let cited = arguments::find_in_words(text, &self.names);
        let mut places = self.find_in_text(text, &cited.secret_names);
        // A flag may be part of a sentence, and the value behind it a word. A host follows no word.
        let is_word = |place: &Range<usize>| {
            text[place.clone()].chars().all(char::is_alphabetic)
                && !text[place.end..].starts_with('@')
        };
        places.extend(cited.secrets.into_iter().filter(|place| !is_word(place)));
        replaced(text, places)
    }

    /// The path of a file, or what is given for one, without what is secret in it.
    pub(crate) fn path(&self, path: &str) -> String {
        replaced(path, self.find_in_text(path, &[]))
    }

    /// The places of secrets in each argument, in any order, one may overlap another.
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

    /// The places of secrets in a text. Values that start at one of `secret_names` are the names of
    /// secrets, whatever the name before them says.
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

/// The text with what is at these places replaced, and what overlaps replaced once.
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
