//! The lines that `export` writes and `import` reads.

use execlog::{Checkpoint, Seal, StoredRun};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// The version of the lines that this program writes. It reads this version and older ones.
const VERSION: u32 = 1;

/// A line of an export, behind its version.
pub(crate) enum ExportLine {
    /// A run as it is stored.
    Run(Box<StoredRun>),
    /// A seal of the log, after the runs.
    Seal(Seal),
    /// The last line, after the seals.
    End(End),
    /// A line of `execlog export --format otlp`, which has not all that a run has.
    Spans,
}

/// What an export with seals ends with.
pub(crate) struct End {
    /// What the log was after the last run was exported: its seals are those of the export.
    pub(crate) checkpoint: Checkpoint,
    /// How many seals the log had before the first run was exported. Runs that were sealed later may have
    /// changed while they were exported.
    pub(crate) seals_before: u64,
}

/// The version of a line, and the content of each kind.
#[derive(Serialize, Deserialize)]
struct Line<T> {
    execlog: u32,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize, Deserialize)]
struct SealContent {
    seal: Seal,
}

#[derive(Serialize, Deserialize)]
struct EndContent {
    checkpoint: String,
    seals_before: u64,
}

/// What tells the kinds apart.
#[derive(Deserialize)]
struct Kind {
    execlog: Option<u32>,
    #[serde(rename = "resourceSpans")]
    resource_spans: Option<IgnoredAny>,
    seal: Option<IgnoredAny>,
    checkpoint: Option<IgnoredAny>,
}

fn line<T>(content: T) -> impl Serialize
where
    T: Serialize,
{
    Line {
        execlog: VERSION,
        content,
    }
}

impl ExportLine {
    pub(crate) fn of_run(run: StoredRun) -> impl Serialize {
        line(run)
    }

    pub(crate) fn of_seal(seal: Seal) -> impl Serialize {
        line(SealContent { seal })
    }

    pub(crate) fn of_end(end: &End) -> impl Serialize {
        line(EndContent {
            checkpoint: end.checkpoint.to_string(),
            seals_before: end.seals_before,
        })
    }

    /// Parses a line. The error says what is wrong with it.
    pub(crate) fn read(text: &[u8]) -> Result<Self, String> {
        // Some editors write a byte order mark before the first line.
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let kind: Kind = serde_json::from_slice(text)
            .map_err(|error| format!("not written by `execlog export`: {error}"))?;
        let Some(version) = kind.execlog else {
            if kind.resource_spans.is_some() {
                return Ok(Self::Spans);
            }
            return Err("not written by `execlog export`: missing field `execlog`".to_owned());
        };
        match version {
            0 => return Err("its version is 0, and the first version is 1".to_owned()),
            1..=VERSION => {}
            newer => {
                return Err(format!(
                    "its version is {newer}, and this program reads versions up to {VERSION}: use a newer `execlog`"
                ));
            }
        }
        if kind.seal.is_some() {
            let line: Line<SealContent> = serde_json::from_slice(text)
                .map_err(|error| format!("not a complete seal: {error}"))?;
            return Ok(Self::Seal(line.content.seal));
        }
        if kind.checkpoint.is_some() {
            let line: Line<EndContent> = serde_json::from_slice(text)
                .map_err(|error| format!("not a complete checkpoint: {error}"))?;
            let checkpoint = line.content.checkpoint.parse();
            return Ok(Self::End(End {
                checkpoint: checkpoint.map_err(|error: execlog::Error| error.to_string())?,
                seals_before: line.content.seals_before,
            }));
        }
        let line: Line<StoredRun> =
            serde_json::from_slice(text).map_err(|error| format!("not a complete run: {error}"))?;
        Ok(Self::Run(Box::new(line.content)))
    }
}
