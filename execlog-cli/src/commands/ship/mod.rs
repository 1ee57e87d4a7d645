//! Ships the log to a target: `target` opens it, a server or a `collector`, and `counted` counts what it takes.

#[cfg(feature = "otlp")]
mod collector;
#[cfg(not(feature = "otlp"))]
#[path = "without_collector.rs"]
mod collector;
mod counted;
mod target;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::messages;
use crate::output::progress::Progress;
use crate::runs::times::parse;
use clap::Args;
use counted::Counted;
use execlog::{Field, ShipReport, Shipping, Target};
use std::collections::HashSet;
use std::ffi::OsString;
use std::thread;
use std::time::Duration;

/// How often a followed log is looked at.
const INTERVAL: Duration = Duration::from_secs(1);

/// The same while runs are refused, which are offered each time with what came behind them.
const INTERVAL_IF_REFUSED: Duration = Duration::from_secs(10);

/// Ship the log to the log of a team
///
/// Sends what has changed since the last time, in the order of the changes. It may be repeated, interrupted, and
/// run twice at the same time. A run that cannot be sent is reported, does not stop those behind it, and is tried
/// again the next time. If something stayed behind, the exit code is 3.
///
/// Secrets were removed when the runs were recorded. `--without` leaves out more.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: execlog ship --to postgresql://ci@db.example/team --time-limit 30s"
)]
pub(crate) struct ShipArguments {
    /// The log of the team, `postgresql://user@host:5432/database`, or an OpenTelemetry Collector,
    /// `http://host:4318`
    ///
    /// A collector gets the runs that have ended, as spans. It does not say what it has, so the log keeps how far
    /// it has come.
    #[arg(
        long,
        value_name = "URL",
        env = "EXECLOG_SHIP_TO",
        hide_env_values = true
    )]
    to: Option<OsString>,

    /// Leave these fields out: `args`, `error`, `paths`, `labels`, `user`, or several as `args,error`
    ///
    /// Of the arguments, the first stays: it is the command.
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', value_parser = field)]
    without: Vec<Field>,

    /// Send the whole log, not only what has changed, to a target that has lost runs
    ///
    /// A server keeps the runs that it has, and does not take back those that were removed from it. A collector
    /// gets all runs again.
    #[arg(long, conflicts_with_all = ["follow", "time_limit"])]
    all: bool,

    /// End after this time. What is not sent by then is sent the next time
    #[arg(long, value_name = "TIME", value_parser = parse::duration)]
    time_limit: Option<Duration>,

    /// Go on, and ship each change as it happens
    #[arg(short, long, conflicts_with = "time_limit")]
    follow: bool,
}

fn field(text: &str) -> Result<Field, String> {
    text.parse()
}

pub(crate) fn run(arguments: &ShipArguments, log: &LogArguments) -> Result<(), Failure> {
    let target = target::open(arguments.to.as_deref(), arguments.time_limit)?;
    let opened = log.to_ship()?;
    if opened.name == target.name() {
        return Err(Failure::Usage(format!(
            "`{}` is both the log and the target: name the log with `--db`",
            opened.name
        )));
    }
    if opened.is_on_server() {
        messages::note(&format!(
            "only the runs that were recorded in `{}` itself are shipped, and not those that other logs have \
             shipped to it",
            opened.name
        ));
    }
    let mut shipping = Shipping::new();
    for field in &arguments.without {
        shipping = shipping.without(*field);
    }
    if arguments.all {
        shipping = shipping.all();
    }
    if let Some(time) = arguments.time_limit {
        shipping = shipping.time_limit(time);
    }
    if arguments.follow {
        return follow(opened, &*target, &shipping);
    }
    let report = ship(&opened, &*target, &shipping)?;
    messages::note(&format!(
        "shipped {} to `{}`",
        messages::runs(report.sent),
        target.name()
    ));
    for left in &report.left_behind {
        messages::error(&format!("`{}` was not sent: {}", left.run, left.reason));
    }
    if report.is_cut_short {
        messages::warning("the time is over: ship again to send the rest");
    }
    if report.is_complete() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

fn ship(opened: &OpenLog, target: &dyn Target, shipping: &Shipping) -> Result<ShipReport, Failure> {
    let progress = Progress::of_runs(None);
    let report = {
        let counted = Counted::new(target, &progress);
        opened.log.maintenance().ship(&counted, shipping)
    };
    progress.end();
    Ok(report?)
}

/// Ships until a signal ends the program. A target that fails is tried again, and each problem is reported once.
fn follow(mut opened: OpenLog, target: &dyn Target, shipping: &Shipping) -> Result<(), Failure> {
    let mut reported = HashSet::new();
    loop {
        let mut interval = INTERVAL;
        let problems = match opened.log.maintenance().ship(target, shipping) {
            Ok(report) => {
                if report.sent > 0 {
                    messages::note(&format!("shipped {}", messages::runs(report.sent)));
                    reported.clear();
                }
                let left = report.left_behind.into_iter();
                if left.len() > 0 {
                    interval = INTERVAL_IF_REFUSED;
                }
                left.map(|left| format!("`{}` was not sent: {}", left.run, left.reason))
                    .collect()
            }
            Err(error) => vec![error.to_string()],
        };
        for problem in problems {
            if reported.insert(problem.clone()) {
                messages::error(&problem);
            }
        }
        thread::sleep(interval);
        opened.refresh()?;
    }
}
