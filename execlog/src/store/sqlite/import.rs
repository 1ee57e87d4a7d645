//! Importing runs of another log.

use super::session::Session;
use super::{SqliteStore, context, record, sequence};
use crate::error::Result;
use crate::model::StoredRun;
use crate::seal::SealEvent;
use crate::store::import::{merged, merged_context, number_kept};
use crate::store::report::Imported;

impl SqliteStore {
    /// Imports these runs in one transaction.
    pub(super) fn import_all(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        self.write(|session| {
            if runs.iter().any(|run| run.context.is_some()) {
                self.make_contexts(session)?;
            }
            session.atomically(|session| {
                let mut last = sequence::last_number(session)?;
                let imported = runs
                    .iter()
                    .map(|run| self.import_one(session, run, &mut last));
                imported.collect()
            })
        })
    }

    /// Imports one run from another log.
    fn import_one(&self, session: &Session, run: &StoredRun, last: &mut i64) -> Result<Imported> {
        let StoredRun { record, context } = run;
        let Some(here) = self.read(session, &record.execution_id)?.transpose()? else {
            *last = record::insert_as(session, number_kept(run, *last), record)?;
            if let Some(context) = context {
                context::insert(session, context)?;
            }
            self.seal(session, *last, SealEvent::Imported)?;
            return Ok(Imported::Added);
        };
        let merged = merged(&here, run);
        if merged == Imported::Updated {
            record::remove(session, &record.execution_id)?;
            record::insert_as(session, Some(here.record.id), record)?;
            if let Some(context) = merged_context(&here, run) {
                context::insert(session, &context)?;
            }
            self.seal(session, here.record.id, SealEvent::Imported)?;
        }
        Ok(merged)
    }
}
