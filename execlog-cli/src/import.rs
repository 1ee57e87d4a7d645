//! Takes over runs that were exported, or those of another log.

use crate::failure::{self, Failure};
use crate::logs::{self, LogArguments, OpenLog};
use crate::progress::Progress;
use crate::transfer::Line;
use clap::{Args, ValueEnum};
use execlog::{FileKind, Imported, LocalLog, StoredRun};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// How many runs are written at once.
const CHUNK: usize = 1000;

/// After how many lines that are none it is given up, if there was no other.
const HOPELESS: usize = 5;

/// Take over runs that were exported, or those of another log
///
/// A run that the log has is not added again, so this may be repeated. Runs keep their ids, and their
/// numbers where those are free.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog import --db code.graph --create native-v3 code.db")]
pub(crate) struct ImportArguments {
    /// What `execlog export` wrote, or a log of any kind; `-` is standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    from: PathBuf,

    /// Make the log, a file of this kind, if it is missing
    #[arg(long, value_name = "KIND")]
    create: Option<NewKind>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum NewKind {
    Sqlite,
    NativeV2,
    NativeV3,
}

impl From<NewKind> for FileKind {
    fn from(kind: NewKind) -> Self {
        match kind {
            NewKind::Sqlite => Self::Sqlite,
            NewKind::NativeV2 => Self::NativeV2,
            NewKind::NativeV3 => Self::NativeV3,
        }
    }
}

pub(crate) fn run(arguments: &ImportArguments, log: &LogArguments) -> Result<(), Failure> {
    let source = Source::open(&arguments.from)?;
    let mut import = Import::into(log, arguments.create.map(FileKind::from));
    match source {
        Source::Log(from) => import.log(&from)?,
        Source::Lines(lines, bytes) => import.lines(lines, bytes)?,
    }
    import.end()
}

/// Where runs come from.
enum Source {
    Log(Box<OpenLog>),
    /// Lines of an export, of so many bytes if that is known.
    Lines(Box<dyn BufRead>, Option<u64>),
}

impl Source {
    fn open(from: &Path) -> Result<Self, Failure> {
        if from == Path::new("-") {
            return Ok(Self::Lines(Box::new(io::stdin().lock()), None));
        }
        // Before it is opened: closing a database would drop the locks that this process holds on it.
        let has_content = from
            .metadata()
            .is_ok_and(|data| data.is_file() && data.len() > 0);
        if has_content && FileKind::of(from).is_ok() {
            return Ok(Self::Log(Box::new(logs::read(from)?)));
        }
        let failed = |error| Failure::failed(format!("cannot read `{}`: {error}", from.display()));
        let file = File::open(from).map_err(failed)?;
        let bytes = file.metadata().ok().filter(fs::Metadata::is_file);
        let bytes = bytes.map(|metadata| metadata.len());
        Ok(Self::Lines(Box::new(BufReader::new(file)), bytes))
    }
}

/// Runs on their way into a log.
struct Import<'a> {
    log: &'a LogArguments,
    kind: Option<FileKind>,
    /// Opened for the first runs: if there are none, no log is made.
    opened: Option<OpenLog>,
    waiting: Vec<StoredRun>,
    taken: usize,
    added: usize,
    updated: usize,
    present: usize,
    refused: usize,
}

impl<'a> Import<'a> {
    fn into(log: &'a LogArguments, kind: Option<FileKind>) -> Self {
        Self {
            log,
            kind,
            opened: None,
            waiting: Vec::with_capacity(CHUNK),
            taken: 0,
            added: 0,
            updated: 0,
            present: 0,
            refused: 0,
        }
    }

    fn log(&mut self, from: &OpenLog) -> Result<(), Failure> {
        let newest = from.log.find(execlog::RunSelector::latest()).ok().flatten();
        let runs = newest.and_then(|run| u64::try_from(run.record.id).ok());
        let progress = Progress::of_runs(runs);
        for run in from.log.runs().as_added() {
            progress.advance(1);
            match run {
                Ok(run) => self.take(run.into(), "", &progress)?,
                Err(error @ execlog::Error::Corrupt { .. }) => {
                    self.refuse(&error.to_string(), &progress);
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.write(&progress)?;
        progress.end();
        Ok(())
    }

    fn lines(&mut self, mut from: impl BufRead, bytes: Option<u64>) -> Result<(), Failure> {
        let progress = Progress::of_bytes(bytes);
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = from.read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            progress.advance(read as u64);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            // Some editors write it before the first line.
            let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
            let place = format!("line {number}: ");
            match Line::read(line) {
                Ok(run) => self.take(run, &place, &progress)?,
                Err(error) => self.refuse(&format!("{place}{error}"), &progress),
            }
            if self.refused >= HOPELESS && self.taken == 0 {
                return Err(Failure::failed(
                    "no line is one that `execlog export` wrote: name such a file, or a log",
                ));
            }
        }
        self.write(&progress)?;
        progress.end();
        Ok(())
    }

    /// Takes a run from a place, or says that it cannot be one.
    fn take(&mut self, run: StoredRun, place: &str, progress: &Progress) -> Result<(), Failure> {
        self.taken += 1;
        if let Err(error) = run.check() {
            self.refuse(&format!("{place}{error}"), progress);
            return Ok(());
        }
        self.waiting.push(run);
        if self.waiting.len() == CHUNK {
            self.write(progress)?;
        }
        Ok(())
    }

    fn refuse(&mut self, message: &str, progress: &Progress) {
        progress.pause(|| failure::error(message));
        self.refused += 1;
    }

    fn write(&mut self, progress: &Progress) -> Result<(), Failure> {
        let runs = std::mem::take(&mut self.waiting);
        if runs.is_empty() {
            return Ok(());
        }
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => self.log.to_change_or_create(self.kind)?,
        };
        let written = self.write_to(&opened.log, &runs, progress);
        self.opened = Some(opened);
        written
    }

    fn write_to(
        &mut self,
        log: &LocalLog,
        runs: &[StoredRun],
        progress: &Progress,
    ) -> Result<(), Failure> {
        match log.maintenance().import(runs) {
            Ok(imported) => self.count(runs, &imported, progress),
            // One that cannot be taken over must not keep the others out.
            Err(error) if is_of_one_run(&error) => {
                for run in runs {
                    let alone = std::slice::from_ref(run);
                    match log.maintenance().import(alone) {
                        Ok(imported) => self.count(alone, &imported, progress),
                        Err(error) if is_of_one_run(&error) => {
                            self.refuse(&error.to_string(), progress);
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn count(&mut self, runs: &[StoredRun], imported: &[Imported], progress: &Progress) {
        for (run, imported) in runs.iter().zip(imported) {
            match imported {
                Imported::Added => self.added += 1,
                Imported::Updated => self.updated += 1,
                Imported::Present => self.present += 1,
                _ => {
                    let id = &run.record.execution_id;
                    let message =
                        format!("the log has another run with the id `{id}`, which stays as it is");
                    self.refuse(&message, progress);
                }
            }
        }
    }

    fn end(self) -> Result<(), Failure> {
        let Self {
            opened,
            added,
            updated,
            present,
            refused,
            ..
        } = self;
        match opened {
            Some(opened) => failure::note(&format!(
                "`{}`: added {}, updated {updated}, and had {present} already",
                opened.file.display(),
                failure::runs(added)
            )),
            None => failure::note("there is nothing to take over"),
        }
        match refused {
            0 => Ok(()),
            refused => Err(Failure::failed(format!(
                "{} could not be taken over",
                failure::runs(refused)
            ))),
        }
    }
}

/// Whether the log is well, and only a run is not.
fn is_of_one_run(error: &execlog::Error) -> bool {
    use execlog::Error::{Corrupt, Encode, InvalidId, InvalidRecord, TooLarge};
    matches!(
        error,
        Corrupt { .. } | Encode { .. } | InvalidId { .. } | InvalidRecord { .. } | TooLarge { .. }
    )
}
