//! Entries that a repair set aside because they contradict the runs. The entries may be right and the
//! runs wrong.

use crate::error::printable;
use crate::error::{Error, Result};
use crate::kv::KvRecord;
use crate::kv::{KvEntry, KvStore, Table};
use crate::store::report::SetAside;
use execlog_derive::KvRecord;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A copy of an entry that was set aside, with the reason and the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog-aside", crate = "crate")]
pub(super) struct Aside {
    #[kv(key, ordered)]
    number: u64,
    set_aside_at_ms: i64,
    reason: String,
    /// The original key of the entry.
    key: String,
    value: serde_json::Value,
}

impl From<Aside> for SetAside {
    fn from(aside: Aside) -> Self {
        Self {
            key: printable(&KvRecord::key(&aside)),
            was: printable(aside.key.as_bytes()),
            reason: aside.reason,
            at_ms: aside.set_aside_at_ms,
        }
    }
}

/// Copies entries aside and returns the keys of those that have a copy now. Does not repeat a copy that
/// a crash left beside its original.
pub(super) fn copy(
    store: &impl KvStore,
    entries: impl IntoIterator<Item = (KvEntry, String)>,
    now_ms: i64,
) -> Result<Vec<Vec<u8>>> {
    let stored = store.scan(&Aside::key_prefix())?;
    let numbers = stored
        .iter()
        .filter_map(|(key, _)| Aside::parse_key(key).ok());
    let mut last = numbers.max().unwrap_or(0);
    let readable = stored
        .iter()
        .filter_map(|(key, value)| decode(key, value).ok());
    let written: HashSet<(String, String)> = readable
        .map(|aside| (aside.key, aside.value.to_string()))
        .collect();
    let mut copied = Vec::new();
    for ((key, value), reason) in entries {
        let aside = Aside {
            number: last.saturating_add(1),
            set_aside_at_ms: now_ms,
            reason,
            key: String::from_utf8_lossy(&key).into_owned(),
            value: serde_json::from_slice(&value).map_err(|source| Error::Encode {
                key: printable(&key),
                source: Box::new(source),
            })?,
        };
        if !written.contains(&(aside.key.clone(), aside.value.to_string())) {
            match Table::new(store).insert(&aside) {
                // An entry that is too large stays in its place.
                Err(Error::TooLarge { .. }) => continue,
                other => other?,
            }
            last = aside.number;
        }
        copied.push(key);
    }
    Ok(copied)
}

pub(super) fn decode(key: &[u8], value: &[u8]) -> Result<Aside> {
    Table::<Aside, &dyn KvStore>::decode(key, value)
}
