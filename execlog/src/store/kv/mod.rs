mod sequence;

use super::{Finish, LogStore};
use crate::kv::{KvEntry, KvStore, Table};
use crate::record::RUNNING;
use crate::{Error, ExecutionRecord, KvRecord, Result};
use sequence::Sequence;
use serde::Deserialize;
use std::cmp::Reverse;
use std::rc::Rc;

/// What a run is placed by among the others, which can be read in many that are not whole.
#[derive(Deserialize)]
struct Place {
    started_at: i64,
    id: i64,
}

/// A log in a key-value store: `execlog:{execution_id}` for each run, and a numbered entry that
/// claims its id.
pub(crate) struct KvLogStore<S> {
    store: Rc<S>,
    records: Table<ExecutionRecord, Rc<S>>,
    sequence: Sequence<Rc<S>>,
}

impl<S: KvStore> KvLogStore<S> {
    pub(crate) fn new(store: S) -> Self {
        let store = Rc::new(store);
        Self {
            records: Table::new(Rc::clone(&store)),
            sequence: Sequence::new(Rc::clone(&store)),
            store,
        }
    }
}

impl<S: KvStore> LogStore for KvLogStore<S> {
    fn prepare(&self) -> Result<()> {
        Ok(())
    }

    fn insert(&self, record: &ExecutionRecord) -> Result<i64> {
        if self.records.contains(&record.execution_id)? {
            return Err(Error::duplicate(&record.execution_id));
        }
        let id = self.sequence.claim(&record.execution_id)?;
        self.records.insert(&ExecutionRecord {
            id,
            ..record.clone()
        })?;
        self.store.flush()?;
        Ok(id)
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        let Some(mut record) = self.records.get(execution_id)? else {
            return Err(Error::not_found(execution_id));
        };
        if record.outcome != RUNNING {
            return Err(Error::already_finished(execution_id, &record.outcome));
        }
        finish.apply(&mut record);
        self.records.insert(&record)?;
        self.store.flush()
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        self.records.get(execution_id)
    }

    fn newest(&self, limit: Option<usize>) -> Result<Vec<Result<ExecutionRecord>>> {
        let mut found = self.store.scan(&ExecutionRecord::key_prefix())?;
        found.sort_by_cached_key(|(_, value)| {
            let place = serde_json::from_slice(value).ok();
            let place = place.map(|Place { started_at, id }| Reverse((started_at, id)));
            (place.is_some(), place)
        });
        found.truncate(limit.unwrap_or(usize::MAX));
        let decode = |(key, value): KvEntry| Table::<_, Rc<S>>::decode(&key, &value);
        Ok(found.into_iter().map(decode).collect())
    }

    fn connect(&self) -> Result<rusqlite::Connection> {
        Err(Error::NoConnection {
            kept: "in a key-value store",
        })
    }
}
