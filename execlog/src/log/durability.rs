//! When a log flushes its writes.

/// When a log in a key-value store flushes its writes. Flushed writes survive the end of the
/// process.
///
/// Set it with [`ExecutionLog::with_durability`](crate::ExecutionLog::with_durability).
/// [`Maintenance::flush`](crate::Maintenance::flush) flushes the remaining writes. The setting
/// has no effect in SQLite, where each write is a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// Every call flushes before it returns, so every acknowledged write survives.
    #[default]
    EveryWrite,
    /// Only the end of a run flushes. A run that has ended survives. A run that is killed may be
    /// missing, and another run may then get its number.
    AtFinish,
    /// The log does not flush. Writes survive if the host or the engine flushes them; all do if the
    /// host closes its graph. (A native 1.6 graph must flush to replace a value, so finishing a run
    /// there flushes all earlier writes.)
    LeftToEngine,
}
