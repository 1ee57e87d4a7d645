//! The rules, parsed from `rules.txt`, which explains each kind of rule.

use super::pattern::{self, Pattern};
use super::usage::{Part, Usage};
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

const TEXT: &str = include_str!("rules.txt");

pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::read(TEXT));

pub(super) struct Rules {
    pub(super) names: Vec<&'static str>,
    pub(super) name_ends: Vec<&'static str>,
    pub(super) secret_keys: Vec<&'static str>,
    pub(super) not_before_names: Vec<&'static str>,
    pub(super) counts: Vec<&'static str>,
    pub(super) headers: Vec<&'static str>,
    pub(super) schemes: Vec<&'static str>,
    /// May begin with `*`.
    pub(super) signatures: Vec<&'static str>,
    pub(super) values: Vec<(&'static str, OnDemand<Pattern>)>,
    pub(super) urls: Vec<Url>,
    pub(super) usages: Vec<OnDemand<Usage>>,
    /// The indexes in `usages`, by program.
    pub(super) usages_of: HashMap<&'static str, Vec<usize>>,
    pub(super) tokens: Vec<Token>,
    /// The tokens by their possible first bytes.
    pub(super) tokens_by_first_byte: [Vec<TokenStart>; 128],
}

pub(super) struct Token {
    /// The literal text at the start of the pattern.
    pub(super) prefix: &'static str,
    pub(super) pattern: OnDemand<Pattern>,
}

#[derive(Clone, Copy)]
pub(super) struct TokenStart {
    /// The second byte of the prefix, in which most tokens differ.
    pub(super) second: Option<u8>,
    /// The index in [`Rules::tokens`].
    pub(super) token: usize,
}

/// The start of a URL with a secret after it.
pub(super) struct Url {
    /// The part before the first colon.
    pub(super) before_colon: &'static str,
    pub(super) from_colon: &'static str,
    pub(super) part: Part,
}

/// A rule that is parsed at first use. Most rules are never used.
pub(super) struct OnDemand<T> {
    text: &'static str,
    parse: fn(&'static str) -> Option<T>,
    parsed: OnceLock<Option<T>>,
}

impl<T> OnDemand<T> {
    fn new(text: &'static str, parse: fn(&'static str) -> Option<T>) -> Self {
        let parsed = OnceLock::new();
        Self {
            text,
            parse,
            parsed,
        }
    }

    /// Returns `None` if the rule is invalid. A test checks that all are valid.
    pub(super) fn get(&self) -> Option<&T> {
        let parsed = self.parsed.get_or_init(|| (self.parse)(self.text));
        parsed.as_ref()
    }
}

impl Rules {
    fn read(text: &'static str) -> Self {
        let mut rules = Self {
            names: Vec::new(),
            name_ends: Vec::new(),
            secret_keys: Vec::new(),
            not_before_names: Vec::new(),
            counts: Vec::new(),
            headers: Vec::new(),
            schemes: Vec::new(),
            signatures: Vec::new(),
            values: Vec::new(),
            urls: Vec::new(),
            usages: Vec::with_capacity(96),
            usages_of: HashMap::with_capacity(160),
            tokens: Vec::with_capacity(192),
            tokens_by_first_byte: [const { Vec::new() }; 128],
        };
        for line in lines(text) {
            // A test checks that every line is a valid rule.
            let _is_rule = rules.add(line);
        }
        rules
    }

    /// Returns `None` if the line is not a valid rule.
    fn add(&mut self, line: &'static str) -> Option<()> {
        let (kind, rule) = line.split_once(' ')?;
        let words = rule.split(' ');
        match kind {
            "name" => self.names.extend(words),
            "name-end" => self.name_ends.extend(words),
            "secret-key" => self.secret_keys.extend(words),
            "not-before-name" => self.not_before_names.extend(words),
            "count" => self.counts.extend(words),
            "header" => self.headers.extend(words),
            "scheme" => self.schemes.extend(words),
            "signature" => self.signatures.extend(words),
            "value" => {
                let (name, pattern) = rule.split_once(' ')?;
                let pattern = OnDemand::new(pattern, Pattern::parse);
                self.values.push((name, pattern));
            }
            "url" => {
                let (beginning, part) = rule.split_once(' ')?;
                let (before_colon, from_colon) = beginning.split_at(beginning.find(':')?);
                let part = Part::parse(part)?;
                self.urls.push(Url {
                    before_colon,
                    from_colon,
                    part,
                });
            }
            "command" => {
                let (programs, usage) = rule.split_once(' ')?;
                for program in programs.split(',') {
                    let usages = self.usages_of.entry(program).or_default();
                    usages.push(self.usages.len());
                }
                self.usages.push(OnDemand::new(usage, Usage::parse));
            }
            "token" => {
                let prefix = &rule[..rule.find('[').unwrap_or(rule.len())];
                let start = TokenStart {
                    second: prefix.as_bytes().get(1).copied(),
                    token: self.tokens.len(),
                };
                for byte in pattern::first_bytes(rule)? {
                    self.tokens_by_first_byte[usize::from(byte)].push(start);
                }
                self.tokens.push(Token {
                    prefix,
                    pattern: OnDemand::new(rule, Pattern::parse),
                });
            }
            _ => return None,
        }
        Some(())
    }
}

/// Returns the lines without comments and empty lines.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    let is_rule = |line: &&str| !line.is_empty() && !line.starts_with('#');
    text.lines().filter(is_rule)
}

#[cfg(test)]
mod tests {
    use super::{Rules, TEXT, lines};
    use std::collections::BTreeSet;

    fn is_rule(line: &'static str) -> bool {
        let mut rules = Rules::read("");
        rules.add(line).is_some()
            && rules.values.iter().all(|(_, value)| value.get().is_some())
            && rules.usages.iter().all(|usage| usage.get().is_some())
            && rules
                .tokens
                .iter()
                .all(|token| token.pattern.get().is_some())
    }

    #[test]
    fn every_line_is_a_rule() {
        for line in lines(TEXT) {
            assert!(is_rule(line), "{line}");
        }
    }

    #[test]
    fn no_rule_is_listed_twice() {
        let mut seen = BTreeSet::new();
        for line in lines(TEXT) {
            let (kind, rule) = line.split_once(' ').expect("a kind");
            let rules: Vec<String> = match kind {
                "value" | "url" | "token" => vec![rule.to_owned()],
                "command" => {
                    let (programs, usage) = rule.split_once(' ').expect("a program");
                    let programs = programs.split(',');
                    programs
                        .map(|program| format!("{program} {usage}"))
                        .collect()
                }
                _ => rule.split(' ').map(str::to_owned).collect(),
            };
            for rule in rules {
                assert!(seen.insert((kind, rule.clone())), "{kind} {rule}");
            }
        }
    }

    #[test]
    fn what_is_not_a_rule_is_refused() {
        for line in [
            "token",
            "tokens abc",
            "token a[",
            "url hooks.slack.com SECRET",
            "url ://hooks.slack.com/",
            "command curl",
            "command curl -u USER:PASSWORD",
            "command curl add",
            "value appid",
        ] {
            assert!(!is_rule(line), "{line}");
        }
    }
}
