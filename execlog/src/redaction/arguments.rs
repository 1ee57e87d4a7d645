//! Secrets in a list of arguments, where a flag may announce a value in the next argument.

use super::name::Names;
use super::program::Program;
use super::reference::is_reference;
use super::usage::Part;
use super::words::words;
use std::ops::Range;

/// The secrets found in one argument by means of the arguments before it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) secrets: Vec<Range<usize>>,
    /// The starts of values that are only names of secrets, as in `gcloud --secret=db`.
    pub(super) secret_names: Vec<usize>,
}

/// Finds the secrets of each argument by means of the arguments before it.
pub(super) fn find<'a>(
    arguments: impl Iterator<Item = &'a str>,
    names: &Names,
) -> impl Iterator<Item = Found> {
    let mut program = Program::default();
    // A flag whose value is the next argument, and the secret part of that value.
    let mut expected: Option<(&str, Part)> = None;
    let mut previous = "";
    arguments.map(move |argument| {
        let mut found = Found::default();
        let is_flag = argument.starts_with('-') && !argument.contains(char::is_whitespace);
        let follows_flag = previous.starts_with('-') && !is_random(argument);
        let announced = expected.take();
        let value = announced.filter(|_| !is_flag || is_value(argument));
        if let Some((flag, part)) = value {
            let place = part
                .of(argument)
                .filter(|_| !names.is_count(flag, argument));
            found.secrets.extend(place);
        } else if let Some((flag, value)) =
            flag_with_value(argument).filter(|(flag, _)| names.has(flag))
        {
            let start = flag.len() + 1;
            if program.names_secret(flag) {
                found.secret_names.push(start);
            } else if !is_reference(value) && !names.is_count(flag, value) {
                found.secrets.push(start..argument.len());
            }
        } else if let Some(place) = program.joined(argument) {
            found.secrets.push(place);
        } else if let Some(part) = program.apart(argument) {
            expected = Some((argument, part));
        } else if (is_flag || previous == "set")
            && argument.chars().all(is_of_flag)
            && names.has(argument)
            && !program.names_secret(argument)
        {
            expected = Some((argument, Part::Whole));
        } else if let Some(place) = program
            .positional(argument, follows_flag)
            .filter(|_| !is_flag)
        {
            found.secrets.push(place);
        } else if previous == "-c" {
            found = find_in_words(argument, names);
        }
        if announced.is_none() {
            program.see(argument);
        }
        previous = argument;
        found
    })
}

/// Finds secrets in the words of a text that may quote a command line.
pub(super) fn find_in_words(text: &str, names: &Names) -> Found {
    let mut found = Found::default();
    let found_in_words = find(words(text).map(|(_, word)| word), names);
    for ((start, _), in_word) in words(text).zip(found_in_words) {
        let secrets = in_word.secrets.into_iter();
        let secrets = secrets.map(|place| start + place.start..start + place.end);
        found.secrets.extend(secrets);
        let secret_names = in_word.secret_names.iter();
        found
            .secret_names
            .extend(secret_names.map(|name| start + name));
    }
    found
}

fn is_of_flag(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | ':' | '/')
}

/// Splits `--flag=value` or `/flag:value`.
fn flag_with_value(argument: &str) -> Option<(&str, &str)> {
    if let Some((flag, value)) = argument
        .strip_prefix('/')
        .and_then(|flag| flag.split_once(':'))
    {
        let is_flag = flag
            .chars()
            .all(|character| character.is_ascii_alphabetic());
        return is_flag.then_some((&argument[..=flag.len()], value));
    }
    let (flag, value) = argument.split_once('=')?;
    let is_flag = flag.starts_with('-') && flag.chars().all(is_of_flag);
    is_flag.then_some((flag, value))
}

/// Whether an argument that starts like a flag is more likely a value: it has characters that flags
/// do not have, or is long and random.
fn is_value(argument: &str) -> bool {
    let is_of_flag =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '=');
    !argument.chars().all(is_of_flag) || !argument.starts_with("--") && is_random(argument)
}

fn is_random(text: &str) -> bool {
    text.len() >= 16 && text.contains(|character: char| character.is_ascii_digit())
}
