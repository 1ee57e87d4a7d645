//! Which log is meant, and how it is opened.

mod copy;
mod search;

use crate::failure::{self, Failure};
use crate::moments;
use crate::private;
use clap::Args;
use copy::Copied;
use execlog::{Error, ExecutionLog, FileKind, Finding, LocalLog, Loss, Repair, Status};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
pub(crate) struct LogArguments {
    /// The file that the log is in: a SQLite database, or a native graph
    ///
    /// Without it, it is the file that `EXECLOG_DB` names, or the newest log in the nearest folder that
    /// has one, from the current folder upwards, or else your own.
    ///
    /// A native graph is read from a copy in the temporary folder. More than 4 GiB of data are not copied, unless
    /// `EXECLOG_COPY_LIMIT` sets another limit, as `16G`.
    #[arg(long, global = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    db: Option<PathBuf>,

    /// Use the log in the key-value table of a graph, where a SQLite file has another beside it
    #[arg(long, global = true)]
    in_graph: bool,
}

/// A log that is open, and where.
pub(crate) struct OpenLog {
    pub(crate) log: LocalLog,
    pub(crate) file: PathBuf,
    /// A copy of the file that is read in its place.
    copy: Option<Copied>,
}

impl LogArguments {
    /// The log, to be read. Its file is not changed, and a native graph not even opened.
    pub(crate) fn to_read(&self) -> Result<OpenLog, Failure> {
        let opened = self.to_examine()?;
        if let Some(loss) = opened.loss()? {
            let file = opened.file.display();
            failure::note(&format!(
                "warning: `{file}` does not have all its runs: {loss}; `execlog verify` says more"
            ));
        }
        opened.note_another()?;
        if !opened.log.maintenance().exists()? {
            failure::note(&format!(
                "no run is recorded in `{}`",
                opened.file.display()
            ));
        }
        Ok(opened)
    }

    /// The log, to be read even if it is damaged.
    pub(crate) fn to_examine(&self) -> Result<OpenLog, Failure> {
        self.meant(read(&self.existing()?)?)
    }

    /// The log of an open file that is meant.
    fn meant(&self, opened: OpenLog) -> Result<OpenLog, Failure> {
        if !self.in_graph {
            return Ok(opened);
        }
        if matches!(opened.log.maintenance().has_log_in_graph(), Ok(false)) {
            return Err(Failure::failed(format!(
                "`{}` has no log in the key-value table of a graph: leave out `--in-graph`",
                opened.file.display()
            )));
        }
        Ok(opened.in_graph())
    }

    /// The log, to be changed.
    pub(crate) fn to_change(&self) -> Result<OpenLog, Failure> {
        let file = self.existing()?;
        if !FileKind::of(&file)?.is_shared() {
            let opened = read(&file)?;
            refuse_if_in_use(&opened)?;
            refuse_if_damaged(&opened)?;
        }
        self.to_change_damaged()
    }

    /// The log, to be changed even if it has lost runs.
    pub(crate) fn to_change_damaged(&self) -> Result<OpenLog, Failure> {
        let file = self.existing()?;
        if !FileKind::of(&file)?.is_shared() {
            private::restrict_new_files(&file);
        }
        let log = ExecutionLog::open(&file)?;
        let opened = self.meant(OpenLog {
            log: moments::at_this_time(log),
            file,
            copy: None,
        })?;
        opened.note_another()?;
        Ok(opened)
    }

    /// The log, to be changed, and made if it is missing.
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
            return Ok(OpenLog {
                log,
                file,
                copy: None,
            });
        }
        if let Some(kind) = kind
            && FileKind::of(&file)? != kind
        {
            let path = file.display();
            return Err(Failure::failed(format!(
                "`{path}` is there already, and of another kind: choose another name"
            )));
        }
        let opened = self.to_change()?;
        if opened.log.maintenance().is_in_graph()? {
            refuse_if_in_use(&opened)?;
        }
        Ok(opened)
    }

    /// The file that is meant, be it there or not.
    pub(crate) fn file(&self) -> Result<PathBuf, Failure> {
        self.file_of(|_, _| true)
    }

    /// The same, but for logs that only one process may write to.
    pub(crate) fn shared_file(&self) -> Result<PathBuf, Failure> {
        self.file_of(is_shared)
    }

    fn file_of(&self, is_meant: fn(&Path, FileKind) -> bool) -> Result<PathBuf, Failure> {
        if let Some(file) = self.named() {
            return Ok(file);
        }
        match search::upwards(is_meant)? {
            Some(file) => Ok(file),
            None => search::own(),
        }
    }

    /// The file that was named.
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
                "`{path}` does not exist: name the file that the log is in"
            )))
        } else {
            Err(Failure::failed(format!(
                "there is no log here or in a folder above, and none of your own in `{path}`: \
                 name one with `--db` or in EXECLOG_DB, or begin your own with `execlog record`"
            )))
        }
    }
}

/// The log in this file, to be read.
pub(crate) fn read(file: &Path) -> Result<OpenLog, Failure> {
    const TRIES: usize = 20;
    let mut opened = read_once(file)?;
    for _ in 0..TRIES {
        // A run that began after the file was copied is missing in the copy, and not in the log.
        if !opened.copy.as_ref().is_some_and(Copied::is_outdated) || opened.loss()?.is_none() {
            break;
        }
        opened = read_once(file)?;
    }
    Ok(opened)
}

fn read_once(file: &Path) -> Result<OpenLog, Failure> {
    let kind = FileKind::of(file)?;
    let (log, copy) = if kind.is_shared() {
        (ExecutionLog::read_only(file).into(), None)
    } else {
        // The engine names its other files after this one, and not after a link to it.
        let real = file.canonicalize()?;
        let copy = Copied::of(&real, kind)?;
        let log = ExecutionLog::open(&copy.path())?;
        (log.with_locks_beside(&real), Some(copy))
    };
    Ok(OpenLog {
        log: moments::at_this_time(log),
        file: file.to_owned(),
        copy,
    })
}

/// Whether several processes may add runs to the log in this file.
pub(crate) fn is_shared(file: &Path, kind: FileKind) -> bool {
    let is_in_graph = || ExecutionLog::read_only(file).maintenance().is_in_graph();
    kind.is_shared() && !is_in_graph().unwrap_or(false)
}

impl OpenLog {
    /// The log in the key-value table of the same file.
    fn in_graph(self) -> Self {
        let log = moments::at_this_time(self.log.in_graph());
        Self { log, ..self }
    }

    /// The same log, opened anew to be read.
    pub(crate) fn reopened(&self) -> Result<Self, Failure> {
        let opened = read(&self.file)?;
        if self.log.maintenance().is_in_graph()? {
            return Ok(opened.in_graph());
        }
        Ok(opened)
    }

    /// The other log of a SQLite file that has two: this one is in a table of its own.
    pub(crate) fn other(&self) -> Result<Option<Self>, Failure> {
        if self.log.maintenance().is_in_graph()? {
            return Ok(None);
        }
        match self.log.maintenance().has_log_in_graph() {
            Ok(false) => Ok(None),
            // What SQLite says of damage there, verifying says too.
            Ok(true) | Err(Error::Sqlite { .. }) => Ok(Some(read(&self.file)?.in_graph())),
            Err(error) => Err(error.into()),
        }
    }

    fn note_another(&self) -> Result<(), Failure> {
        let has_log_in_graph = self.log.maintenance().has_log_in_graph().unwrap_or(false);
        if has_log_in_graph && !self.log.maintenance().is_in_graph()? {
            failure::note(&format!(
                "`{}` has two logs: this is the table `execution_log`, and `--in-graph` takes the \
                 one in the key-value table of the graph",
                self.file.display()
            ));
        }
        Ok(())
    }

    /// Looks again at a log that is open, if it takes that to see what was written since.
    pub(crate) fn refresh(&mut self) -> Result<(), Failure> {
        if self.copy.as_ref().is_some_and(Copied::is_outdated) {
            *self = self.reopened()?;
        }
        Ok(())
    }

    /// The runs that the log has lost, as far as it can be told: where its index cannot be read, it
    /// cannot.
    fn loss(&self) -> Result<Option<Loss>, Failure> {
        match self.log.maintenance().loss() {
            Err(Error::Corrupt { .. }) => Ok(None),
            other => Ok(other?),
        }
    }
}

/// Two processes that write to a native graph write over each other, and two that add runs to a log in
/// any graph can take the same place.
fn refuse_if_in_use(opened: &OpenLog) -> Result<(), Failure> {
    let running = opened.log.runs().status(Status::Running).limit(1);
    match running.into_iter().find_map(Result::ok) {
        None => Ok(()),
        Some(run) => Err(Failure::failed(format!(
            "`{}` is in use by run `{}`, and only one process may write to a log in a graph: \
             try again when it has ended",
            opened.file.display(),
            run.record.execution_id
        ))),
    }
}

/// The engine removes what it cannot read when it opens a native graph, the host's own data too.
fn refuse_if_damaged(opened: &OpenLog) -> Result<(), Failure> {
    let verified = opened.log.maintenance().verify()?;
    let is_loss = |finding: &&Finding| finding.repair == Repair::AcceptLoss;
    match verified.findings.iter().find(is_loss) {
        None => Ok(()),
        Some(Finding { key, problem, .. }) => Err(Failure::failed(format!(
            "`{}` is damaged and was not changed: {key}: {problem}; restore it, or go on without \
             what is lost with `execlog verify --accept-loss`",
            opened.file.display()
        ))),
    }
}
