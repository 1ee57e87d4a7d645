//! Secrets in a list of arguments, where one may say what the next one is.

use super::name;
use super::program::{Part, Program};
use std::ops::Range;

/// The places of secrets in each argument that only the arguments around it tell.
pub(super) fn find<'a>(
    arguments: &[&'a str],
    is_secret: &dyn Fn(&str) -> bool,
) -> Vec<Vec<Range<usize>>> {
    let holds_secret =
        |name: &str, program: &Program| is_secret(name) && !program.has_name_of_secret(name);
    let mut program = Program::default();
    let mut expected: Option<Part> = None;
    let mut previous = "";
    let place_in = |argument: &'a str| {
        let mut places = Vec::new();
        let is_flag = argument.starts_with('-') && !argument.contains(char::is_whitespace);
        let announced = expected.take();
        if let Some(part) = announced.filter(|_| !is_flag || is_value(argument)) {
            places.extend(part.of(argument));
        } else if let Some((flag, value)) =
            flag_with_value(argument).filter(|(flag, _)| holds_secret(flag, &program))
        {
            if !name::is_reference(value) {
                places.push(flag.len() + 1..argument.len());
            }
        } else if let Some(place) = program.joined(argument) {
            places.push(place);
        } else if let Some(part) = program.apart(argument) {
            expected = Some(part);
        } else if (is_flag || previous == "set")
            && argument.chars().all(is_of_flag)
            && holds_secret(argument, &program)
        {
            expected = Some(Part::Whole);
        } else if !is_flag
            && program.takes_as_password(argument)
            && (!previous.starts_with('-') || is_random(argument))
            && !name::is_reference(argument)
        {
            places.push(0..argument.len());
        } else if previous == "-c" {
            places = find_in_words(argument, is_secret);
        }
        if announced.is_none() {
            program.see(argument);
        }
        previous = argument;
        places
    };
    arguments.iter().copied().map(place_in).collect()
}

/// The places of secrets in a command line that is one text.
pub(super) fn find_in_words(text: &str, is_secret: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let words = text.split_whitespace();
    let words = words.map(|word| word.trim_matches(['"', '\'', '`']));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let places = find(&words, is_secret);
    let mut end = 0;
    let mut found = Vec::new();
    for (word, places) in words.iter().zip(places) {
        let start = end + text[end..].find(word).unwrap_or_default();
        end = start + word.len();
        let in_text = |place: Range<usize>| start + place.start..start + place.end;
        found.extend(places.into_iter().map(in_text));
    }
    found
}

fn is_of_flag(character: char) -> bool {
    character.is_alphanumeric() || "-_.:/".contains(character)
}

/// `--flag=value` or `/flag:value`, apart.
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

/// Whether what starts like a flag is more likely a value: it has what no flag has, or is long and
/// random.
fn is_value(argument: &str) -> bool {
    let is_of_flag =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '=');
    !argument.chars().all(is_of_flag) || !argument.starts_with("--") && is_random(argument)
}

fn is_random(text: &str) -> bool {
    text.len() >= 16 && text.contains(|character: char| character.is_ascii_digit())
}
