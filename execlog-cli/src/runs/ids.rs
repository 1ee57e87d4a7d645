//! Shortens ids, as far as they stay unique in their log.

use execlog::LocalLog;

/// The part of an id that encodes the millisecond in which it was made.
const LENGTH: usize = 13;

/// The ids of a log.
#[derive(Clone, Copy)]
pub(super) struct Ids<'log>(&'log LocalLog);

impl<'log> Ids<'log> {
    pub(super) fn of(log: &'log LocalLog) -> Self {
        Self(log)
    }

    /// The beginning of this id that selects only its run. Takes a read by index, a few if others are similar.
    pub(super) fn short(self, id: &str) -> String {
        let mut length = LENGTH;
        loop {
            let Some((end, _)) = id.char_indices().nth(length) else {
                return id.to_owned();
            };
            let prefix = &id[..end];
            // A run that cannot be read has been reported already.
            let candidates = self
                .0
                .maintenance()
                .ids_with_prefix(prefix)
                .unwrap_or_default();
            let others = candidates.iter().filter(|other| *other != id);
            match others.map(|other| shared(id, other)).max() {
                None => return prefix.to_owned(),
                Some(shared) => length = shared + 1,
            }
        }
    }
}

/// How many characters at the beginning of both ids are the same.
fn shared(id: &str, other: &str) -> usize {
    let pairs = id.chars().zip(other.chars());
    pairs.take_while(|(one, other)| one == other).count()
}
