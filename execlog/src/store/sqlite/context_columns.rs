//! The columns of a context, in one list from which tables and statements are made.

/// A column of a context.
pub(super) struct Column {
    pub(super) name: &'static str,
    /// The declared type.
    pub(super) kind: &'static str,
    /// What the table of contexts demands of the column.
    constraint: &'static str,
    /// Whether a table of an earlier version lacks the column.
    pub(super) is_added: bool,
}

/// The columns, in the order of the fields of a context.
pub(super) const COLUMNS: [Column; 21] = [
    first("execution_id", "TEXT", " PRIMARY KEY NOT NULL"),
    first("started_at_ms", "INTEGER", " NOT NULL"),
    first("ended_at_ms", "INTEGER", ""),
    first("process_id", "INTEGER", ""),
    first("program", "TEXT", ""),
    first("host", "TEXT", ""),
    first("user", "TEXT", ""),
    first("working_directory", "TEXT", ""),
    first("exit_code", "INTEGER", ""),
    first("parent_execution_id", "TEXT", ""),
    first("revision", "TEXT", ""),
    first("branch", "TEXT", ""),
    first("lock", "TEXT", ""),
    first("crashed", "INTEGER", " NOT NULL DEFAULT 0"),
    added("trace_id", "TEXT"),
    added("labels", "TEXT"),
    added("counters", "TEXT"),
    added("phases", "TEXT"),
    added("cpu_ms", "INTEGER"),
    added("peak_memory_bytes", "INTEGER"),
    added("pin", "TEXT"),
];

/// A column of the first version.
const fn first(name: &'static str, kind: &'static str, constraint: &'static str) -> Column {
    Column {
        name,
        kind,
        constraint,
        is_added: false,
    }
}

const fn added(name: &'static str, kind: &'static str) -> Column {
    Column {
        name,
        kind,
        constraint: "",
        is_added: true,
    }
}

/// The number of columns of the first version. They are in front of the others.
pub(super) const FIRST: usize = {
    let mut first = 0;
    while !COLUMNS[first].is_added {
        first += 1;
    }
    first
};

/// The names of the columns, for a statement.
pub(super) fn names() -> String {
    names_of(&COLUMNS)
}

/// The names of these columns, for a statement.
pub(super) fn names_of(columns: &[Column]) -> String {
    let names: Vec<_> = columns.iter().map(|column| column.name).collect();
    names.join(", ")
}

/// The columns as a table declares them.
pub(super) fn declared() -> String {
    let columns = COLUMNS.map(|column| {
        let Column {
            name,
            kind,
            constraint,
            ..
        } = column;
        format!("{name} {kind}{constraint}")
    });
    columns.join(",\n    ")
}

/// The columns as a table declares them that also takes damaged contexts.
pub(super) fn declared_without_constraints() -> String {
    let columns = COLUMNS.map(|column| format!("{} {}", column.name, column.kind));
    columns.join(",\n    ")
}
