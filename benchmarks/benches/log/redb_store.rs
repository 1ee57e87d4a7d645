//! redb with `serde_json`: runs keyed by execution id, and execution ids keyed by start.

use crate::contestant::{Contestant, Log, Result};
use crate::run;
use execlog::ExecutionRecord;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::path::Path;

const RUNS: TableDefinition<&str, &[u8]> = TableDefinition::new("runs");
const STARTS: TableDefinition<(i64, &str), ()> = TableDefinition::new("starts");

pub(crate) fn contestant() -> Contestant {
    Contestant {
        name: "redb",
        open: Box::new(|path| Ok(Box::new(Redb(Database::open(path)?)))),
        fill: Box::new(fill),
    }
}

fn fill(path: &Path, length: usize) -> Result {
    let database = Database::create(path)?;
    let transaction = database.begin_write()?;
    for number in 0..length {
        put(&transaction, &run::past(number, length))?;
    }
    Ok(transaction.commit()?)
}

fn put(transaction: &redb::WriteTransaction, run: &ExecutionRecord) -> Result {
    let id = run.execution_id.as_str();
    let json = serde_json::to_vec(run)?;
    transaction.open_table(RUNS)?.insert(id, json.as_slice())?;
    transaction
        .open_table(STARTS)?
        .insert((run.started_at, id), ())?;
    Ok(())
}

struct Redb(Database);

impl Redb {
    fn write(&self, run: &ExecutionRecord) -> Result {
        let transaction = self.0.begin_write()?;
        put(&transaction, run)?;
        Ok(transaction.commit()?)
    }

    fn read_newest(&self) -> Result<usize> {
        let transaction = self.0.begin_read()?;
        let (runs, starts) = (
            transaction.open_table(RUNS)?,
            transaction.open_table(STARTS)?,
        );
        let mut found = 0;
        for start in starts.iter()?.rev().take(run::NEWEST) {
            let (start, ()) = start.map(|(start, end)| (start, end.value()))?;
            let json = runs.get(start.value().1)?.ok_or("a run is missing")?;
            let _: ExecutionRecord = serde_json::from_slice(json.value())?;
            found += 1;
        }
        Ok(found)
    }

    fn read(&self, id: &str) -> Result<bool> {
        let runs = self.0.begin_read()?.open_table(RUNS)?;
        let Some(json) = runs.get(id)? else {
            return Ok(false);
        };
        let run: ExecutionRecord = serde_json::from_slice(json.value())?;
        Ok(run.execution_id == id)
    }
}

impl Log for Redb {
    fn start_and_finish(&mut self, id: &str) -> Result {
        let started = run::started(id);
        self.write(&started)?;
        self.write(&run::ended(started))
    }

    fn newest(&mut self) -> Option<Result<usize>> {
        Some(self.read_newest())
    }

    fn get(&mut self, id: &str) -> Option<Result<bool>> {
        Some(self.read(id))
    }
}
