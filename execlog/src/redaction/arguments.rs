//! Secrets in a list of arguments, where one may say what the next one is.

use super::name;
use super::program::{Part, Program};
use std::ops::Range;

/// The places of secrets in each argument that only the arguments around it tell.
pub(super) fn find<'a>(
    arguments: &[&'a str],
    is_secret: impl Fn(&str) -> bool,
) -> Vec<Vec<Range<usize>>> {
    let mut program = Program::default();
    let mut expected: Option<Part> = None;
    let mut previous = "";
    let place_in = |argument: &'a str| {
        let mut places = Vec::new();
        let is_flag = argument.starts_with('-') && !argument.contains(char::is_whitespace);
        let announced = expected.take();
        if let Some(part) = announced.filter(|_| !is_flag || is_value(argument)) {
            places.extend(part.of(argument));
        } else if let Some((flag, value)) = flag_with_value(argument) {
            if is_secret(flag) && !name::is_reference(value) {
                places.push(flag.len() + 1..argument.len());
            }
        } else if let Some(place) = program.joined(argument) {
            places.push(place);
        } else if let Some(part) = program.apart(argument) {
            expected = Some(part);
        } else if (is_flag || previous == "set") && is_secret(argument) {
            expected = Some(Part::Whole);
        } else if program.takes_as_password(argument) && !name::is_reference(argument) {
            places.push(0..argument.len());
        }
        if !is_flag && announced.is_none() {
            program.see(argument);
        }
        previous = argument;
        places
    };
    arguments.iter().copied().map(place_in).collect()
}

/// `--flag=value`, apart.
fn flag_with_value(argument: &str) -> Option<(&str, &str)> {
    let (flag, value) = argument.split_once('=')?;
    let is_flag = flag.starts_with('-') && !flag.contains(char::is_whitespace);
    is_flag.then_some((flag, value))
}

/// Whether what starts like a flag is more likely a value: it has what no flag has.
fn is_value(argument: &str) -> bool {
    let is_of_flag =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '=');
    !argument.chars().all(is_of_flag)
}
