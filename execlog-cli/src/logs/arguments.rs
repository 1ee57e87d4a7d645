//! The options that choose a log, and how each command opens it.

use super::opening::{OpenLog, had_log, is_shared, read, refuse_if_damaged, refuse_if_in_use};
use super::{finding, private};
use crate::failure::Failure;
use crate::output::messages;
use crate::runs::times;
use clap::Args;
use execlog::{ExecutionLog, FileKind};
use std::path::{Path, PathBuf};

/// The options that choose a log.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which log")]
pub(crate) struct LogArguments {
    /// The file with the log: a SQLite database or a native graph
    ///
    /// The log is chosen by `--db`, then `EXECLOG_DB` (an environment variable), then the nearest folder that
    /// has a log, from the current folder upwards: its newest log is used. If no folder has a log, your own
    /// log is used.
    ///
    /// A native graph is copied to the temporary folder and read there. A graph with more than 4 GiB of
    /// data is not copied, unless `EXECLOG_COPY_LIMIT` sets another limit, as `16G`.
    #[arg(long, global = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    db: Option<PathBuf>,

    /// Use the log in the graph, if a SQLite file has both a graph and a table `execution_log`
    #[arg(long, global = true)]
    in_graph: bool,
}

impl LogArguments {
    /// Opens the log to read it. Warns if the log has lost runs, has none, or is one of two in its file.
    /// The file is not changed. A native graph is copied, not opened.
    pub(crate) fn to_read(&self) -> Result<OpenLog, Failure> {
        let opened = self.to_examine()?;
        if let Some(loss) = opened.loss()? {
            let file = opened.file.display();
            messages::note(&format!(
                "warning: `{file}` does not have all its runs: {loss}; run `execlog verify` for details"
            ));
        }
        opened.note_another()?;
        if !opened.log.maintenance().exists()? {
            messages::note(&format!(
                "No runs are recorded in `{}` yet",
                opened.file.display()
            ));
        }
        Ok(opened)
    }

    /// Opens the log to read it, even if it is damaged, and without warnings.
    pub(crate) fn to_examine(&self) -> Result<OpenLog, Failure> {
        self.chosen(read(&self.existing()?)?)
    }

    /// The file, if it exists and has had a log.
    pub(crate) fn file_with_log(&self) -> Option<PathBuf> {
        self.existing().ok().filter(|file| had_log(file))
    }

    /// Opens the log to change it. Fails if a native graph is in use or damaged.
    pub(crate) fn to_change(&self) -> Result<OpenLog, Failure> {
        let file = self.existing()?;
        if !FileKind::of(&file)?.is_shared() {
            let opened = read(&file)?;
            refuse_if_in_use(&opened)?;
            refuse_if_damaged(&opened)?;
        }
        self.to_change_damaged()
    }

    /// Opens the log to change it, even if it has lost runs.
    pub(crate) fn to_change_damaged(&self) -> Result<OpenLog, Failure> {
        let file = self.existing()?;
        if !FileKind::of(&file)?.is_shared() {
            private::restrict_new_files(&file);
        }
        let log = ExecutionLog::open(&file)?;
        let opened = self.chosen(OpenLog::in_place(times::with_clock(log), file))?;
        opened.note_another()?;
        Ok(opened)
    }

    /// Opens the log to change it. Creates it if its file is missing.
    pub(crate) fn to_change_or_create(&self, kind: Option<FileKind>) -> Result<OpenLog, Failure> {
        let file = self.file()?;
        if !file.exists() {
            if self.named().is_none()
                && let Some(folder) = file.parent()
            {
                private::create_folder(folder)?;
            }
            let kind = kind.unwrap_or(FileKind::Sqlite);
            if !kind.is_shared() {
                private::restrict_new_files(&file);
            }
            let log = kind.create_log(&file)?;
            return Ok(OpenLog::in_place(log, file));
        }
        if let Some(kind) = kind
            && FileKind::of(&file)? != kind
        {
            let path = file.display();
            return Err(Failure::failed(format!(
                "`{path}` exists and is of another kind: choose another name, or leave out `--create`"
            )));
        }
        let opened = self.to_change()?;
        if opened.log.maintenance().is_in_graph()? {
            refuse_if_in_use(&opened)?;
        }
        Ok(opened)
    }

    /// The log that the options choose in an open file.
    fn chosen(&self, opened: OpenLog) -> Result<OpenLog, Failure> {
        if !self.in_graph {
            return Ok(opened);
        }
        if matches!(opened.log.maintenance().has_log_in_graph(), Ok(false)) {
            return Err(Failure::failed(format!(
                "`{}` has no log in a graph: leave out `--in-graph`",
                opened.file.display()
            )));
        }
        Ok(opened.in_graph())
    }

    /// The file with the log. It may not exist.
    pub(crate) fn file(&self) -> Result<PathBuf, Failure> {
        self.file_if(|_, _| true)
    }

    /// The file with the log. Skips logs that only one process may write to, unless it is named.
    pub(crate) fn shared_file(&self) -> Result<PathBuf, Failure> {
        self.file_if(is_shared)
    }

    fn file_if(&self, is_suitable: fn(&Path, FileKind) -> bool) -> Result<PathBuf, Failure> {
        if let Some(file) = self.named() {
            return Ok(file);
        }
        match finding::upwards(is_suitable)? {
            Some(file) => Ok(file),
            None => finding::own(),
        }
    }

    /// The file that `--db` or `EXECLOG_DB` names.
    pub(crate) fn named(&self) -> Option<PathBuf> {
        let in_environment = || std::env::var_os("EXECLOG_DB").map(PathBuf::from);
        let is_named = |file: &PathBuf| !file.as_os_str().is_empty();
        self.db
            .clone()
            .or_else(|| in_environment().filter(is_named))
    }

    fn existing(&self) -> Result<PathBuf, Failure> {
        let file = self.file()?;
        let path = file.display();
        if file.exists() {
            Ok(file)
        } else if self.named().is_some() {
            Err(Failure::failed(format!(
                "`{path}` does not exist: name the file with the log"
            )))
        } else {
            Err(Failure::failed(format!(
                "no log was found in this folder, in a folder above, or in `{path}`: name one with \
                 `--db` or `EXECLOG_DB`, or begin your own with `execlog record`"
            )))
        }
    }
}
