//! Tells a log from a copy of it that has gone its own way, as one that CI restores from a cache.
//!
//! The seals of both are the same up to some place, and differ behind it. What is behind it in a copy belongs to
//! a log of its own, whose id names the place and the first seal that differs.

use crate::error::{Error, Result};
use crate::log::Threads;
use crate::log::core::Core;
use crate::seal::{Digest, Tree};
use crate::store::Target;

/// The log as a target has it.
pub(super) struct Lineage {
    pub(super) log_id: String,
    /// The tree over the seals that are not shipped: pruning has dropped them, or they are those of another log.
    pub(super) dropped: Tree,
    /// The place up to which the target has everything. It may have more, if it has refused something behind it.
    pub(super) place: u64,
    /// Whether the target says what it has, so that it may get runs again.
    pub(super) is_told: bool,
}

/// Finds out where the target is in this log.
pub(super) fn of<T: Threads>(core: &Core<T>, target: &dyn Target, name: &str) -> Result<Lineage> {
    let store = core.store();
    let Some((log_id, dropped)) = store.dropped_seals()? else {
        return Err(Error::Corrupt {
            key: "the journal of seals".to_owned(),
            reason: "it is missing".to_owned(),
        });
    };
    let Some(place) = target.position(&log_id)? else {
        let place = store.shipped(name)?.unwrap_or(0);
        return Ok(Lineage {
            log_id,
            dropped,
            place,
            is_told: false,
        });
    };
    // Behind this place some run was refused, or the last call was interrupted.
    let own = store.shipped(name)?.unwrap_or(u64::MAX);
    let last = store.sealed()?.map_or(0, |sealed| sealed.seals);
    let common = Common {
        core,
        target,
        log_id: &log_id,
    };
    let newest = place.min(last);
    if newest <= dropped.size() || common.is_same_at(newest)? {
        return Ok(Lineage {
            log_id,
            dropped,
            place: place.min(own),
            is_told: true,
        });
    }
    let first = common.first_other(dropped.size(), newest)?;
    let digest = common.own(first)?;
    let branch = format!("{log_id}~{first}-{}", &digest.to_string()[..16]);
    let place = target.position(&branch)?.unwrap_or(0);
    Ok(Lineage {
        dropped: tree_until(core, dropped, first - 1)?,
        log_id: branch,
        place: place.min(own).max(first - 1),
        is_told: true,
    })
}

/// What a log and a target have in common.
struct Common<'a, T: Threads> {
    core: &'a Core<T>,
    target: &'a dyn Target,
    log_id: &'a str,
}

impl<T: Threads> Common<'_, T> {
    /// Whether both have the same seal at this place. A seal that the target has dropped counts as the same.
    fn is_same_at(&self, place: u64) -> Result<bool> {
        match self.target.digest_at(self.log_id, place)? {
            Some(digest) => Ok(self.own(place)? == digest),
            None => Ok(true),
        }
    }

    /// The digest of the log's own seal at this place.
    fn own(&self, place: u64) -> Result<Digest> {
        let seals = self.core.store().seals_after(place - 1, 1)?;
        let seal = seals.first().filter(|seal| seal.sequence == place);
        seal.map(|seal| seal.digest).ok_or_else(|| missing(place))
    }

    /// The first place at which they differ. They are the same at `same`, and differ at `other`.
    fn first_other(&self, mut same: u64, mut other: u64) -> Result<u64> {
        while other - same > 1 {
            let middle = same.midpoint(other);
            if self.is_same_at(middle)? {
                same = middle;
            } else {
                other = middle;
            }
        }
        Ok(other)
    }
}

/// The tree over the seals up to this place.
fn tree_until<T: Threads>(core: &Core<T>, mut tree: Tree, place: u64) -> Result<Tree> {
    for seal in core.seals_after(tree.size()) {
        let seal = seal?;
        if seal.sequence > place || seal.sequence != tree.size() + 1 {
            break;
        }
        tree.push(seal.digest);
    }
    if tree.size() < place {
        return Err(missing(tree.size() + 1));
    }
    Ok(tree)
}

fn missing(place: u64) -> Error {
    Error::Corrupt {
        key: format!("seal {place}"),
        reason: "the seal is missing".to_owned(),
    }
}
