use crate::{ExecutionRecord, Outcome};

/// How a run ended.
pub(crate) struct Finish<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) error_message: Option<&'a str>,
    pub(crate) finished_at: i64,
    /// Milliseconds on a clock that never goes back, if the same handle started the run.
    pub(crate) measured_ms: Option<i64>,
    pub(crate) files: i64,
    pub(crate) symbols: i64,
    pub(crate) references: i64,
}

impl Finish<'_> {
    /// What was measured, or else the difference of the two stored times, in whole seconds.
    ///
    /// Both times are cut to the second, so the difference is off by less than one and not, on the
    /// average, too long.
    pub(crate) fn duration_ms(&self, started_at: i64) -> i64 {
        self.measured_ms.unwrap_or_else(|| {
            let seconds = self.finished_at.saturating_sub(started_at);
            seconds.max(0).saturating_mul(1000)
        })
    }

    pub(crate) fn apply(&self, record: &mut ExecutionRecord) {
        record.duration_ms = Some(self.duration_ms(record.started_at));
        record.finished_at = Some(self.finished_at);
        self.outcome.as_str().clone_into(&mut record.outcome);
        record.error_message = self.error_message.map(str::to_owned);
        record.files_indexed = self.files;
        record.symbols_indexed = self.symbols;
        record.references_indexed = self.references;
    }
}
