//! Imports runs from an export or from another log. `seals` checks the runs of an export against its seals,
//! and `again` reads the lines of an export a second time for that.

mod again;
mod seals;

use super::export_line::ExportLine;
use super::splice_log::SpliceLog;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::location::Location;
use crate::logs::opening::{self, OpenLog};
use crate::output::messages;
use crate::output::progress::Progress;
use crate::output::readable::Readable;
use clap::{Args, ValueEnum};
use execlog::{Error, FileKind, Imported, LocalLog, RunSelector, StoredRun};
use seals::SealsCheck;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// How many runs are written in one transaction.
const CHUNK: usize = 1000;

/// Give up after this many invalid lines and no valid one.
const MAX_INVALID: usize = 5;

/// Import runs from an export or from another log
///
/// A run that the log already has is not added again, so an import may be repeated. Imported runs keep
/// their ids. They keep their numbers if those are free.
///
/// If the export has seals, its runs are checked against them. Runs that do not match are reported and
/// imported all the same, and the exit code is 3.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog import --db code.graph --create native-v3 code.db")]
pub(crate) struct ImportArguments {
    /// A file that `execlog export` wrote, or a log: a file of any kind, or a server; `-` is standard input
    ///
    /// The log of splice, `.splice/operations.db`, is converted, and secrets in it are replaced by `[redacted]`.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    from: PathBuf,

    /// The kind of file to create if there is no log [default: sqlite]
    #[arg(long, value_name = "KIND")]
    create: Option<NewKind>,
}

/// The kinds of file that can be created.
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
    let to = log.location_to_change()?;
    let source = Source::open(&arguments.from)?;
    let mut import = Import::into(log, to, arguments.create.map(FileKind::from));
    match source {
        Source::Log(from) => import.log(&from)?,
        Source::Splice(from) => import.splice(&from)?,
        Source::Lines(lines) => import.lines(lines)?,
    }
    import.end()
}

/// The source of the runs.
enum Source {
    Log(Box<OpenLog>),
    Splice(SpliceLog),
    Lines(ExportLines),
}

/// The lines of an export.
struct ExportLines {
    lines: Box<dyn BufRead>,
    /// The file and its length in bytes, unless it is a pipe.
    file: Option<(PathBuf, u64)>,
}

impl Source {
    fn open(from: &Path) -> Result<Self, Failure> {
        if from == Path::new("-") {
            return Ok(Self::Lines(ExportLines {
                lines: Box::new(io::stdin().lock()),
                file: None,
            }));
        }
        let location = Location::of(from.as_os_str())?;
        if let Location::Server(_) = location {
            return Ok(Self::Log(Box::new(opening::read(location)?)));
        }
        // Before the file is opened: closing a file drops the locks of this process on a SQLite database in it.
        let has_content = from
            .metadata()
            .is_ok_and(|data| data.is_file() && data.len() > 0);
        if has_content && let Some(from) = SpliceLog::open(from) {
            return Ok(Self::Splice(from));
        }
        let kind = FileKind::of(from);
        if let Err(emptied @ Error::Emptied { .. }) = kind {
            return Err(emptied.into());
        }
        if has_content && kind.is_ok() {
            return Ok(Self::Log(Box::new(opening::read(location)?)));
        }
        let failed = |error| Failure::failed(format!("cannot read `{}`: {error}", from.display()));
        let file = File::open(from).map_err(failed)?;
        let bytes = file.metadata().ok().filter(fs::Metadata::is_file);
        let bytes = bytes.map(|metadata| metadata.len());
        Ok(Self::Lines(ExportLines {
            lines: Box::new(BufReader::new(file)),
            file: bytes.map(|bytes| (from.to_owned(), bytes)),
        }))
    }
}

/// An import in progress.
struct Import<'a> {
    log: &'a LogArguments,
    to: Location,
    kind: Option<FileKind>,
    /// Opened when the first runs are written. If there are none, no log is created.
    opened: Option<OpenLog>,
    /// Runs to write.
    pending: Vec<StoredRun>,
    parsed: usize,
    added: usize,
    updated: usize,
    present: usize,
    refused: usize,
    /// The check of an export, once it is read.
    seals: Option<SealsCheck>,
    /// What contradicts the seals.
    contradictions: usize,
}

impl<'a> Import<'a> {
    fn into(log: &'a LogArguments, to: Location, kind: Option<FileKind>) -> Self {
        Self {
            log,
            to,
            kind,
            opened: None,
            pending: Vec::with_capacity(CHUNK),
            parsed: 0,
            added: 0,
            updated: 0,
            present: 0,
            refused: 0,
            seals: None,
            contradictions: 0,
        }
    }

    fn log(&mut self, from: &OpenLog) -> Result<(), Failure> {
        let newest = from.log.find(RunSelector::latest()).ok().flatten();
        let runs = newest.and_then(|run| u64::try_from(run.record.id).ok());
        let progress = Progress::of_runs(runs);
        let runs = from.log.runs().as_added();
        let mut runs = Readable::new(runs, |error| progress.pause(|| messages::error(error)));
        for run in runs.by_ref() {
            progress.advance(1);
            self.add(run?.into(), "", &progress)?;
        }
        self.refused += runs.unreadable();
        self.write(&progress)?;
        progress.end();
        Ok(())
    }

    fn splice(&mut self, from: &SpliceLog) -> Result<(), Failure> {
        let progress = Progress::of_runs(from.count());
        from.for_each(|run| {
            progress.advance(1);
            match run {
                Ok(run) => self.add(run, "", &progress),
                Err(error) => {
                    self.refuse(&error, &progress);
                    Ok(())
                }
            }
        })?;
        self.write(&progress)?;
        progress.end();
        Ok(())
    }

    fn lines(&mut self, from: ExportLines) -> Result<(), Failure> {
        let ExportLines { mut lines, file } = from;
        let progress = Progress::of_bytes(file.as_ref().map(|(_, bytes)| *bytes));
        let mut seals = SealsCheck::new(file.as_ref().map(|(file, _)| file.as_path()));
        let mut line = Vec::new();
        let mut place = 0;
        for number in 1_u64.. {
            line.clear();
            let read = lines.read_until(b'\n', &mut line)? as u64;
            if read == 0 {
                break;
            }
            progress.advance(read);
            place += read;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let begin = place - read;
            let named = format!("line {number}: ");
            match ExportLine::read(&line) {
                Ok(ExportLine::Run(run)) => {
                    seals.run(run.record.id, &line, begin);
                    self.add(*run, &named, &progress)?;
                }
                Ok(ExportLine::Seal(_)) => seals.seal(&line, begin),
                Ok(ExportLine::End(end)) => {
                    self.parsed += 1;
                    self.contradict(seals.end(Some(&end)), &progress)?;
                }
                Ok(ExportLine::Spans) => {
                    // What is read is imported first.
                    self.write(&progress)?;
                    return Err(Failure::failed(format!(
                        "{named}OpenTelemetry spans, which have not all that a run has: import what `execlog \
                         export` writes without `--format otlp`"
                    )));
                }
                Err(error) => self.refuse(&format!("{named}{error}"), &progress),
            }
            if self.refused >= MAX_INVALID && self.parsed == 0 {
                return Err(Failure::failed(
                    "the lines were not written by `execlog export`: name a file that it wrote, or a log",
                ));
            }
        }
        self.contradict(seals.end(None), &progress)?;
        self.write(&progress)?;
        progress.end();
        self.seals = Some(seals);
        Ok(())
    }

    /// Reports what contradicts the seals of an export.
    fn contradict(
        &mut self,
        problems: io::Result<Vec<String>>,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let problems = match problems {
            Ok(problems) => problems,
            // What is read is imported first.
            Err(error) => {
                self.write(progress)?;
                return Err(Failure::failed(format!("cannot check the seals: {error}")));
            }
        };
        for problem in &problems {
            progress.pause(|| messages::error(problem));
        }
        self.contradictions += problems.len();
        Ok(())
    }

    /// Adds a run, or refuses it if its record is invalid. Messages begin with `place`.
    fn add(&mut self, run: StoredRun, place: &str, progress: &Progress) -> Result<(), Failure> {
        self.parsed += 1;
        if let Err(error) = run.check() {
            self.refuse(&format!("{place}{error}"), progress);
            return Ok(());
        }
        self.pending.push(run);
        if self.pending.len() == CHUNK {
            self.write(progress)?;
        }
        Ok(())
    }

    fn refuse(&mut self, message: &str, progress: &Progress) {
        progress.pause(|| messages::error(message));
        self.refused += 1;
    }

    fn write(&mut self, progress: &Progress) -> Result<(), Failure> {
        let runs = std::mem::take(&mut self.pending);
        if runs.is_empty() {
            return Ok(());
        }
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => self.log.to_change_or_create(&self.to, self.kind)?,
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
            // One run was refused: import the others one by one.
            Err(error) if concerns_one_run(&error) => {
                for run in runs {
                    let alone = std::slice::from_ref(run);
                    match log.maintenance().import(alone) {
                        Ok(imported) => self.count(alone, &imported, progress),
                        Err(error) if concerns_one_run(&error) => {
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
                    let message = format!(
                        "the log has a different run with the id `{id}`: it is not replaced"
                    );
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
            seals,
            contradictions,
            ..
        } = self;
        match opened {
            Some(opened) => messages::note(&format!(
                "`{}`: {} added, {updated} updated, {present} already there",
                opened.name,
                messages::runs(added)
            )),
            None => messages::note("nothing to import"),
        }
        for note in seals.map(SealsCheck::notes).into_iter().flatten() {
            messages::note(&note);
        }
        if contradictions > 0 {
            messages::note(&format!(
                "the export contradicts its seals: {}; that has not stopped the import",
                messages::counted(contradictions as u64, "finding")
            ));
        }
        match refused {
            0 if contradictions > 0 => Err(Failure::Found),
            0 => Ok(()),
            refused => Err(Failure::failed(format!(
                "{} could not be imported",
                messages::runs(refused)
            ))),
        }
    }
}

/// Whether the error concerns one run, not the log.
fn concerns_one_run(error: &Error) -> bool {
    use execlog::Error::{Corrupt, Encode, InvalidId, InvalidRecord, TooLarge};
    matches!(
        error,
        Corrupt { .. } | Encode { .. } | InvalidId { .. } | InvalidRecord { .. } | TooLarge { .. }
    )
}
