//! Execution ids, and the UUIDs that name runs and lock files.

use crate::error::printable;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::{ContextV7, Timestamp, Uuid};

const LONGEST: usize = 512;

/// The id of a run, unique in its log: 1 to 512 bytes of text without control characters.
///
/// ```
/// use execlog::ExecutionId;
///
/// let (first, second) = (ExecutionId::generate(), ExecutionId::generate());
/// assert!(first < second, "ids sort by the time they were made");
/// assert_eq!(first.as_str().len(), 36);
/// assert!("".parse::<ExecutionId>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionId(String);

impl ExecutionId {
    /// Generates an id: a UUID of version 7 ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562)),
    /// unique across hosts, containers, processes and threads. Ids sort by the millisecond of their
    /// generation; those of one process sort in the order of generation.
    #[must_use]
    pub fn generate() -> Self {
        Self(uuid().to_string())
    }

    /// The text of the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl AsRef<str> for ExecutionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExecutionId {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        check(id)?;
        Ok(Self(id.to_owned()))
    }
}

/// Generates a UUID of version 7, even if the clock shows a time before 1970.
///
/// A forked process inherits the state of its parent: the counter, and the random generator of
/// `uuid` if its feature `fast-rng` is enabled. So each process has its own counter, and the random
/// end of each UUID comes from the system.
pub(crate) fn uuid() -> Uuid {
    static COUNTER: Mutex<(u32, ContextV7)> = Mutex::new((0, ContextV7::new()));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or_default();
    let process = std::process::id();
    let mut counter = COUNTER.lock().unwrap_or_else(PoisonError::into_inner);
    if counter.0 != process {
        *counter = (process, ContextV7::new());
    }
    let (seconds, nanoseconds) = (now.as_secs(), now.subsec_nanos());
    let uuid = Uuid::new_v7(Timestamp::from_unix(&counter.1, seconds, nanoseconds));
    let mut bytes = uuid.into_bytes();
    // The counter fills the bytes before these. If the system gives no random bytes, they stay
    // unchanged.
    let _ = getrandom::fill(&mut bytes[12..]);
    Uuid::from_bytes(bytes)
}

/// Whether this is an id in the form that [`ExecutionId::generate`] gives: a UUID of version 7.
pub(crate) fn is_generated(id: &str) -> bool {
    let is_hyphenated = id.len() == uuid::fmt::Hyphenated::LENGTH;
    is_hyphenated && Uuid::parse_str(id).is_ok_and(|uuid| uuid.get_version_num() == 7)
}

/// Refuses ids that could not be told apart, printed or passed on a command line.
pub(crate) fn check(id: &str) -> Result<()> {
    let reason = if id.is_empty() {
        "the id is empty; give each run an id of its own"
    } else if id.len() > LONGEST {
        "the id is longer than 512 bytes; shorten the id"
    } else if id.chars().any(char::is_control) {
        "the id has a control character; leave those out"
    } else {
        return Ok(());
    };
    Err(Error::InvalidId {
        id: printable(id.as_bytes()),
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::{ExecutionId, is_generated};
    use std::collections::BTreeSet;

    #[test]
    fn ids_of_all_threads_differ_and_those_of_one_sort_by_their_making() {
        const IDS: usize = 5_000;
        let threads: Vec<_> = (0..8)
            .map(|_| {
                std::thread::spawn(|| {
                    let ids: Vec<_> = (0..IDS).map(|_| ExecutionId::generate()).collect();
                    assert!(ids.is_sorted());
                    ids
                })
            })
            .collect();
        let ids = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("ids"));
        assert_eq!(ids.collect::<BTreeSet<_>>().len(), 8 * IDS);
    }

    #[test]
    fn an_id_is_a_uuid_of_version_7() {
        let id = ExecutionId::generate();
        let uuid: uuid::Uuid = id.as_str().parse().expect("a UUID");
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(id.to_string().parse::<ExecutionId>().expect("an id"), id);
        assert!(is_generated(id.as_str()));
        for other in [
            "6b03270d-7759",
            "0199abcd-1234-4000-8000-0123456789ab",
            "0199abcd123470008000-0123456789ab",
            "run-1",
        ] {
            assert!(!is_generated(other), "{other}");
        }
    }
}
