//! The program in a command line, and the secrets in its arguments.

use super::rules::RULES;
use super::usage::{Command, Part, Takes, Usage, Written};
use std::ops::Range;

/// The number of arguments to remember. More say nothing about the program.
const MAX_COMMANDS: usize = 16;

/// The program named last, and its arguments so far.
#[derive(Default)]
pub(super) struct Program<'a> {
    usages: &'static [usize],
    /// The arguments that are not flags.
    commands: Vec<&'a str>,
    /// The bytes of the short flags, one bit each.
    short_flags: u128,
}

impl<'a> Program<'a> {
    /// Records an argument, which may be the name of a program or one of its commands.
    pub(super) fn see(&mut self, argument: &'a str) {
        let name = argument.rsplit(['/', '\\']).next().unwrap_or(argument);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        if let Some(usages) = RULES.usages_of.get(name) {
            *self = Self {
                usages,
                ..Self::default()
            };
        } else if let Some(flags) = argument.strip_prefix('-') {
            let bits = flags.bytes().filter(u8::is_ascii).map(|byte| 1 << byte);
            self.short_flags = bits.fold(self.short_flags, |flags, bit: u128| flags | bit);
        } else if self.commands.len() < MAX_COMMANDS {
            self.commands.push(argument);
        }
    }

    /// Finds the secret in an argument that joins a flag and its value.
    pub(super) fn joined(&self, argument: &str) -> Option<Range<usize>> {
        self.flags().find_map(|(name, written, part)| {
            let rest = argument.strip_prefix(name)?;
            let value = match rest.strip_prefix('=') {
                Some(value) => value,
                None if written == Written::Apart => return None,
                None => rest,
            };
            let place = part.of(value)?;
            let start = argument.len() - value.len();
            Some(start + place.start..start + place.end)
        })
    }

    /// Returns the secret part of the next argument, if this argument is a flag that takes a
    /// secret.
    pub(super) fn apart(&self, argument: &str) -> Option<Part> {
        let mut flags = self.flags();
        let flag =
            flags.find(|(name, written, _)| *name == argument && *written != Written::Joined);
        flag.map(|(_, _, part)| part)
    }

    /// Finds the secret in an argument that is not a flag. `follows_flag` if it may be a flag's
    /// value.
    pub(super) fn positional(&self, argument: &str, follows_flag: bool) -> Option<Range<usize>> {
        self.usages().find_map(|usage| match usage.takes {
            Takes::Any(part) => part.of(argument),
            Takes::Next(Part::Whole | Part::Token) if follows_flag => None,
            Takes::Next(part) if self.is_behind(&usage.commands) => part.of(argument),
            Takes::Next(_) | Takes::Flag(..) | Takes::Name(_) => None,
        })
    }

    /// Whether the value of this flag is only the name of a secret.
    pub(super) fn names_secret(&self, flag: &str) -> bool {
        let names = |usage: &Usage| matches!(usage.takes, Takes::Name(known) if known == flag);
        self.usages().any(names)
    }

    fn usages(&self) -> impl Iterator<Item = &'static Usage> {
        let usages = self.usages.iter();
        usages.filter_map(|usage| RULES.usages[*usage].get())
    }

    fn flags(&self) -> impl Iterator<Item = (&'static str, Written, Part)> {
        self.usages().filter_map(|usage| match usage.takes {
            Takes::Flag(name, written, part) => {
                let mut commands = usage.commands.iter();
                let is_meant = commands.all(|command| self.has(command));
                is_meant.then_some((name, written, part))
            }
            _ => None,
        })
    }

    /// Whether this condition holds: the argument or flag was given, or was not given.
    fn has(&self, command: &Command) -> bool {
        match *command {
            Command::Argument(name) => self.commands.contains(&name),
            Command::Beginning(start) => self.commands.iter().any(|given| given.starts_with(start)),
            Command::ShortFlag(letter) => self.short_flags >> letter & 1 == 1,
            Command::NoShortFlag(letter) => self.short_flags >> letter & 1 == 0,
        }
    }

    /// Whether exactly these arguments were given.
    fn is_behind(&self, commands: &[Command]) -> bool {
        let mut given = self.commands.iter();
        let fits = |command: &Command| match *command {
            Command::Argument(name) => given.next() == Some(&name),
            Command::Beginning(start) => given.next().is_some_and(|given| given.starts_with(start)),
            Command::ShortFlag(_) | Command::NoShortFlag(_) => self.has(command),
        };
        commands.iter().all(fits) && given.next().is_none()
    }
}
