//! The trace and the span of a run, as W3C Trace Context and OpenTelemetry name them.

/// The `TRACEPARENT` of a stored run: what [`Run::traceparent`](crate::Run::traceparent) gave to the
/// programs that the run started.
///
/// Takes the execution id and the [trace id](crate::ExecutionContext::trace_id) of the context. The trace
/// is the trace id. Without one, or if it is not 32 lower-case hexadecimal digits, the trace is the 32
/// digits of the execution id. The span is always the last 16 of those digits, or 1 if they are all zero.
/// An execution id that is not a UUID is replaced by its 128-bit FNV-1a hash.
///
/// ```
/// let id = "0199abcd-1234-7000-8000-0123456789ab";
/// let traceparent = execlog::traceparent(id, None);
/// assert_eq!(traceparent, "00-0199abcd1234700080000123456789ab-80000123456789ab-01");
/// ```
#[must_use]
pub fn traceparent(execution_id: &str, trace_id: Option<&str>) -> String {
    let (trace, span) = of_run(execution_id, trace_id);
    format!("00-{trace}-{span}-01")
}

/// The trace and the span of a run. The same run always has the same ones.
pub(crate) fn of_run(execution_id: &str, trace_id: Option<&str>) -> (String, String) {
    let digits = match uuid::Uuid::parse_str(execution_id) {
        Ok(id) if !id.is_nil() => id.as_u128(),
        _ => hash(execution_id.as_bytes()),
    };
    // A span of zeros is invalid.
    let span = u64::try_from(digits & u128::from(u64::MAX))
        .unwrap_or_default()
        .max(1);
    let trace = trace_id.and_then(|trace| hexadecimal(trace, 32));
    let trace = trace.map_or_else(|| format!("{digits:032x}"), str::to_owned);
    (trace, format!("{span:016x}"))
}

/// FNV-1a, for execution ids that are not UUIDs: the same in every version, on every machine.
fn hash(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = |hash: u128, byte: &u8| (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
    bytes.iter().fold(OFFSET, hash)
}

/// Returns the text if it has this many lower-case hexadecimal digits. An id of all zeros is
/// invalid.
pub(crate) fn hexadecimal(text: &str, digits: usize) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_none = digits > 2 && text.bytes().all(|byte| byte == b'0');
    (text.len() == digits && text.bytes().all(is_digit) && !is_none).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::of_run;

    #[test]
    fn a_run_has_the_trace_of_its_parent_and_a_span_of_its_own() {
        let id = "0199abcd-1234-7000-8000-0123456789ab";
        let (trace, span) = of_run(id, None);
        assert_eq!(trace, "0199abcd1234700080000123456789ab");
        assert_eq!(span, "80000123456789ab");
        let of_parent = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(of_run(id, Some(of_parent)), (of_parent.to_owned(), span));
        // The published vector of 128-bit FNV-1a for the text `foobar`.
        assert_eq!(of_run("foobar", None).0, "343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn ids_are_valid_whatever_is_stored() {
        let id = "0199abcd-1234-7000-8000-0123456789ab";
        let zeros = "0".repeat(32);
        for trace in ["", "4bf92f35", "4BF92F3577B34DA6A3CE929D0E0E4736", &zeros] {
            assert_eq!(of_run(id, Some(trace)), of_run(id, None), "{trace}");
        }
        let (_, span) = of_run("0199abcd-1234-7000-0000-000000000000", None);
        assert_eq!(span, "0000000000000001");
        let (trace, span) = of_run("00000000-0000-0000-0000-000000000000", None);
        assert_ne!((trace.as_str(), span.as_str()), (&*zeros, &zeros[..16]));
    }
}
