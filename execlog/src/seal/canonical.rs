//! A run as canonical JSON, by RFC 8785.
//!
//! The structures list their fields in the order of RFC 8785, which serde keeps. Numbers that a double
//! cannot hold exactly are written as strings, as the RFC recommends.

use super::event::SealEvent;
use crate::model::{ExecutionContext, ExecutionRecord, Phase, StoredRun};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Appends the canonical JSON of a seal.
pub(super) fn canonical(
    into: &mut Vec<u8>,
    event: SealEvent,
    number: i64,
    run: Option<&StoredRun>,
) {
    let context = run.and_then(|run| run.context.as_deref());
    let sealed = Sealed {
        context: context.map(Context::from),
        event: event.as_str(),
        number: Integer(number),
        record: run.map(|run| Record::from(&run.record)),
    };
    // Cannot fail: a vector takes every byte, and the keys of the maps are strings.
    let _ = serde_json::to_writer(into, &sealed);
}

#[derive(Serialize)]
struct Sealed<'a> {
    context: Option<Context<'a>>,
    event: &'static str,
    number: Integer,
    record: Option<Record<'a>>,
}

#[derive(Serialize)]
struct Record<'a> {
    args: &'a str,
    db_path: &'a str,
    duration_ms: Option<Integer>,
    error_message: Option<&'a str>,
    execution_id: &'a str,
    files_indexed: Integer,
    finished_at: Option<Integer>,
    id: Integer,
    outcome: &'a str,
    references_indexed: Integer,
    root: Option<&'a str>,
    started_at: Integer,
    symbols_indexed: Integer,
    tool_version: &'a str,
}

impl<'a> From<&'a ExecutionRecord> for Record<'a> {
    fn from(record: &'a ExecutionRecord) -> Self {
        let ExecutionRecord {
            id,
            execution_id,
            tool_version,
            args,
            root,
            db_path,
            started_at,
            finished_at,
            duration_ms,
            outcome,
            error_message,
            files_indexed,
            symbols_indexed,
            references_indexed,
        } = record;
        Self {
            args,
            db_path,
            duration_ms: duration_ms.map(Integer),
            error_message: error_message.as_deref(),
            execution_id,
            files_indexed: Integer(*files_indexed),
            finished_at: finished_at.map(Integer),
            id: Integer(*id),
            outcome,
            references_indexed: Integer(*references_indexed),
            root: root.as_deref(),
            started_at: Integer(*started_at),
            symbols_indexed: Integer(*symbols_indexed),
            tool_version,
        }
    }
}

/// The fields that the first version of a context had are always written, and the others where they have
/// a value, as in the stored JSON.
#[derive(Serialize)]
struct Context<'a> {
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Sorted::is_empty")]
    counters: Sorted<'a, i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_ms: Option<Integer>,
    crashed: bool,
    ended_at_ms: Option<Integer>,
    execution_id: &'a str,
    exit_code: Option<Integer>,
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Sorted::is_empty")]
    labels: Sorted<'a, String>,
    lock: Option<&'a str>,
    parent_execution_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_memory_bytes: Option<Integer>,
    #[serde(skip_serializing_if = "Phases::is_empty")]
    phases: Phases<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin: Option<&'a str>,
    process_id: Option<Integer>,
    program: Option<&'a str>,
    revision: Option<&'a str>,
    started_at_ms: Integer,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    user: Option<&'a str>,
    working_directory: Option<&'a str>,
}

impl<'a> From<&'a ExecutionContext> for Context<'a> {
    fn from(context: &'a ExecutionContext) -> Self {
        let ExecutionContext {
            execution_id,
            started_at_ms,
            ended_at_ms,
            process_id,
            program,
            host,
            user,
            working_directory,
            exit_code,
            parent_execution_id,
            revision,
            branch,
            lock,
            crashed,
            trace_id,
            labels,
            counters,
            phases,
            cpu_ms,
            peak_memory_bytes,
            pin,
        } = context;
        Self {
            branch: branch.as_deref(),
            counters: Sorted(counters),
            cpu_ms: cpu_ms.map(Integer),
            crashed: *crashed,
            ended_at_ms: ended_at_ms.map(Integer),
            execution_id,
            exit_code: exit_code.map(Integer),
            host: host.as_deref(),
            labels: Sorted(labels),
            lock: lock.as_deref(),
            parent_execution_id: parent_execution_id.as_deref(),
            peak_memory_bytes: peak_memory_bytes.map(Integer),
            phases: Phases(phases),
            pin: pin.as_deref(),
            process_id: process_id.map(Integer),
            program: program.as_deref(),
            revision: revision.as_deref(),
            started_at_ms: Integer(*started_at_ms),
            trace_id: trace_id.as_deref(),
            user: user.as_deref(),
            working_directory: working_directory.as_deref(),
        }
    }
}

/// An integer, or its decimal digits as a string where a double cannot hold it exactly.
#[derive(Clone, Copy)]
struct Integer(i64);

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const LARGEST: u64 = (1 << 53) - 1;
        if self.0.unsigned_abs() <= LARGEST {
            serializer.serialize_i64(self.0)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

/// A map whose names are sorted by their UTF-16 code units.
struct Sorted<'a, V>(&'a BTreeMap<String, V>);

impl<V> Sorted<'_, V> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn entries(&self) -> Vec<(&String, &V)> {
        let mut entries: Vec<_> = self.0.iter().collect();
        entries.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
        entries
    }
}

impl Serialize for Sorted<'_, String> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries())
    }
}

impl Serialize for Sorted<'_, i64> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.entries().into_iter();
        serializer.collect_map(entries.map(|(name, value)| (name, Integer(*value))))
    }
}

struct Phases<'a>(&'a [Phase]);

impl Phases<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Phases<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Sealed<'a> {
            duration_us: Integer,
            name: &'a str,
            started_after_us: Integer,
            times: Integer,
        }
        serializer.collect_seq(self.0.iter().map(|phase| {
            let Phase {
                name,
                started_after_us,
                duration_us,
                times,
            } = phase;
            Sealed {
                duration_us: Integer(*duration_us),
                name,
                started_after_us: Integer(*started_after_us),
                times: Integer(*times),
            }
        }))
    }
}
