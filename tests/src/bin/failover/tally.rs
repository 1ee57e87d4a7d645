//! Compares what was acknowledged with what is in the log.

use execlog::LocalLog;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What processes were told, and when.
#[derive(Default)]
pub(crate) struct Acknowledged {
    /// Each run, and whether its end was acknowledged.
    runs: BTreeMap<String, bool>,
    milliseconds: Vec<u64>,
    /// What each failed call said, and how often.
    failures: BTreeMap<String, usize>,
}

impl Acknowledged {
    /// Adds the lines of a process.
    pub(crate) fn add(&mut self, lines: &str) {
        for line in lines.lines() {
            let mut words = line.splitn(3, ' ');
            let mut word = || words.next().expect("three words");
            let (time, what, id) = (word(), word(), word());
            if what == "failed" {
                *self.failures.entry(id.to_owned()).or_default() += 1;
                continue;
            }
            self.milliseconds.push(time.parse().expect("a time"));
            *self.runs.entry(id.to_owned()).or_default() |= what == "ended";
        }
    }

    fn longest_pause(&self) -> Duration {
        let mut times = self.milliseconds.clone();
        times.sort_unstable();
        let pauses = times.windows(2).map(|pair| pair[1] - pair[0]);
        Duration::from_millis(pauses.max().unwrap_or_default())
    }
}

/// What came of it.
pub(crate) struct Tally {
    acknowledged: usize,
    missing: Vec<String>,
    not_ended: Vec<String>,
    twice: Vec<String>,
    /// How many runs the log has that were not acknowledged.
    others: usize,
    is_intact: bool,
    failures: BTreeMap<String, usize>,
    pub(crate) longest_pause: Duration,
}

impl Tally {
    pub(crate) fn of(acknowledged: &Acknowledged, log: &LocalLog) -> Self {
        let runs = log.runs().without_contexts().into_iter();
        let records = runs.map(|run| run.expect("the log reads").record);
        let logged = records.map(|record| (record.execution_id, record.outcome == "success"));
        let verified = log.maintenance().verify().expect("the log is verified");
        Self::compare(acknowledged, logged, verified.findings.is_empty())
    }

    /// `logged` are the runs in the log, and whether each has ended.
    fn compare(
        acknowledged: &Acknowledged,
        logged: impl Iterator<Item = (String, bool)>,
        is_intact: bool,
    ) -> Self {
        let mut found: BTreeMap<String, Vec<bool>> = BTreeMap::new();
        for (id, has_ended) in logged {
            found.entry(id).or_default().push(has_ended);
        }
        let mut missing = Vec::new();
        let mut not_ended = Vec::new();
        for (id, end_is_acknowledged) in &acknowledged.runs {
            match found.get(id) {
                None => missing.push(id.clone()),
                Some(runs) if *end_is_acknowledged && !runs[0] => not_ended.push(id.clone()),
                Some(_) => {}
            }
        }
        let twice = found.iter().filter(|(_, runs)| runs.len() > 1);
        let is_other = |id: &&String| !acknowledged.runs.contains_key(*id);
        Self {
            acknowledged: acknowledged.runs.len(),
            missing,
            not_ended,
            twice: twice.map(|(id, _)| id.clone()).collect(),
            others: found.keys().filter(is_other).count(),
            is_intact,
            failures: acknowledged.failures.clone(),
            longest_pause: acknowledged.longest_pause(),
        }
    }

    /// Whether every acknowledged run is in the log as it was acknowledged, and no run twice.
    pub(crate) fn is_right(&self) -> bool {
        let wrong = [&self.missing, &self.not_ended, &self.twice];
        self.acknowledged > 0 && self.is_intact && wrong.iter().all(|ids| ids.is_empty())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (acknowledged, others) = (self.acknowledged, self.others);
        writeln!(
            f,
            "{acknowledged} runs acknowledged, {others} others in the log"
        )?;
        for (what, ids) in [
            ("missing", &self.missing),
            ("without their acknowledged end", &self.not_ended),
            ("twice in the log", &self.twice),
        ] {
            let examples = ids[..ids.len().min(3)].join(" ");
            let examples = if examples.is_empty() {
                examples
            } else {
                format!(": {examples}")
            };
            writeln!(f, "{} {what}{examples}", ids.len())?;
        }
        for (failure, times) in &self.failures {
            writeln!(f, "{times} calls failed: {failure}")?;
        }
        writeln!(f, "the log verifies: {}", self.is_intact)?;
        let pause = self.longest_pause.as_secs_f64();
        write!(
            f,
            "longest time without an acknowledged write: {pause:.1} s"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &str, logged: &[(&str, bool)]) -> Tally {
        let mut acknowledged = Acknowledged::default();
        acknowledged.add(lines);
        let logged = logged.iter();
        let logged = logged.map(|(id, has_ended)| ((*id).to_owned(), *has_ended));
        Tally::compare(&acknowledged, logged, true)
    }

    const LINES: &str = "1000 began a\n1500 ended a\n1600 failed no answer\n4000 began b\n";

    #[test]
    fn an_acknowledged_run_is_there_once_as_acknowledged() {
        let right = tally(LINES, &[("b", false), ("a", true), ("c", false)]);
        assert!(right.is_right());
        assert_eq!((right.acknowledged, right.others), (2, 1));
        assert_eq!(
            right.failures,
            BTreeMap::from([("no answer".to_owned(), 1)])
        );
        assert_eq!(tally(LINES, &[("a", true)]).missing, ["b"]);
        let not_ended = tally(LINES, &[("a", false), ("b", true)]);
        assert_eq!(not_ended.not_ended, ["a"]);
        let twice = [("a", true), ("b", false), ("c", true), ("c", true)];
        let twice = tally(LINES, &twice);
        assert_eq!(twice.twice, ["c"]);
        for wrong in [
            tally(LINES, &[("a", true)]),
            not_ended,
            twice,
            tally("", &[]),
        ] {
            assert!(!wrong.is_right(), "{wrong}");
        }
    }

    #[test]
    fn a_pause_is_between_acknowledgements_of_all_processes() {
        let mut acknowledged = Acknowledged::default();
        acknowledged.add("1000 ended a\n9000 ended b\n");
        acknowledged.add("4000 ended c\n");
        assert_eq!(acknowledged.longest_pause(), Duration::from_secs(5));
    }
}
