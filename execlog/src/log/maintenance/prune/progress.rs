//! How far retention has come, kept in a file of the lock folder.

use super::Policy;
use super::keeping::Count;
use crate::store::private;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// How far the pruning of a log has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The policy: with another one, pruning begins anew.
    policy: String,
    /// When the pruning began, in seconds since 1970.
    pub(super) began_at: i64,
    /// Where it goes on; `None` if it is done.
    pub(super) rest: Option<Rest>,
}

/// The runs that are not pruned yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rest {
    /// They began before this second.
    pub(super) before: i64,
    pub(super) count: Count,
}

impl Progress {
    /// A pruning that begins now.
    pub(super) fn beginning(policy: &Policy, now: i64) -> Self {
        Self {
            policy: format!("{policy:?}"),
            began_at: now,
            rest: Some(Rest {
                before: i64::MAX,
                count: Count::of(policy),
            }),
        }
    }

    pub(super) fn is_of(&self, policy: &Policy) -> bool {
        self.policy == format!("{policy:?}")
    }

    /// Reads the file. `None` if it is missing or not understood.
    pub(super) fn read(path: &Path) -> Option<Self> {
        const LONGEST: u64 = 4096;
        // Only regular files: opening a pipe would block.
        if !path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let mut text = String::new();
        let file = File::open(path).ok()?;
        file.take(LONGEST).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Writes the file as a whole, so that no reader sees a part of it.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            private::create_folder(folder)?;
        }
        let beside = private::path_beside(path);
        let mut file = private::create_file(&beside)?;
        let written = file
            .write_all(serde_json::to_string(self)?.as_bytes())
            .and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written
    }
}
