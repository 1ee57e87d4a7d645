//! Of which kind a file is that a log can be kept in.

use crate::store::is_database;
use crate::{Error, Result};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What a file is that a log can be kept in, told from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A SQLite database, or an empty file, which can become one.
    Sqlite,
    /// A native graph of sqlitegraph 1.6.
    NativeV2,
    /// A native graph of sqlitegraph 3.9.
    NativeV3,
}

impl FileKind {
    /// Every kind there is.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::NativeV2, Self::NativeV3];

    /// The kind of a file, which may be open elsewhere: SQLite is asked whether it is a database, and
    /// only what is not one is read. Takes no lock, drops none, and changes nothing.
    ///
    /// ```
    /// use execlog::{ExecutionLog, FileKind};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("code.db");
    /// ExecutionLog::new(&file).ensure_schema()?;
    /// assert_eq!(FileKind::of(&file)?, FileKind::Sqlite);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if the file is missing or cannot be read, and [`Error::NotALog`] if it is
    /// none of these.
    pub fn of(file: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::Open {
            path: file.to_owned(),
            reason: if file.is_dir() {
                "it is a folder; name a file in it".to_owned()
            } else {
                error.to_string()
            },
        };
        let not_a_log = || Error::NotALog {
            path: file.to_owned(),
        };
        // Opening a pipe would block.
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() && !metadata.is_dir() {
            return Err(not_a_log());
        }
        if metadata.is_file() && (metadata.len() == 0 || is_database(file)?) {
            return Ok(Self::Sqlite);
        }
        let mut start = Vec::new();
        File::open(file)
            .and_then(|file| file.take(16).read_to_end(&mut start))
            .map_err(failed)?;
        Self::of_start(&start).ok_or_else(not_a_log)
    }

    /// The kind of a file that begins with these bytes, of which sixteen are enough.
    #[must_use]
    pub fn of_start(bytes: &[u8]) -> Option<Self> {
        let mut kinds = Self::ALL.into_iter();
        kinds.find(|kind| bytes.starts_with(kind.magic()))
    }

    /// The feature of this crate that opens files of the kind, or `None` if none is needed.
    #[must_use]
    pub fn feature(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::NativeV2 => Some("native-v2"),
            Self::NativeV3 => Some("native-v3"),
        }
    }

    /// Whether several processes may have a file of the kind open at once. Where they may not, look at
    /// a copy of [all its files](Self::files) while a host is at work.
    #[must_use]
    pub fn is_shared(self) -> bool {
        self == Self::Sqlite
    }

    /// The file and those of its engine beside it that are there: what a copy has to have.
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
            // This engine takes two extensions off the name.
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

    /// The error of a build that cannot open such a file.
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
