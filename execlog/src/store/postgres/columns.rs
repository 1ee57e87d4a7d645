//! The columns of the two tables, in the order of the fields of a record and of a context.

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Flag,
}

impl Kind {
    /// The type of a list of such values.
    pub(super) fn list(self) -> &'static str {
        match self {
            Self::Text => "TEXT[]",
            Self::Integer => "BIGINT[]",
            Self::Flag => "BOOLEAN[]",
        }
    }
}

pub(super) type Column = (&'static str, Kind);

/// The columns of a record.
pub(super) const RECORD: [Column; 14] = [
    ("id", Kind::Integer),
    ("execution_id", Kind::Text),
    ("tool_version", Kind::Text),
    ("args", Kind::Text),
    ("root", Kind::Text),
    ("db_path", Kind::Text),
    ("started_at", Kind::Integer),
    ("finished_at", Kind::Integer),
    ("duration_ms", Kind::Integer),
    ("outcome", Kind::Text),
    ("error_message", Kind::Text),
    ("files_indexed", Kind::Integer),
    ("symbols_indexed", Kind::Integer),
    ("references_indexed", Kind::Integer),
];

/// The columns beside those of a record: where a run comes from, and what is known of it since.
pub(super) const OF_LOG: [Column; 4] = [
    ("command", Kind::Text),
    ("log", Kind::Integer),
    ("number", Kind::Integer),
    ("sequence", Kind::Integer),
];

/// The columns of a context.
pub(super) const CONTEXT: [Column; 21] = [
    ("execution_id", Kind::Text),
    ("started_at_ms", Kind::Integer),
    ("ended_at_ms", Kind::Integer),
    ("process_id", Kind::Integer),
    ("program", Kind::Text),
    ("host", Kind::Text),
    ("\"user\"", Kind::Text),
    ("working_directory", Kind::Text),
    ("exit_code", Kind::Integer),
    ("parent_execution_id", Kind::Text),
    ("revision", Kind::Text),
    ("branch", Kind::Text),
    ("lock", Kind::Text),
    ("crashed", Kind::Flag),
    ("trace_id", Kind::Text),
    ("labels", Kind::Text),
    ("counters", Kind::Text),
    ("phases", Kind::Text),
    ("cpu_ms", Kind::Integer),
    ("peak_memory_bytes", Kind::Integer),
    ("pin", Kind::Text),
];

/// The names of these columns of a table, for a statement.
pub(super) fn of_table(table: &str, columns: &[Column]) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|(name, _)| format!("{table}.{name}"))
        .collect();
    names.join(", ")
}

/// The names of these columns, for a statement.
pub(super) fn names(columns: &[Column]) -> String {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// What selects the rows of the first parameters of a statement, which are lists of these columns. In `FROM`, `unnest`
/// takes twice as long, since it writes each list down first.
pub(super) fn unnested(columns: &[Column]) -> String {
    let lists: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(place, (_, kind))| format!("unnest(${}::{})", place + 1, kind.list()))
        .collect();
    format!("SELECT {}", lists.join(", "))
}

/// The assignments that take over these columns of a row that exists.
pub(super) fn taken_over(columns: &[Column]) -> String {
    let taken: Vec<_> = columns
        .iter()
        .map(|(name, _)| format!("{name} = EXCLUDED.{name}"))
        .collect();
    taken.join(", ")
}
