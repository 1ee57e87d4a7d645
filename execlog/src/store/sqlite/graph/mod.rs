//! The key-value table of a graph in SQLite, read and written without the graph's engine. `shape` tells
//! whether the file has the table, and `value` reads and writes its values.
//!
//! Opening such a file with the engine would change it: the engine switches the journal mode and
//! migrates its tables. Here reads change nothing, and writes store the same as the engine.

mod shape;
#[cfg(test)]
mod tests;
mod value;

use super::errors::Failing;
use super::session::Session;
use super::source::Source;
use super::{remember, schema};
use crate::error::printable;
use crate::error::{Error, Result};
use crate::kv::decimals::{decimals, from_decimals};
use crate::kv::{JsonStore, KvEntry, KvStore, size};
use crate::store::CreateIfMissing;
use crate::store::deadline::BusyTimeout;
use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};
use shape::Shape;
pub(super) use shape::TABLE;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use value::Stored;

/// The key-value store of a graph in a SQLite file.
pub(super) struct GraphTable {
    source: Source,
    /// Whether the table was found.
    has_table: AtomicBool,
    /// Held by the thread whose transaction is open. It may make further calls within the transaction.
    transaction: ReentrantMutex<()>,
    is_in_transaction: AtomicBool,
    busy_timeout: BusyTimeout,
}

/// Runs a function when it is dropped.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl GraphTable {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            has_table: AtomicBool::new(false),
            transaction: ReentrantMutex::new(()),
            is_in_transaction: AtomicBool::new(false),
            busy_timeout: BusyTimeout::default(),
        }
    }

    pub(super) fn set_busy_timeout(&self, time: Duration) {
        self.busy_timeout.set(time);
    }

    /// Reopens the file if another one has its path. Returns whether another has.
    pub(super) fn look_again(&self) -> u64 {
        let turn = self.transaction.try_lock();
        let is_free = turn.is_some() && !self.is_in_transaction.load(Ordering::Relaxed);
        if is_free {
            self.source
                .renew(|| self.has_table.store(false, Ordering::Relaxed))
        } else {
            self.source.replacements()
        }
    }

    /// Runs `work` atomically, and lets no other process write meanwhile. Creates a missing table first
    /// if asked to.
    pub(super) fn atomically<T>(
        &self,
        create: CreateIfMissing,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if create == CreateIfMissing::Yes {
            self.write(|_| Ok(()))?;
        }
        self.within("BEGIN IMMEDIATE", work)
    }

    /// Runs `work` that reads for long before it writes. Other processes may write meanwhile, and then
    /// `work` is repeated. After several attempts it takes the write lock first.
    pub(super) fn optimistically<T>(&self, work: impl Fn() -> Result<T>) -> Result<T> {
        const TRIES: usize = 3;
        for _ in 0..TRIES {
            match self.within("BEGIN", &work) {
                Err(Error::Busy { .. }) => {}
                done => return done,
            }
        }
        self.within("BEGIN IMMEDIATE", work)
    }

    /// Reads one snapshot of the table, whatever other processes write meanwhile.
    pub(super) fn at_one_moment<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.within("BEGIN", work)
    }

    /// Runs `work` in a transaction, if the table exists.
    fn within<T>(&self, begin: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let _turn = self.turn(self.busy_timeout.deadline())?;
        let run =
            |sql: &str| self.existing(|session| session.execute_batch(sql).failing_on(session));
        if run(begin)?.is_none() {
            return work();
        }
        self.is_in_transaction.store(true, Ordering::Relaxed);
        // Also rolls back if `work` panics. Errors are ignored: SQLite may have rolled back already, and
        // the caller needs the first error.
        let open = OnDrop(|| {
            let _ = run("ROLLBACK");
            self.is_in_transaction.store(false, Ordering::Relaxed);
        });
        let done = work()?;
        run("COMMIT")?;
        std::mem::forget(open);
        self.is_in_transaction.store(false, Ordering::Relaxed);
        Ok(done)
    }

    /// The problems that SQLite finds in the pages of the table.
    pub(super) fn damage(&self) -> Result<Vec<String>> {
        let found = self.existing(|session| {
            session
                .prepare(&format!("PRAGMA main.integrity_check({TABLE})"))
                .and_then(|mut check| check.query_map([], |row| row.get(0))?.collect())
                .failing_on(session)
        })?;
        let mut found: Vec<String> = found.unwrap_or_default();
        found.retain(|problem| problem != "ok");
        Ok(found)
    }

    /// Waits for another thread's transaction up to the busy timeout, as for another process's.
    fn turn(&self, give_up: Instant) -> Result<ReentrantMutexGuard<'_, ()>> {
        let turn = self.transaction.try_lock_until(give_up);
        turn.ok_or_else(|| self.source.busy())
    }

    /// Runs `work` on a database with the table. Creates the table if it is missing.
    fn write<T>(&self, work: impl FnOnce(&Session) -> Result<T>) -> Result<T> {
        let give_up = self.busy_timeout.deadline();
        let _turn = self.turn(give_up)?;
        self.source.with_created(give_up, |session| {
            if !self.table_exists(session)? {
                if let Shape::Other(reason) = Shape::of(session)? {
                    return Err(schema::not_a_log(session, TABLE, &reason));
                }
                shape::create(session)?;
            }
            work(session)
        })
    }

    /// Runs `work` on a database with the table, or gives `None` if the table does not exist.
    fn existing<T>(&self, work: impl FnOnce(&Session) -> Result<T>) -> Result<Option<T>> {
        if self.source.is_read_only() {
            self.look_again();
        }
        let give_up = self.busy_timeout.deadline();
        let _turn = self.turn(give_up)?;
        let found = self.source.with_existing(give_up, |session| {
            let exists = self.table_exists(session)?;
            exists.then(|| work(session)).transpose()
        })?;
        Ok(found.flatten())
    }

    fn table_exists(&self, session: &Session) -> Result<bool> {
        if !self.has_table.load(Ordering::Relaxed) {
            if Shape::of(session)? != Shape::Graph {
                return Ok(false);
            }
            remember(&self.has_table, session);
        }
        Ok(true)
    }

    fn find(&self, key: &[u8]) -> Result<Option<Stored>> {
        let found = self.existing(|session| {
            session
                .prepare_cached("SELECT value_json FROM main.kv_store WHERE key = ?1")
                .and_then(|mut find| {
                    let found =
                        find.query_row([decimals(key)], |row| Ok(Stored::of(row.get_ref(0)?)));
                    found.optional()
                })
                .failing_on(session)
        })?;
        Ok(found.flatten())
    }

    /// Writes a value as the engine does.
    fn put(&self, key: &[u8], value: &Value) -> Result<()> {
        self.write(|session| {
            session
                .prepare_cached(
                    "INSERT INTO main.kv_store \
                     (key, value_json, ttl_seconds, created_at, updated_at, version) \
                     VALUES (?1, ?2, NULL, unixepoch(), unixepoch(), 1) \
                     ON CONFLICT (key) DO UPDATE SET value_json = excluded.value_json, \
                     ttl_seconds = NULL, updated_at = excluded.updated_at, version = version + 1",
                )
                .and_then(|mut put| put.execute(params![decimals(key), value.to_string()]))
                .failing_on(session)
                .map(drop)
        })
    }
}

impl KvStore for GraphTable {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.find(key)?.map(Stored::into_bytes))
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        if let Ok(json) = serde_json::from_slice(value) {
            return self.set_json(key, json);
        }
        size::check(key, value.len())?;
        self.put(key, &json!({ "type": "bytes", "data": decimals(value) }))
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        let deleted = self.existing(|session| {
            session
                .prepare_cached("DELETE FROM main.kv_store WHERE key = ?1")
                .and_then(|mut delete| delete.execute([decimals(key)]))
                .failing_on(session)
        });
        deleted.map(drop)
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        let from = decimals(prefix);
        // A longer key continues with a comma, and `-` follows the comma. Every key sorts before `:`.
        let to = if prefix.is_empty() {
            ":".to_owned()
        } else {
            format!("{from}-")
        };
        let found = self.existing(|session| {
            let mut found = Vec::new();
            let sql = "SELECT key, value_json FROM main.kv_store WHERE key >= ?1 AND key < ?2";
            let mut scan = session.prepare_cached(sql).failing_on(session)?;
            let mut rows = scan.query([&from, &to]).failing_on(session)?;
            while let Some(row) = rows.next().failing_on(session)? {
                let key = row.get_ref(0).failing_on(session)?;
                if let Some(key) = key.as_str().ok().and_then(from_decimals) {
                    let value = row.get_ref(1).map(Stored::bytes_of);
                    found.push((key, value.failing_on(session)?));
                }
            }
            Ok(found)
        })?;
        let mut found: Vec<KvEntry> = found.unwrap_or_default();
        found.retain(|(key, _)| key.starts_with(prefix));
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }

    /// Does nothing: every write has been committed when it returns.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn as_json(&self) -> Option<&dyn JsonStore> {
        Some(self)
    }
}

impl JsonStore for GraphTable {
    fn get_json(&self, key: &[u8]) -> Result<Option<Value>> {
        match self.find(key)? {
            None => Ok(None),
            Some(Stored::Json(json)) => Ok(Some(json)),
            Some(Stored::Bytes(bytes)) => match serde_json::from_slice(&bytes) {
                Ok(json) => Ok(Some(json)),
                Err(error) => Err(Error::Corrupt {
                    key: printable(key),
                    reason: format!("the value is not JSON: {error}"),
                }),
            },
        }
    }

    fn set_json(&self, key: &[u8], json: Value) -> Result<()> {
        size::check(key, size::of_json(&json))?;
        self.put(key, &json!({ "type": "json", "data": json }))
    }
}
