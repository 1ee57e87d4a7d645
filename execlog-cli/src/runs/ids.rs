//! Shortens ids, as far as they stay unique in their log.

use execlog::LocalLog;
use std::cell::OnceCell;

/// The part of an id that encodes the millisecond in which it was made.
const LENGTH: usize = 13;

/// Ids of a log. All are shortened when the first one is asked for, so that a server is not asked for each.
pub(super) struct Ids<'log> {
    log: &'log LocalLog,
    whole: Vec<String>,
    short: OnceCell<Vec<String>>,
}

impl<'log> Ids<'log> {
    pub(super) fn new(log: &'log LocalLog, whole: Vec<String>) -> Self {
        Self {
            log,
            whole,
            short: OnceCell::new(),
        }
    }

    /// The beginning of the id in this place that selects only its run.
    pub(super) fn short(&self, place: usize) -> &str {
        let short = self.short.get_or_init(|| shortened(self.log, &self.whole));
        &short[place]
    }
}

/// The beginnings of the ids that select only their runs. Asks the log once, and a few times more if other ids are
/// similar.
fn shortened(log: &LocalLog, ids: &[String]) -> Vec<String> {
    let mut short = ids.to_vec();
    let mut similar: Vec<(usize, usize)> = (0..ids.len()).map(|place| (place, LENGTH)).collect();
    loop {
        let prefixes = similar.iter().filter_map(|&(place, length)| {
            let (end, _) = ids[place].char_indices().nth(length)?;
            Some((place, &ids[place][..end]))
        });
        let (places, prefixes): (Vec<_>, Vec<_>) = prefixes.unzip();
        if prefixes.is_empty() {
            break;
        }
        // A run that cannot be read has been reported already. Whole ids are never wrong.
        let Ok(found) = log.maintenance().ids_with_prefixes(&prefixes) else {
            break;
        };
        let asked = places.into_iter().zip(prefixes);
        similar = asked
            .enumerate()
            .filter_map(|(asked, (place, prefix))| {
                let others = found.get(asked).into_iter().flatten();
                let others = others.filter(|other| **other != ids[place]);
                let shared = others.map(|other| shared(&ids[place], other)).max();
                if shared.is_none() {
                    prefix.clone_into(&mut short[place]);
                }
                Some((place, shared? + 1))
            })
            .collect();
    }
    short
}

/// How many characters at the beginning of both ids are the same.
fn shared(id: &str, other: &str) -> usize {
    let pairs = id.chars().zip(other.chars());
    pairs.take_while(|(one, other)| one == other).count()
}
