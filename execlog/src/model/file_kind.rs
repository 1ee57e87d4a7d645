//! The kinds of files that can hold a log.

use crate::error::Error;
use std::path::{Path, PathBuf};

/// The kind of a file that can hold a log, detected by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A SQLite database, or an empty file, which SQLite can fill.
    Sqlite,
    /// A native graph of sqlitegraph 1.6.
    NativeV2,
    /// A native graph of sqlitegraph 3.9.
    NativeV3,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::NativeV2, Self::NativeV3];

    /// Detects the kind by the first bytes of a file. Sixteen are enough.
    #[must_use]
    pub fn of_start(bytes: &[u8]) -> Option<Self> {
        let mut kinds = Self::ALL.into_iter();
        kinds.find(|kind| bytes.starts_with(kind.magic()))
    }

    /// The feature of this crate that can open such files, or `None` if always enabled.
    #[must_use]
    pub fn feature(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::NativeV2 => Some("native-v2"),
            Self::NativeV3 => Some("native-v3"),
        }
    }

    /// Whether several processes may open the file at once. If not, read a copy of [all its
    /// files](Self::files) while a host has it open.
    #[must_use]
    pub fn is_shared(self) -> bool {
        self == Self::Sqlite
    }

    /// Lists the file and the existing files of its engine beside it. A copy needs all of them.
    #[must_use]
    pub fn files(self, file: &Path) -> Vec<PathBuf> {
        let beside: Vec<PathBuf> = match self {
            Self::Sqlite => ["-wal", "-journal"]
                .iter()
                .map(|ending| {
                    let mut name = file.as_os_str().to_owned();
                    name.push(ending);
                    PathBuf::from(name)
                })
                .collect(),
            // This engine removes two extensions from the name.
            Self::NativeV2 => ["wal", "checkpoint"]
                .iter()
                .map(|extension| file.with_extension("").with_extension(extension))
                .collect(),
            Self::NativeV3 => ["v3wal", "v3checkpoint", "v3index", "v3edgemeta"]
                .iter()
                .map(|extension| file.with_extension(extension))
                .collect(),
        };
        let there = beside.into_iter().filter(|file| file.is_file());
        std::iter::once(file.to_owned()).chain(there).collect()
    }

    /// The error for builds that cannot open such a file.
    pub(crate) fn without_engine(self, file: &Path) -> Error {
        Error::NoEngine {
            path: file.to_owned(),
            feature: self.feature().unwrap_or("default"),
        }
    }

    fn magic(self) -> &'static [u8] {
        match self {
            Self::Sqlite => b"SQLite format 3\0",
            Self::NativeV2 => b"SQLTGF\0\0",
            Self::NativeV3 => b"SQLTGF\0\x03",
        }
    }
}
