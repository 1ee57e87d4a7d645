//! Redaction takes time in proportion to its input, whatever that is.
//!
//! With optimisations, as `cargo test --release -p execlog-tests --test costs` builds it, 1 MiB takes less
//! than 0.2 seconds.

use execlog::Redaction;
use execlog_tests::property;
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;

const SMALLEST: usize = 16 << 10;
const LARGEST: usize = 1 << 20;

/// How many times larger an input is than the one that it is compared with.
const TIMES: usize = 8;

/// How many times longer it may take. A loop within a loop takes `TIMES * TIMES`.
const MOST: u32 = 16;

/// What the largest input may take with optimisations.
const LONGEST: Duration = Duration::from_millis(200);

/// A busy machine may spoil all but one.
const TRIES: usize = 5;

/// How a text is handed in.
#[derive(Debug, Clone, Copy)]
enum Form {
    Message,
    Argument,
    Shell,
    Arguments,
}

/// Begins with one piece, over and over, and ends with the other.
#[derive(Debug, Clone)]
struct Input {
    form: Form,
    head: String,
    tail: String,
}

impl Input {
    fn new(form: Form, head: &str, tail: &str) -> Self {
        let (head, tail) = (head.to_owned(), tail.to_owned());
        Self { form, head, tail }
    }

    fn of_size(&self, size: usize) -> Vec<String> {
        let fill = |piece: &str, size: usize| piece.repeat(size / piece.len().max(1));
        let text = match self.tail.as_str() {
            "" => fill(&self.head, size),
            tail => fill(&self.head, size / 2) + &fill(tail, size / 2),
        };
        match self.form {
            Form::Message | Form::Argument => vec![text],
            Form::Shell => vec!["sh".to_owned(), "-c".to_owned(), text],
            Form::Arguments => text.split(' ').map(str::to_owned).collect(),
        }
    }

    /// The least time of several tries, on the processor: others may keep that busy.
    fn time(&self, size: usize, tries: usize) -> Duration {
        let input = self.of_size(size);
        let redaction = Redaction::new();
        let tries = (0..tries).map(|_| {
            let began = time_on_processor();
            match self.form {
                Form::Message => drop(black_box(redaction.text(&input[0]))),
                _ => drop(black_box(redaction.arguments(&input))),
            }
            time_on_processor().saturating_sub(began)
        });
        tries.min().unwrap_or_default()
    }

    /// Compares ever larger inputs, so that a loop within a loop is found before it takes long.
    fn check(&self) -> Result<(), String> {
        let mut size = SMALLEST;
        while size <= LARGEST {
            let (mut small, mut large) = (Duration::MAX, Duration::MAX);
            let is_linear = (0..TRIES).any(|_| {
                small = small.min(self.time(size / TIMES, 3));
                large = large.min(self.time(size, 1));
                large <= small * MOST && (cfg!(debug_assertions) || large <= LONGEST)
            });
            if !is_linear {
                return Err(format!(
                    "{size} bytes take {large:?}, and {TIMES} times fewer {small:?}: {self:?}"
                ));
            }
            size *= TIMES;
        }
        Ok(())
    }
}

fn time_on_processor() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("a time since the start")
}

fn check_all(form: Form, inputs: &[(&str, &str)]) {
    let inputs = inputs
        .iter()
        .map(|(head, tail)| Input::new(form, head, tail));
    let slow: Vec<String> = inputs.filter_map(|input| input.check().err()).collect();
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn values_that_go_on_over_each_other_are_read_once() {
    check_all(
        Form::Argument,
        &[
            ("--password=$(", ""),
            ("token=<;", ""),
            ("token=$(", ")"),
            ("-", " token=;"),
            ("\\\"token\\\":\\\"$(", ""),
            ("cookie:", ""),
            ("cookie:<", ""),
            ("cookie:$(", " "),
            ("x-token:[redacted", "`"),
            ("https://hooks.slack.com/services/", ""),
            ("://a:$(", "@"),
            ("jdbc:oracle:thin:", "/a@"),
        ],
    );
}

#[test]
fn tokens_that_nearly_are_some_are_read_once() {
    check_all(
        Form::Argument,
        &[
            ("A3-", ""),
            ("-pat", ""),
            ("-_mmk", ""),
            ("-eyJaaaaaaaaaa.", ""),
        ],
    );
}

#[test]
fn many_small_arguments_take_as_long_as_a_large_one() {
    check_all(
        Form::Arguments,
        &[
            ("htpasswd -a b ", "-a b "),
            ("curl -u a:b ", ""),
            ("docker --secret=a ", ""),
        ],
    );
    check_all(
        Form::Shell,
        &[
            ("docker --secret=a ", ""),
            ("machine a login b password $( ", "-c "),
        ],
    );
}

/// Pieces of the rules, and signs that stand between them.
fn pieces() -> Vec<&'static str> {
    const RULES: &str = include_str!("../../../execlog/src/redaction/rules.txt");
    const SIGNS: [&str; 24] = [
        "=", ":", "://", "/", "@", "?", "&", ";", ",", "\"", "\\\"", "'", "`", "\\n", "\n", " ",
        "-", "$(", "<", ")", "{", "0", "a", "ä",
    ];
    let rules = RULES.lines().filter(|line| !line.starts_with('#'));
    let words = rules.flat_map(|rule| rule.split([' ', ',', '[', ']']).skip(1));
    let words = words.filter(|word| !word.is_empty());
    // As many signs as words.
    let signs = SIGNS.iter().copied().cycle();
    words
        .zip(signs)
        .flat_map(|(word, sign)| [word, sign])
        .collect()
}

#[test]
fn whatever_is_made_of_the_rules_is_read_once() {
    const FORMS: [Form; 4] = [Form::Message, Form::Argument, Form::Shell, Form::Arguments];
    let text = prop::collection::vec(prop::sample::select(pieces()), 1..6);
    let text = text.prop_map(|pieces| pieces.concat());
    let inputs = (prop::sample::select(&FORMS[..]), text.clone(), text);
    property::check(6, inputs, |(form, head, tail)| {
        Input::new(form, &head, &tail)
            .check()
            .map_err(TestCaseError::fail)
    });
}
