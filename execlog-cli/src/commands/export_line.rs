//! The lines that `export` writes and `import` reads.

use execlog::StoredRun;
use serde::{Deserialize, Serialize};

/// The version of the lines that this program writes. It reads this version and older ones.
const VERSION: u32 = 1;

/// A line of an export: the version of the line, and a run as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ExportLine {
    execlog: u32,
    #[serde(flatten)]
    run: StoredRun,
}

/// The part that lines of every version have.
#[derive(Debug, Deserialize)]
struct Version {
    execlog: u32,
}

impl ExportLine {
    pub(crate) fn of(run: StoredRun) -> Self {
        Self {
            execlog: VERSION,
            run,
        }
    }

    /// Parses a line. The error says what is wrong with it.
    pub(crate) fn read(text: &[u8]) -> Result<StoredRun, String> {
        let version: Version = serde_json::from_slice(text)
            .map_err(|error| format!("not written by `execlog export`: {error}"))?;
        match version.execlog {
            0 => return Err("its version is 0, and the first version is 1".to_owned()),
            1..=VERSION => {}
            newer => {
                return Err(format!(
                    "its version is {newer}, and this program reads versions up to {VERSION}: use a newer `execlog`"
                ));
            }
        }
        let line: Self =
            serde_json::from_slice(text).map_err(|error| format!("not a complete run: {error}"))?;
        Ok(line.run)
    }
}
