//! The lines that runs are exported as.

use execlog::StoredRun;
use serde::{Deserialize, Serialize};

/// The version of the lines that this program writes. It reads all up to it.
const VERSION: u32 = 1;

/// A line of an export: a run as it is stored, and what the line is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    execlog: u32,
    #[serde(flatten)]
    run: StoredRun,
}

/// What can be told of a line of any version.
#[derive(Debug, Deserialize)]
struct Version {
    execlog: u32,
}

impl Line {
    pub(crate) fn of(run: StoredRun) -> Self {
        Self {
            execlog: VERSION,
            run,
        }
    }

    /// The run of a line, or what is wrong with the line.
    pub(crate) fn read(text: &[u8]) -> Result<StoredRun, String> {
        let version: Version = serde_json::from_slice(text)
            .map_err(|error| format!("it is no run that `execlog export` wrote: {error}"))?;
        match version.execlog {
            0 => return Err("its version is 0: the first is 1".to_owned()),
            1..=VERSION => {}
            newer => {
                return Err(format!(
                    "it is of version {newer}, and this program reads up to {VERSION}: use a newer one"
                ));
            }
        }
        let line: Self = serde_json::from_slice(text)
            .map_err(|error| format!("it is not a whole run: {error}"))?;
        Ok(line.run)
    }
}
