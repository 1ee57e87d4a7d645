//! Prints what was indexed and the newest runs.

use crate::parse::ParsedFile;
use comfy_table::{CellAlignment, Table, presets};
use execlog::{Counters, ExecutionRecord, RunEntry};
use std::fmt;
use std::path::Path;

/// How many runs the table shows.
pub(crate) const LIMIT: usize = 10;

/// How many files a problem names.
const NAMED: usize = 5;

/// What a run came to.
#[derive(Default)]
pub(crate) struct Index {
    files: usize,
    symbols: usize,
    references: usize,
    skipped: Vec<String>,
    /// Why the graph took no more.
    pub(crate) storage_problem: Option<String>,
}

impl Index {
    /// Nothing yet, but for what is left out already.
    pub(crate) fn skipping(skipped: Vec<String>) -> Self {
        Self {
            skipped,
            ..Self::default()
        }
    }

    pub(crate) fn count(&mut self, parsed: &ParsedFile, counters: &Counters) {
        self.files += 1;
        self.symbols += parsed.symbols.len();
        self.references += parsed.references;
        counters.add_files(1);
        counters.add_symbols(parsed.symbols.len());
        counters.add_references(parsed.references);
    }

    pub(crate) fn skip(&mut self, path: &Path, problem: &str) {
        self.skipped.push(format!("{}: {problem}", path.display()));
    }

    /// What was left out, if anything was.
    pub(crate) fn problem(&self) -> Option<String> {
        let mut problems: Vec<&str> = self
            .skipped
            .iter()
            .take(NAMED)
            .map(String::as_str)
            .collect();
        let more = self.skipped.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("and {more} more files"));
        problems.extend(more.as_deref());
        problems.extend(self.storage_problem.as_deref());
        (!problems.is_empty()).then(|| problems.join("; "))
    }
}

impl fmt::Display for Index {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = counted(self.files, "file");
        let symbols = counted(self.symbols, "symbol");
        let references = counted(self.references, "reference");
        write!(formatter, "indexed {files}, {symbols}, {references}")?;
        match self.problem() {
            Some(problem) => write!(formatter, "\nleft out: {problem}"),
            None => Ok(()),
        }
    }
}

fn counted(count: usize, name: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

/// The runs as a table, in the order they come in.
pub(crate) fn table(runs: Vec<RunEntry>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header([
        "run",
        "started",
        "status",
        "ms",
        "files",
        "symbols",
        "references",
        "root",
    ]);
    for entry in runs {
        let status = entry.status().to_string();
        let run = entry.record;
        table.add_row([
            run.id.to_string(),
            started(&run),
            status,
            run.duration_ms
                .map_or("-".to_owned(), |duration| duration.to_string()),
            run.files_indexed.to_string(),
            run.symbols_indexed.to_string(),
            run.references_indexed.to_string(),
            run.root.unwrap_or_default(),
        ]);
    }
    for column in [0, 3, 4, 5, 6] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn started(run: &ExecutionRecord) -> String {
    jiff::Timestamp::from_second(run.started_at)
        .map_or_else(|_| run.started_at.to_string(), |time| time.to_string())
}
