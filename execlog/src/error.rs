//! What can go wrong, and what to do then.

use std::path::PathBuf;

/// What a call returns: a value, or an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong, the same on every store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The execution id is empty, too long or not printable. Nothing was written.
    #[error("invalid execution id `{id}`: {reason}")]
    InvalidId {
        /// The id, shortened and with control characters escaped.
        id: String,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The text names no outcome that a run can end with. Nothing was written.
    #[error("unknown outcome `{outcome}`: use `success`, `partial` or `error`")]
    InvalidOutcome {
        /// The text.
        outcome: String,
    },

    /// A field of a whole record cannot be stored. Nothing was written.
    #[error("invalid `{field}` in the record of run `{execution_id}`: {reason}")]
    InvalidRecord {
        /// The run.
        execution_id: String,
        /// The field of [`ExecutionRecord`](crate::ExecutionRecord).
        field: &'static str,
        /// What is wrong with it and what it must be.
        reason: String,
    },

    /// A run has the last number that there is. Nothing was written.
    #[error(
        "no number is left for another run: {last} is given, which no log comes to by itself; `execlog verify` says what is wrong"
    )]
    NoNumberLeft {
        /// The last number that was given.
        last: i64,
    },

    /// A run with this execution id is in the log already. It stays as it is.
    #[error("run `{execution_id}` is in the log already: give each run an id of its own")]
    Duplicate {
        /// The id.
        execution_id: String,
    },

    /// No run with this execution id is in the log.
    #[error("run `{execution_id}` is not in the log: start it before finishing it")]
    NotFound {
        /// The id.
        execution_id: String,
    },

    /// The run has ended before. What was recorded then stays as it is.
    #[error("run `{execution_id}` is finished already, with outcome `{outcome}`")]
    AlreadyFinished {
        /// The id.
        execution_id: String,
        /// How it ended, as it is stored.
        outcome: String,
    },

    /// An id was given by its beginning, and several runs begin so.
    #[error(
        "`{prefix}` is the beginning of {} ids: {}",
        count(candidates),
        listed(candidates)
    )]
    Ambiguous {
        /// What was given.
        prefix: String,
        /// The ids of the runs that begin so, the first hundred.
        candidates: Vec<String>,
    },

    /// A pattern for secrets is not a regular expression that can be used.
    #[error("`{pattern}` is not a pattern for secrets: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A policy without a rule was to decide which runs to keep. None was removed.
    #[error(
        "the policy has no rule and would remove every run: set `keep_last`, `keep_within` or `keep_failed_within`"
    )]
    EmptyPolicy,

    /// Something is stored where a record should be that is not one.
    #[error("`{key}` cannot be read: {reason}; remove it, or restore it from a backup")]
    Corrupt {
        /// The key, or for a row of a table its name and number.
        key: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The log has fewer runs than its head file says there have been. Nothing was written.
    #[error(
        "the log had {had} runs by `{}` and has {has}: it was damaged, or replaced by another copy; \
         restore it, or go on without them with `execlog verify --accept-loss` or by removing that file",
        head.display()
    )]
    RunsLost {
        /// The head file.
        head: PathBuf,
        /// The last number that was given, by the head file.
        had: i64,
        /// The last number that the log knows of.
        has: i64,
    },

    /// A key is not one of the record type it was read as.
    #[error("`{key}` is not a key of the form `{pattern}`")]
    ForeignKey {
        /// The key.
        key: String,
        /// What the type's keys look like.
        pattern: &'static str,
    },

    /// A record does not serialize.
    #[error("the record `{key}` cannot be written as JSON: {source}")]
    Encode {
        /// Its key.
        key: String,
        /// What serde found.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// Some JSON is not a record of the type it was read as.
    #[error("not the JSON of a record `{pattern}`: {source}")]
    Decode {
        /// What the type's keys look like.
        pattern: &'static str,
        /// What serde found.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The file cannot be opened.
    #[error("cannot open `{}`: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what to do.
        reason: String,
    },

    /// The file is of no kind that a log is kept in.
    #[error("`{}` is neither a SQLite database nor a native graph: name the file that the tool keeps its graph in", path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
    },

    /// The file is a graph that this build has no engine for.
    #[error("`{}` is a native graph that this build cannot open: build with the feature `{feature}`", path.display())]
    NoEngine {
        /// The file.
        path: PathBuf,
        /// The feature of this crate that has the engine.
        feature: &'static str,
    },

    /// The file is not a SQLite database.
    #[error("`{}` is not a SQLite database: choose another file, or open it with the engine that wrote it", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },

    /// A table of the log's name is there, but a log cannot be kept in it.
    #[error("the table `{table}` in `{}` is not a log: {reason}; rename it, or keep the log in another file", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// How it differs.
        reason: String,
    },

    /// The file, its folder or its connection does not allow writing.
    #[error("`{}` cannot be written to: allow writing to the file and its folder, or keep the log in another file", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },

    /// Another process kept the file locked for longer than the busy timeout.
    #[error("`{}` is locked by another process: try again when it is done", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },

    /// A statement took longer than a lock would be waited for, and was ended. Nothing was written.
    #[error("writing to `{}` took longer than a call may take: look at the file with `execlog verify`", path.display())]
    TooSlow {
        /// The file.
        path: PathBuf,
    },

    /// The connection that the host shares was in use for longer than the busy timeout.
    #[error("the shared connection is in use: release its lock before calling the log")]
    ConnectionInUse,

    /// Something else that SQLite reports.
    #[error("SQLite failed on `{}`: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said: an error of [`rusqlite`](crate::rusqlite), whichever version that is.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A log without a file of its own was asked for a connection to it.
    #[error("there is no SQLite file to connect to: the log is {kept}")]
    NoConnection {
        /// Where it is kept instead.
        kept: &'static str,
    },

    /// A value or a key is larger than the engine under a key-value store can keep safely. The key
    /// holds what it held before.
    #[error(
        "`{key}` takes {bytes} bytes, and a graph keeps up to {limit}: shorten it, or keep the log in a SQLite file of its own"
    )]
    TooLarge {
        /// The key.
        key: String,
        /// How large the value or the key is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },

    /// Something that the engine under a key-value store reports.
    #[error("the key-value store cannot {action}{}: {source}", quoted(key))]
    Engine {
        /// What it was asked to do.
        action: &'static str,
        /// The key or prefix, empty where the whole store is meant.
        key: String,
        /// What the engine said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// How many ids are listed before it is said that there are more.
pub(crate) const CANDIDATES: usize = 100;

fn count(candidates: &[String]) -> String {
    let count = candidates.len();
    if count < CANDIDATES {
        count.to_string()
    } else {
        format!("{count} or more")
    }
}

fn listed(candidates: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<_> = candidates
        .iter()
        .take(SHOWN)
        .map(|id| format!("`{id}`"))
        .collect();
    let more = if candidates.len() > SHOWN {
        ", …"
    } else {
        ""
    };
    format!("{}{more}; give more of it", shown.join(", "))
}

fn quoted(key: &str) -> String {
    if key.is_empty() {
        return String::new();
    }
    format!(" `{key}`")
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl Error {
    pub(crate) fn duplicate(execution_id: &str) -> Self {
        Self::Duplicate {
            execution_id: execution_id.to_owned(),
        }
    }

    pub(crate) fn not_found(execution_id: &str) -> Self {
        Self::NotFound {
            execution_id: execution_id.to_owned(),
        }
    }

    pub(crate) fn already_finished(execution_id: &str, outcome: &str) -> Self {
        Self::AlreadyFinished {
            execution_id: execution_id.to_owned(),
            outcome: outcome.to_owned(),
        }
    }
}

/// A key or other text for a message: without control characters, and short however long it is.
///
/// Every key that a log writes is shown whole.
pub(crate) fn printable(text: &[u8]) -> String {
    const LONGEST: usize = 600;
    const SHORTENED: usize = 120;
    let (shown, more) = match text.get(LONGEST..) {
        None | Some([]) => (text, String::new()),
        Some(_) => (&text[..SHORTENED], format!("… ({} bytes)", text.len())),
    };
    let mut printable = String::with_capacity(shown.len() + more.len());
    for chunk in shown.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                printable.extend(character.escape_default());
            } else {
                printable.push(character);
            }
        }
        printable.extend(chunk.invalid().escape_ascii().map(char::from));
    }
    printable + &more
}
