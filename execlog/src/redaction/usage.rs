//! How programs are given secrets, as the rules write it: `curl -u USER:SECRET`.

use super::reference::is_reference;
use std::ops::Range;

/// One way to give a secret, or the name of one, to a program.
pub(super) struct Usage {
    pub(super) commands: Vec<Command>,
    pub(super) takes: Takes,
}

/// What has to be given before the secret.
#[derive(Clone, Copy)]
pub(super) enum Command {
    /// This argument.
    Argument(&'static str),
    /// An argument that begins with this: `http-basic.*`, or any: `*`.
    Beginning(&'static str),
    /// A short flag, alone or with others: `-b` in `-nb`.
    ShortFlag(u8),
    /// That a short flag was not given: `!n`.
    NoShortFlag(u8),
}

/// Where the secret is.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// In the value of a flag.
    Flag(&'static str, Written, Part),
    /// Nowhere: the value of this flag is the name of a secret.
    Name(&'static str),
    /// In the argument behind the commands.
    Next(Part),
    /// In any argument.
    Any(Part),
}

/// How a flag is written with its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// `-p value`, and `-pvalue`.
    Both,
    /// `-pvalue`: alone it asks, or is something else.
    Joined,
    /// `-passin value`.
    Apart,
}

/// Which part of a value is the secret.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Whole,
    /// The whole, if it has no `=`.
    Token,
    /// What stands behind this sign, as in `USER:SECRET`.
    After(&'static str),
    /// What stands between a user and a host, as in `USER/SECRET@HOST`.
    BeforeHost {
        has_host: bool,
    },
}

impl Usage {
    /// Parses what a rule says behind the names of the programs.
    pub(super) fn parse(usage: &'static str) -> Option<Self> {
        let (words, takes) = Takes::parse(usage)?;
        let commands = words.split_whitespace().map(Command::parse).collect();
        Some(Self { commands, takes })
    }
}

impl Takes {
    /// Parses the end of a usage, and gives the words before it.
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

    /// The place of the secret in a value, if it is not a stand-in for one.
    pub(super) fn of(self, value: &str) -> Option<Range<usize>> {
        let place = self.place(value)?;
        (!is_reference(&value[place.clone()])).then_some(place)
    }

    /// The place of the secret in a value.
    pub(super) fn place(self, value: &str) -> Option<Range<usize>> {
        match self {
            Self::Whole => Some(0..value.len()),
            Self::Token => (!value.contains('=')).then_some(0..value.len()),
            Self::After(sign) => Some(value.find(sign)? + sign.len()..value.len()),
            Self::BeforeHost { has_host } => {
                let user = value.find(['/', '@']).filter(|user| *user > 0)?;
                let end = match value.rfind('@') {
                    // A parameter, as `file=folder/name`.
                    None if has_host || value[..user].contains('=') => return None,
                    end => end.unwrap_or(value.len()),
                };
                value[user..].starts_with('/').then_some(user + 1..end)
            }
        }
    }
}
