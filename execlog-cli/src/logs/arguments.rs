//! The options that choose a log, and how each command opens it.

use super::opening::{OpenLog, had_log, read, refuse_if_damaged, refuse_if_in_use};
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
    #[arg(long, global = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    db: Vec<PathBuf>,

    /// Use the log in the graph, if a SQLite file has both a graph and a table `execution_log`
    #[arg(long, global = true)]
    in_graph: bool,
}

impl LogArguments {
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
        let logs = self.db.iter().map(|file| Self {
            db: vec![file.clone()],
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
            let file = opened.file.display();
            messages::warning(&format!(
                "`{file}` does not have all its runs: {loss}; run `execlog verify` for details"
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
        let file = self.existing()?;
        if self.named().is_none() {
            messages::note(&format!("reading `{}`", file.display()));
        }
        self.chosen(read(&file)?)
    }

    /// Opens the log to complete ids, without messages. `None` if that would take a copy, or fails.
    pub(crate) fn to_complete(&self) -> Option<OpenLog> {
        let file = self.existing().ok()?;
        if !FileKind::of(&file).ok()?.is_shared() {
            return None;
        }
        self.chosen(read(&file).ok()?).ok()
    }

    /// The file, if it exists and has had a log.
    pub(crate) fn file_with_log(&self) -> Option<PathBuf> {
        self.existing().ok().filter(|file| had_log(file))
    }

    /// Opens the log to change it. Fails if a native graph is in use or damaged.
    pub(crate) fn to_change(&self) -> Result<OpenLog, Failure> {
        self.change(self.existing_to_change()?)
    }

    /// Opens the log to change it, even if it has lost runs.
    pub(crate) fn to_change_damaged(&self) -> Result<OpenLog, Failure> {
        self.change_damaged(self.existing_to_change()?)
    }

    /// Opens the log in a file that [`file_to_change`](Self::file_to_change) chose. Creates it if the file
    /// is missing.
    pub(crate) fn to_change_or_create(
        &self,
        file: &Path,
        kind: Option<FileKind>,
    ) -> Result<OpenLog, Failure> {
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
            return Ok(OpenLog::in_place(log, file.to_owned()));
        }
        if let Some(kind) = kind
            && FileKind::of(file)? != kind
        {
            let path = file.display();
            return Err(Failure::failed(format!(
                "`{path}` exists and is of another kind: choose another name, or leave out `--create`"
            )));
        }
        let opened = self.change(file.to_owned())?;
        if opened.log.maintenance().is_in_graph()? {
            refuse_if_in_use(&opened)?;
        }
        Ok(opened)
    }

    fn change(&self, file: PathBuf) -> Result<OpenLog, Failure> {
        if !FileKind::of(&file)?.is_shared() {
            let opened = read(&file)?;
            refuse_if_in_use(&opened)?;
            refuse_if_damaged(&opened)?;
        }
        self.change_damaged(file)
    }

    fn change_damaged(&self, file: PathBuf) -> Result<OpenLog, Failure> {
        if !FileKind::of(&file)?.is_shared() {
            private::restrict_new_files(&file);
        }
        let log = ExecutionLog::open(&file)?;
        let opened = self.chosen(OpenLog::in_place(times::with_clock(log), file))?;
        opened.note_another()?;
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

    /// The file to read. It may not exist.
    fn file(&self) -> Result<PathBuf, Failure> {
        if let Some(file) = self.named() {
            return Ok(file);
        }
        let found = finding::upwards()?;
        if !found.skipped.is_empty() {
            messages::note(&format!(
                "skipped {}: everybody may write to the folder; name the log with `--db` to read it",
                listed(&found.skipped)
            ));
        }
        match found.logs.as_slice() {
            [] => finding::own(),
            [file] => Ok(file.clone()),
            several => Err(Failure::Usage(format!(
                "this folder or one above has several logs: {}; name one, as with `--db {}`",
                listed(several),
                several[0].display()
            ))),
        }
    }

    /// The file to change: one that is named, or the user's own log if no folder has a log. It exists,
    /// unless it is named.
    pub(crate) fn file_to_change(&self) -> Result<PathBuf, Failure> {
        if let Some(file) = self.named() {
            return Ok(file);
        }
        let found = finding::upwards()?;
        let found = [found.logs, found.skipped].concat();
        if let found @ [first, ..] = found.as_slice() {
            return Err(Failure::Usage(format!(
                "nothing was changed: name the log to change, as with `--db {}`; found: {}",
                first.display(),
                listed(found)
            )));
        }
        let own = finding::own()?;
        let path = own.display();
        if own.exists() {
            messages::note(&format!("using your own log, `{path}`"));
            return Ok(own);
        }
        Err(Failure::Usage(format!(
            "no log was found in this folder, in a folder above, or in `{path}`: name the log to change \
             with `--db` or `EXECLOG_DB`"
        )))
    }

    /// The file to record in: one that is named, or the user's own log.
    pub(crate) fn file_to_record(&self) -> Result<PathBuf, Failure> {
        self.named().map_or_else(finding::own, Ok)
    }

    /// The file that `--db` or `EXECLOG_DB` names.
    pub(crate) fn named(&self) -> Option<PathBuf> {
        let in_environment = || std::env::var_os("EXECLOG_DB").map(PathBuf::from);
        let is_named = |file: &PathBuf| !file.as_os_str().is_empty();
        let named = self.db.first().cloned();
        named.or_else(|| in_environment().filter(is_named))
    }

    fn existing(&self) -> Result<PathBuf, Failure> {
        let file = self.file()?;
        let path = file.display();
        if file.exists() {
            Ok(file)
        } else if self.named().is_some() {
            Err(missing(&file))
        } else {
            Err(Failure::failed(format!(
                "no log was found in this folder, in a folder above, or in `{path}`: name one with \
                 `--db` or `EXECLOG_DB`, or begin your own with `execlog record`"
            )))
        }
    }

    fn existing_to_change(&self) -> Result<PathBuf, Failure> {
        let file = self.file_to_change()?;
        if file.exists() {
            Ok(file)
        } else {
            Err(missing(&file))
        }
    }
}

fn missing(file: &Path) -> Failure {
    Failure::failed(format!(
        "`{}` does not exist: name the file with the log",
        file.display()
    ))
}

fn listed(files: &[PathBuf]) -> String {
    let files = files.iter().map(|file| format!("`{}`", file.display()));
    files.collect::<Vec<_>>().join(", ")
}
