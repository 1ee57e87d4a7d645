//! When a log flushes.

/// When what a log writes to a key-value store is flushed, and so survives the end of the process.
///
/// Set it with [`ExecutionLog::with_durability`](crate::ExecutionLog::with_durability). In SQLite
/// every write is a transaction of its own, and this changes nothing. What is not flushed yet can be
/// flushed with [`ExecutionLog::flush`](crate::ExecutionLog::flush).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// Every call flushes before it returns, so what it has acknowledged survives.
    #[default]
    EveryWrite,
    /// Only what ends a run flushes: a run that is killed may be missing, and its number then goes to
    /// another; one that has ended is there.
    AtFinish,
    /// The log does not flush. What survives is what the host or the engine flushes, and all of it
    /// if the host closes its graph. (To replace a value in a native 1.6 graph takes a flush, so
    /// there a finish flushes all the same what was written before it.)
    LeftToEngine,
}
