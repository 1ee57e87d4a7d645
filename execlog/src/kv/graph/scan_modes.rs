//! Scan modes: the ways to ask an engine for the keys with a prefix.

use super::engine::{Engine, Failure, Snapshot};
use crate::kv::KvEntry;
use crate::kv::decimals::{decimals, from_decimals};

/// A way to ask an engine for the keys with a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScanMode {
    snapshot: Snapshot,
    spelling: Spelling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// The key's bytes, unchanged.
    Bytes,
    /// `101,120,101`, as a graph in SQLite spells its keys. The engine does not convert the prefix of a
    /// scan.
    Decimals,
}

impl ScanMode {
    /// Every scan mode. The mode that cannot miss keys comes first.
    ///
    /// At the current snapshot sqlitegraph 3.9 compares versions with 0. With a write-ahead log its
    /// native engine gives version 0 to some keys and not to others.
    const ALL: [Self; 3] = [
        Self::new(Snapshot::Latest, Spelling::Bytes),
        Self::new(Snapshot::Current, Spelling::Bytes),
        Self::new(Snapshot::Current, Spelling::Decimals),
    ];

    const fn new(snapshot: Snapshot, spelling: Spelling) -> Self {
        Self { snapshot, spelling }
    }

    /// Returns the first scan mode whose first hit exists, and all its hits.
    ///
    /// In the wrong mode a short prefix may match keys that are spelled differently.
    pub(super) fn that_finds(
        engine: &dyn Engine,
        prefix: &[u8],
        exists: impl Fn(&[u8]) -> Result<bool, Failure>,
    ) -> Result<Option<(Self, Vec<KvEntry>)>, Failure> {
        for mode in Self::ALL {
            let found = match mode.ask(engine, prefix) {
                // An engine may refuse a snapshot that it has not made.
                Err(_) if mode.snapshot != Snapshot::Current => continue,
                answer => answer?,
            };
            if let Some((first, _)) = found.first()
                && exists(first)?
            {
                return Ok(Some((mode, found)));
            }
        }
        Ok(None)
    }

    /// The entries whose keys start with `prefix`, in the order of the keys' bytes.
    pub(super) fn ask(self, engine: &dyn Engine, prefix: &[u8]) -> Result<Vec<KvEntry>, Failure> {
        let mut found = match self.spelling {
            Spelling::Bytes => engine.scan(self.snapshot, prefix)?,
            Spelling::Decimals => {
                let spelled = engine.scan(self.snapshot, decimals(prefix).as_bytes())?;
                let plain = |(key, value): KvEntry| {
                    let key = str::from_utf8(&key).ok()?;
                    Some((from_decimals(key)?, value))
                };
                spelled.into_iter().filter_map(plain).collect()
            }
        };
        found.retain(|(key, _)| key.starts_with(prefix));
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        found.dedup_by(|(one, _), (other, _)| one == other);
        Ok(found)
    }

    /// Whether this is the mode for a graph in SQLite.
    pub(super) fn is_for_sqlite(self) -> bool {
        self.spelling == Spelling::Decimals
    }
}
