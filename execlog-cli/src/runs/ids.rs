//! Shortens ids, as far as they stay unique in their log.

use execlog::{Error, LocalLog, RunSelector};

/// The part of an id that encodes the millisecond in which it was made.
const LENGTH: usize = 13;

/// The ids of a log.
#[derive(Clone, Copy)]
pub(super) struct Ids<'log>(&'log LocalLog);

impl<'log> Ids<'log> {
    pub(super) fn of(log: &'log LocalLog) -> Self {
        Self(log)
    }

    /// The beginning of this id that selects only its run. Takes some reads by index for each id.
    pub(super) fn short(self, id: &str) -> String {
        let mut length = LENGTH;
        loop {
            let Some((end, _)) = id.char_indices().nth(length) else {
                return id.to_owned();
            };
            let prefix = &id[..end];
            match RunSelector::id(prefix).and_then(|run| self.0.find(run)) {
                Err(Error::Ambiguous { candidates, .. }) => {
                    let others = candidates.iter().filter(|other| *other != id);
                    let shared = others.map(|other| shared(id, other)).max();
                    length = (length + 1).max(shared.unwrap_or(0) + 1);
                }
                // Another run has this prefix as its whole id.
                Ok(Some(run)) if run.record.execution_id != id => length += 1,
                // A run that cannot be read has been reported already.
                Ok(_) | Err(_) => return prefix.to_owned(),
            }
        }
    }
}

/// How many characters at the beginning of both ids are the same.
fn shared(id: &str, other: &str) -> usize {
    let pairs = id.chars().zip(other.chars());
    pairs.take_while(|(one, other)| one == other).count()
}
