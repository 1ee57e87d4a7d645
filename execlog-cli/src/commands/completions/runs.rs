//! Answers the scripts that complete ids.

use crate::logs::arguments::LogArguments;
use crate::output::printable::printable;
use crate::runs::fields::Field;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, FromArgMatches};
use std::ffi::OsString;
use std::io::{self, Write};

/// The variable that the scripts set. The arguments are then the words of the command line, the last one
/// being completed.
pub(crate) const ASKED: &str = "EXECLOG_COMPLETE";

/// How many ids are offered.
const OFFERED: usize = 100;

/// Writes the ids of the newest runs, if the last word is the run of `show`. Writes nothing else, and never
/// fails: a message would disturb the command line.
pub(crate) fn answer(command: Command, words: impl Iterator<Item = OsString>) {
    let words: Vec<_> = words.collect();
    let matches = command.ignore_errors(true).try_get_matches_from(&words);
    let (Some(last), Ok(matches)) = (words.last(), matches) else {
        return;
    };
    if is_run_of_show(last, &matches)
        && let Ok(log) = LogArguments::from_arg_matches(&matches)
        && let Some(opened) = log.to_complete()
    {
        let mut output = io::stdout().lock();
        let runs = opened.log.runs().limit(OFFERED).into_iter();
        let runs: Vec<_> = runs.flatten().collect();
        for run in opened.listed_together(&runs) {
            let id = run.value(Field::short_id).for_programs();
            let _ = writeln!(output, "{}", printable(&id));
        }
    }
}

fn is_run_of_show(last: &OsString, matches: &ArgMatches) -> bool {
    let Some(("show", show)) = matches.subcommand() else {
        return false;
    };
    let is_given = show.value_source("run") == Some(ValueSource::CommandLine);
    let run = show.get_one::<String>("run");
    is_given && run.is_some_and(|run| last.to_str() == Some(run))
}
