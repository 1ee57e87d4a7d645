//! Ending runs.

use super::record::Ending;
use super::session::Session;
use super::{SqliteStore, context, record};
use crate::error::{Error, Result};
use crate::model::StoredRun;
use crate::seal::SealEvent;
use crate::store::{Finish, Started};

impl SqliteStore {
    /// Ends a run that is running or was settled.
    pub(super) fn end(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        let finish_own = |session: &Session| -> Result<bool> {
            let Some(started) = finish.started else {
                return Ok(false);
            };
            let run = (execution_id, started.id);
            let is_done =
                record::finish(session, run, Ending::Running, started.measured_ms, finish)?;
            if is_done && started.has_context {
                self.end_context(session, execution_id, finish)?;
            }
            if is_done {
                self.seal(session, started.id, SealEvent::Ended)?;
            }
            Ok(is_done)
        };
        let finished = self.changing(|session| {
            session.keep_short();
            let has_context = |started: Started| started.has_context;
            let is_one_statement =
                !self.sealer.is_on() && finish.started.is_some_and(|started| !has_context(started));
            if is_one_statement && finish_own(session)? {
                return Ok(());
            }
            session.atomically(|session| {
                if finish_own(session)? {
                    return Ok(());
                }
                self.finish_any(session, execution_id, finish)
            })
        })?;
        finished.ok_or_else(|| Error::not_found(execution_id))
    }

    /// Ends a run that is known only by its execution id.
    fn finish_any(&self, session: &Session, execution_id: &str, finish: &Finish) -> Result<()> {
        let Some(found) = self.read(session, execution_id)? else {
            return Err(Error::not_found(execution_id));
        };
        let StoredRun { record, context } = found?;
        finish.check(&record, context.as_deref())?;
        let duration_ms = finish.duration_ms(&record, context.as_deref());
        record::finish(
            session,
            (execution_id, record.id),
            Ending::Checked,
            duration_ms,
            finish,
        )?;
        if context.is_some() {
            self.end_context(session, execution_id, finish)?;
        }
        self.seal(session, record.id, SealEvent::Ended)
    }

    fn end_context(&self, session: &Session, execution_id: &str, finish: &Finish) -> Result<()> {
        if finish.details.is_some() {
            self.make_contexts(session)?;
        }
        context::end(session, execution_id, finish)
    }
}
