//! The ways of passing secrets to programs, in the form of the rules: `curl -u USER:SECRET`.

use super::reference::is_reference;
use std::ops::Range;

/// One way of passing a secret, or the name of one, to a program.
pub(super) struct Usage {
    pub(super) commands: Vec<Command>,
    pub(super) takes: Takes,
}

/// A condition on the other arguments.
#[derive(Clone, Copy)]
pub(super) enum Command {
    /// This argument is given.
    Argument(&'static str),
    /// An argument with this prefix is given: `http-basic.*`, or any: `*`.
    Beginning(&'static str),
    /// A short flag is given, alone or with others: `-b` in `-nb`.
    ShortFlag(u8),
    /// A short flag is not given: `!n`.
    NoShortFlag(u8),
}

/// The argument with the secret.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// The value of a flag.
    Flag(&'static str, Written, Part),
    /// None: the value of this flag is the name of a secret.
    Name(&'static str),
    /// The argument after the commands.
    Next(Part),
    /// Any argument.
    Any(Part),
}

/// How a flag and its value are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// `-p value` or `-pvalue`.
    Both,
    /// `-pvalue` only: `-p` alone prompts, or has another meaning.
    Joined,
    /// `-passin value`.
    Apart,
}

/// The secret part of a value.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Whole,
    /// The whole value, if it has no `=`.
    Token,
    /// The part after this sign, as in `USER:SECRET`.
    After(&'static str),
    /// The part between a user and a host, as in `USER/SECRET@HOST`.
    BeforeHost {
        has_host: bool,
    },
}

impl Usage {
    /// Parses the part of a rule after the program names.
    pub(super) fn parse(usage: &'static str) -> Option<Self> {
        let (words, takes) = Takes::parse(usage)?;
        let commands = words.split_whitespace().map(Command::parse).collect();
        Some(Self { commands, takes })
    }
}

impl Takes {
    /// Parses the end of a usage, and returns the words before it.
    fn parse(usage: &'static str) -> Option<(&'static str, Self)> {
        if let Some((before, value)) = usage.split_once("[ ]") {
            let (words, flag) = split_last(before);
            let part = Part::parse(value)?;
            return Some((words, Self::Flag(flag, Written::Both, part)));
        }
        let (before, value) = split_last(usage);
        if is_flag(value) {
            let (flag, value) = value.split_at(value.find("SECRET")?);
            let part = Part::parse(value)?;
            return Some((before, Self::Flag(flag, Written::Joined, part)));
        }
        let (words, last) = split_last(before);
        if value == "NAME" {
            return is_flag(last).then_some((words, Self::Name(last)));
        }
        let part = Part::parse(value)?;
        Some(match last {
            "..." => (words, Self::Any(part)),
            flag if is_flag(flag) => (words, Self::Flag(flag, Written::Apart, part)),
            _ => (before, Self::Next(part)),
        })
    }
}

fn is_flag(word: &str) -> bool {
    word.starts_with(['-', '/'])
}

fn split_last(words: &'static str) -> (&'static str, &'static str) {
    words.rsplit_once(' ').unwrap_or(("", words))
}

impl Command {
    fn parse(word: &'static str) -> Self {
        if let Some(beginning) = word.strip_suffix('*') {
            return Self::Beginning(beginning);
        }
        match word.as_bytes() {
            [b'-', letter] => Self::ShortFlag(*letter),
            [b'!', letter] => Self::NoShortFlag(*letter),
            _ => Self::Argument(word),
        }
    }
}

impl Part {
    pub(super) fn parse(value: &'static str) -> Option<Self> {
        match value {
            "SECRET" => Some(Self::Whole),
            "TOKEN" => Some(Self::Token),
            "USER/SECRET@HOST" => Some(Self::BeforeHost { has_host: true }),
            "USER/SECRET[@HOST]" => Some(Self::BeforeHost { has_host: false }),
            value => {
                let sign = value.strip_suffix("SECRET")?;
                let sign = sign.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
                let is_sign = !sign.is_empty() && !sign.contains(char::is_whitespace);
                is_sign.then_some(Self::After(sign))
            }
        }
    }

    /// Returns the place of the secret in a value, unless it is a stand-in.
    pub(super) fn of(self, value: &str) -> Option<Range<usize>> {
        let place = self.place(value)?;
        (!is_reference(&value[place.clone()])).then_some(place)
    }

    /// Returns the place of the secret in a value.
    pub(super) fn place(self, value: &str) -> Option<Range<usize>> {
        match self {
            Self::Whole => Some(0..value.len()),
            Self::Token => (!value.contains('=')).then_some(0..value.len()),
            Self::After(sign) => Some(value.find(sign)? + sign.len()..value.len()),
            Self::BeforeHost { has_host } => {
                let user = value.find(['/', '@']).filter(|user| *user > 0)?;
                let end = match value.rfind('@') {
                    // A parameter such as `file=folder/name`.
                    None if has_host || value[..user].contains('=') => return None,
                    end => end.unwrap_or(value.len()),
                };
                value[user..].starts_with('/').then_some(user + 1..end)
            }
        }
    }
}
