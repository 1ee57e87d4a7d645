//! The options that choose a log, and how each command opens it.

use super::location::{Location, is_like_url};
use super::opening::{OpenLog, had_log, read, refuse_if_damaged, refuse_if_in_use};
use super::{finding, private};
use crate::failure::Failure;
use crate::output::messages;
use clap::Args;
use execlog::{ExecutionLog, FileKind};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The options that choose a log.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which log")]
pub(crate) struct LogArguments {
    /// The log: a SQLite database, a native graph, or the URL of a server
    ///
    /// The log of a team is on a server: `postgresql://user@host:5432/database`. Leave its password out, because
    /// others can see it in the list of processes: it is read from `PGPASSWORD` or `~/.pgpass`.
    ///
    /// The log is chosen by `--db`, then `EXECLOG_DB` (an environment variable). If neither names one:
    ///
    /// `record` writes to your own log.
    ///
    /// A command that reads takes the log in the nearest folder that has one, from the current folder
    /// upwards, and says which. If the folder has several, name one. If no folder has one, it takes your
    /// own log.
    ///
    /// A command that changes a log, such as `prune`, takes your own log if no folder has one. Otherwise
    /// it fails: name the log.
    ///
    /// A native graph is copied to the temporary folder and read there. A graph with more than 4 GiB of
    /// data is not copied, unless `EXECLOG_COPY_LIMIT` sets another limit, as `16G`.
    ///
    /// `list` and `stats` read several logs if the option is given several times.
    #[arg(long, global = true, value_name = "LOG", value_hint = clap::ValueHint::FilePath)]
    db: Vec<OsString>,

    /// Use the log in the graph, if a SQLite file has both a graph and a table `execution_log`
    #[arg(long, global = true)]
    in_graph: bool,
}

impl LogArguments {
    /// Fails if a log in a graph is asked for, and a server is named.
    pub(crate) fn check_graph(&self) -> Result<(), Failure> {
        if self.in_graph && self.named().iter().any(|named| is_like_url(named)) {
            return Err(Failure::Usage(
                "a server has no log in a graph: leave out `--in-graph`".to_owned(),
            ));
        }
        Ok(())
    }

    /// Fails if several logs are named.
    pub(crate) fn check_is_one(&self) -> Result<(), Failure> {
        if self.db.len() > 1 {
            return Err(Failure::Usage(
                "only `list` and `stats` read several logs: give `--db` once".to_owned(),
            ));
        }
        Ok(())
    }

    /// The options for each of the logs, at least one.
    fn each(&self) -> Vec<Self> {
        if self.db.len() < 2 {
            return vec![self.clone()];
        }
        let logs = self.db.iter().map(|log| Self {
            db: vec![log.clone()],
            in_graph: self.in_graph,
        });
        logs.collect()
    }

    /// Opens each of the logs to read it.
    pub(crate) fn all_to_read(&self) -> Result<Vec<OpenLog>, Failure> {
        self.each().iter().map(Self::to_read).collect()
    }

    /// Opens the log to read it. Warns if the log has lost runs, has none, or is one of two in its file.
    /// The file is not changed. A native graph is copied, not opened.
    pub(crate) fn to_read(&self) -> Result<OpenLog, Failure> {
        let opened = self.to_examine()?;
        if let Some(loss) = opened.loss()? {
            let log = &opened.name;
            messages::warning(&format!(
                "`{log}` does not have all its runs: {loss}; run `execlog verify` for details"
            ));
        }
        opened.note_another()?;
        if !opened.log.maintenance().exists()? {
            messages::note(&format!("No runs are recorded in `{}` yet", opened.name));
        }
        Ok(opened)
    }

    /// Opens the log to read it, even if it is damaged, and without warnings.
    pub(crate) fn to_examine(&self) -> Result<OpenLog, Failure> {
        let location = self.existing()?;
        if !self.is_named() {
            messages::note(&format!("reading `{location}`"));
        }
        self.chosen(read(location)?)
    }

    /// Opens the log to complete ids, without messages. `None` if that would take a copy, or fails.
    pub(crate) fn to_complete(&self) -> Option<OpenLog> {
        // Nobody waits longer for a server after pressing a key.
        const TIMEOUT: Duration = Duration::from_secs(1);
        let location = self.existing().ok()?;
        if let Location::File(file) = &location
            && !FileKind::of(file).ok()?.is_shared()
        {
            return None;
        }
        let opened = self.chosen(read(location).ok()?).ok()?;
        Some(opened.with_busy_timeout(TIMEOUT))
    }

    /// The file, if it exists and has had a log.
    pub(crate) fn file_with_log(&self) -> Option<PathBuf> {
        match self.existing().ok()? {
            Location::File(file) if had_log(&file) => Some(file),
            Location::File(_) | Location::Server(_) => None,
        }
    }

    /// Opens the log to ship it: a native graph as a copy, which another program may have open.
    pub(crate) fn to_ship(&self) -> Result<OpenLog, Failure> {
        let location = self.existing()?;
        if !self.is_named() {
            messages::note(&format!("shipping `{location}`"));
        }
        match &location {
            Location::File(file) if !FileKind::of(file)?.is_shared() => {
                self.chosen(read(location)?)
            }
            Location::File(_) | Location::Server(_) => self.change_damaged(location),
        }
    }

    /// Opens the log to change it. Fails if a native graph is in use or damaged.
    pub(crate) fn to_change(&self) -> Result<OpenLog, Failure> {
        self.change(self.existing_to_change()?)
    }

    /// Opens the log to change it, even if it has lost runs.
    pub(crate) fn to_change_damaged(&self) -> Result<OpenLog, Failure> {
        self.change_damaged(self.existing_to_change()?)
    }

    /// Opens the log that [`location_to_change`](Self::location_to_change) chose. Creates its file if it is
    /// missing.
    pub(crate) fn to_change_or_create(
        &self,
        location: &Location,
        kind: Option<FileKind>,
    ) -> Result<OpenLog, Failure> {
        let file = match location {
            Location::File(file) => file,
            Location::Server(_) if kind.is_some() => {
                return Err(Failure::failed(format!(
                    "`{location}` is a server: leave out `--create`"
                )));
            }
            Location::Server(_) => return read(location.clone()),
        };
        if !file.exists() {
            if finding::is_own(file)
                && let Some(folder) = file.parent()
            {
                private::create_folder(folder)?;
            }
            let kind = kind.unwrap_or(FileKind::Sqlite);
            if !kind.is_shared() {
                private::restrict_new_files(file);
            }
            let log = kind.create_log(file)?;
            return Ok(OpenLog::in_place(log, location.clone()));
        }
        if let Some(kind) = kind
            && FileKind::of(file)? != kind
        {
            let path = file.display();
            return Err(Failure::failed(format!(
                "`{path}` exists and is of another kind: choose another name, or leave out `--create`"
            )));
        }
        let opened = self.change(location.clone())?;
        if opened.log.maintenance().is_in_graph()? {
            refuse_if_in_use(&opened)?;
        }
        Ok(opened)
    }

    fn change(&self, location: Location) -> Result<OpenLog, Failure> {
        if let Location::File(file) = &location
            && !FileKind::of(file)?.is_shared()
        {
            let opened = read(location.clone())?;
            refuse_if_in_use(&opened)?;
            refuse_if_damaged(&opened)?;
        }
        self.change_damaged(location)
    }

    fn change_damaged(&self, location: Location) -> Result<OpenLog, Failure> {
        let file = match &location {
            Location::File(file) => file,
            Location::Server(_) => return read(location),
        };
        if !FileKind::of(file)?.is_shared() {
            private::restrict_new_files(file);
        }
        let log = ExecutionLog::open(file)?;
        let opened = self.chosen(OpenLog::in_place(log, location))?;
        opened.note_another()?;
        Ok(opened)
    }

    /// The log that the options choose of those in its file.
    fn chosen(&self, opened: OpenLog) -> Result<OpenLog, Failure> {
        if !self.in_graph {
            return Ok(opened);
        }
        if matches!(opened.log.maintenance().has_log_in_graph(), Ok(false)) {
            return Err(Failure::failed(format!(
                "`{}` has no log in a graph: leave out `--in-graph`",
                opened.name
            )));
        }
        Ok(opened.in_graph())
    }

    /// The log to read. Its file may not exist.
    fn location(&self) -> Result<Location, Failure> {
        if let Some(named) = self.named().first() {
            return Location::of(named);
        }
        Ok(Location::File(finding::to_read()?))
    }

    /// The log to change: one that is named, or the user's own log if no folder has a log. Its file exists,
    /// unless it is named.
    pub(crate) fn location_to_change(&self) -> Result<Location, Failure> {
        if let Some(named) = self.named().first() {
            return Location::of(named);
        }
        Ok(Location::File(finding::to_change()?))
    }

    /// The log to record in: one that is named, or the user's own log.
    pub(crate) fn location_to_record(&self) -> Result<Location, Failure> {
        match self.named().first() {
            Some(named) => Location::of(named),
            None => Ok(Location::File(finding::own()?)),
        }
    }

    pub(crate) fn is_named(&self) -> bool {
        !self.named().is_empty()
    }

    /// The logs that `--db` or `EXECLOG_DB` names.
    fn named(&self) -> Vec<OsString> {
        if !self.db.is_empty() {
            return self.db.clone();
        }
        let in_environment = std::env::var_os("EXECLOG_DB");
        let named = in_environment.filter(|named| !named.is_empty());
        named.into_iter().collect()
    }

    fn existing(&self) -> Result<Location, Failure> {
        match self.location()? {
            Location::File(file) if !file.exists() => Err(if self.is_named() {
                missing(&file)
            } else {
                Failure::failed(format!(
                    "no log was found in this folder, in a folder above, or in `{}`: name one with \
                     `--db` or `EXECLOG_DB`, or begin your own with `execlog record`",
                    file.display()
                ))
            }),
            location => Ok(location),
        }
    }

    fn existing_to_change(&self) -> Result<Location, Failure> {
        match self.location_to_change()? {
            Location::File(file) if !file.exists() => Err(missing(&file)),
            location => Ok(location),
        }
    }
}

fn missing(file: &Path) -> Failure {
    Failure::failed(format!(
        "`{}` does not exist: name the file with the log",
        file.display()
    ))
}
