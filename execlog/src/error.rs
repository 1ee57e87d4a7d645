//! The errors of all calls.

use std::path::PathBuf;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a call. The variants are the same on every store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The execution id is empty, too long or not printable. Nothing was written.
    #[error("invalid execution id `{id}`: {reason}")]
    InvalidId {
        /// The id, shortened and with control characters escaped.
        id: String,
        /// Why the id is refused.
        reason: &'static str,
    },

    /// The text is not an outcome that a run can end with. Nothing was written.
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
        /// Why the value is refused and what is allowed.
        reason: String,
    },

    /// The last possible run number is taken. Nothing was written.
    #[error(
        "run number {last} is taken, the last one possible, so no run can be added: find the damaged record with `execlog verify`"
    )]
    NoNumberLeft {
        /// The last number that was given.
        last: i64,
    },

    /// The log already has a run with this execution id. That run stays unchanged.
    #[error("run `{execution_id}` is in the log already: give each run an id of its own")]
    Duplicate {
        /// The id.
        execution_id: String,
    },

    /// The log has no run with this execution id.
    #[error("run `{execution_id}` is not in the log: start it before finishing it")]
    NotFound {
        /// The id.
        execution_id: String,
    },

    /// The run ended before. Its record stays unchanged.
    #[error("run `{execution_id}` is finished already, with outcome `{outcome}`")]
    AlreadyFinished {
        /// The id.
        execution_id: String,
        /// The stored outcome.
        outcome: String,
    },

    /// The run goes on and was recorded without a context, which a pin needs.
    #[error("the run `{execution_id}` has not ended: pin it when it has")]
    NotEnded {
        /// The execution id.
        execution_id: String,
    },

    /// The prefix matches the ids of several runs.
    #[error(
        "`{prefix}` is a prefix of {} ids: {}",
        count(candidates),
        listed(candidates)
    )]
    Ambiguous {
        /// The prefix.
        prefix: String,
        /// The matching ids, the first hundred at most.
        candidates: Vec<String>,
    },

    /// The pattern for secrets is not a valid regular expression, or matches the empty text.
    #[error("invalid secret pattern `{pattern}`: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Why the pattern is refused.
        reason: String,
    },

    /// The text is not a checkpoint.
    #[error("not a checkpoint: {reason}; pass the lines that `execlog checkpoint` has printed")]
    InvalidCheckpoint {
        /// What is wrong with the text.
        reason: &'static str,
    },

    /// The policy has no rule. Nothing was removed.
    #[error(
        "the policy has no rule and would remove every run: set `keep_last`, `keep_within` or `keep_failed_within`"
    )]
    EmptyPolicy,

    /// The value stored under the key of a record cannot be read as one.
    #[error("`{key}` cannot be read: {reason}; remove it, or restore it from a backup")]
    Corrupt {
        /// The key; for a table row, the table and the row's number.
        key: String,
        /// Why the value cannot be read.
        reason: String,
    },

    /// The log has fewer seals than its head file records. Nothing was written.
    #[error(
        "the log had {had} seals by its head file `{}` and has {has}: the log was damaged or replaced by an older copy; \
         restore the log, or accept the loss with `execlog verify --accept-loss` or by removing the head file",
        head.display()
    )]
    SealsLost {
        /// The path of the head file.
        head: PathBuf,
        /// The number of seals in the head file.
        had: u64,
        /// The number of seals in the log.
        has: u64,
    },

    /// The log has fewer runs than its head file records. Nothing was written.
    #[error(
        "the log had {had} runs by its head file `{}` and has {has}: the log was damaged or replaced by another copy; \
         restore the log, or accept the loss with `execlog verify --accept-loss` or by removing the head file",
        head.display()
    )]
    RunsLost {
        /// The head file.
        head: PathBuf,
        /// The last run number in the head file.
        had: i64,
        /// The last run number in the log.
        has: i64,
    },

    /// The key does not belong to the record type that should be read.
    #[error("`{key}` is not a key of the form `{pattern}`")]
    ForeignKey {
        /// The key.
        key: String,
        /// The form of the type's keys.
        pattern: &'static str,
    },

    /// The record cannot be serialized.
    #[error("the record `{key}` cannot be written as JSON: {source}")]
    Encode {
        /// The key of the record.
        key: String,
        /// The error of serde.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The JSON is not a record of the type that should be read.
    #[error("not the JSON of a record `{pattern}`: {source}")]
    Decode {
        /// The form of the type's keys.
        pattern: &'static str,
        /// The error of serde.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The file cannot be opened.
    #[error("cannot open `{}`: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why the file cannot be opened and what to do.
        reason: String,
    },

    /// The file is neither a SQLite database nor a native graph.
    #[error("`{}` is neither a SQLite database nor a native graph: pass a SQLite log or graph with `--db`", path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
    },

    /// The file is empty, and was a graph with a log.
    #[error("`{0}` is empty, and was a graph with a log: restore it from a backup, or remove `{0}.execlog/head-keys` to begin anew", path.display())]
    Emptied {
        /// The file.
        path: PathBuf,
    },

    /// The file is a graph whose engine is not in this build.
    #[error("`{}` is a native graph that this build cannot open: build with the feature `{feature}`", path.display())]
    NoEngine {
        /// The file.
        path: PathBuf,
        /// The feature of this crate that adds the engine.
        feature: &'static str,
    },

    /// The file is not a SQLite database.
    #[error("`{}` is not a SQLite database: choose another file, or open it with the engine that wrote it", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },

    /// The table of the log exists, but its schema does not fit.
    #[error("the table `{table}` in `{}` is not a log: {reason}", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// How the schema differs, and what to do.
        reason: String,
    },

    /// The file, its folder or its connection does not allow writing.
    #[error("`{}` cannot be written to: allow writing to the file and its folder, or keep the log in another file", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },

    /// Another process kept the file locked for longer than the busy timeout.
    #[error("`{}` is locked by another process or thread: try again when it is done", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },

    /// A statement took longer than the busy timeout and was cancelled. Nothing was written.
    #[error("writing to `{}` took longer than the busy timeout: check the file with `execlog verify`", path.display())]
    TooSlow {
        /// The file.
        path: PathBuf,
    },

    /// The host's shared connection was in use for longer than the busy timeout.
    #[error("the shared connection is in use: release its lock before calling the log")]
    ConnectionInUse,

    /// Another error of SQLite.
    #[error("SQLite failed on `{}`: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// The error of [`rusqlite`](crate::rusqlite), in the version of this build.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The URL of a server cannot be read. It is not shown, since it may have a password.
    #[error("invalid URL of a server: {reason}")]
    InvalidServer {
        /// What is wrong, and what to do.
        reason: &'static str,
    },

    /// This build cannot speak to the server.
    #[error(
        "this build cannot speak to `{server}`: build with the feature `{feature}`, or add `sslmode=disable` to a URL in a network that you trust"
    )]
    NoServerSupport {
        /// The server, without its password.
        server: String,
        /// The feature of this crate that adds what is missing.
        feature: &'static str,
    },

    /// The log is not one that others are shipped to.
    #[error(
        "the log is not on a server: ship to a URL such as `postgresql://user@host/database`, or import the runs"
    )]
    NotATarget,

    /// The server cannot be reached.
    #[error("cannot connect to `{server}`: {reason}; check that it runs and that the URL is right")]
    ServerUnreachable {
        /// The server, without its password.
        server: String,
        /// What went wrong.
        reason: String,
    },

    /// The server did not answer in time. Whether a change was stored is not known: asking for it, or the
    /// same call again, tells.
    #[error("`{server}` did not answer in time: try again, or wait longer")]
    ServerTooSlow {
        /// The server, without its password.
        server: String,
    },

    /// The server refused a statement, or the connection to it was lost.
    #[error("`{server}` failed: {reason}")]
    Server {
        /// The server, without its password.
        server: String,
        /// What the server says.
        reason: String,
    },

    /// The log is not in a SQLite file that it opened itself, so it cannot make a connection.
    #[error("cannot connect to a SQLite file: the log is {kept}")]
    NoConnection {
        /// Where the log is kept.
        kept: &'static str,
    },

    /// The value or the key is larger than the engine of the key-value store can store safely. The
    /// key keeps its old value.
    #[error(
        "`{key}` takes {bytes} bytes, more than the {limit} that fit in a graph: shorten the key or value, or keep the log in a SQLite file of its own"
    )]
    TooLarge {
        /// The key.
        key: String,
        /// The size of the value or the key.
        bytes: usize,
        /// The largest size allowed.
        limit: usize,
    },

    /// An error of the engine of the key-value store.
    #[error("the key-value store cannot {action}{}: {source}", quoted(key))]
    Engine {
        /// The operation that failed.
        action: &'static str,
        /// The key or prefix; empty for the whole store.
        key: String,
        /// The error of the engine.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The number of ids after which the list is cut.
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
    format!("{}{more}; give a longer prefix", shown.join(", "))
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
    /// The error of a call that timed out waiting for another thread of this process.
    pub(crate) fn store_in_use(action: &'static str) -> Self {
        Self::Engine {
            action,
            key: String::new(),
            source: "another thread of this process is writing to the log; try again".into(),
        }
    }

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

/// Escapes control characters in a key or other text, and shortens long text.
///
/// Shows every key that a log writes in full.
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
