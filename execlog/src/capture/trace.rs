//! The parent of a process, from the `TRACEPARENT` of W3C Trace Context.

/// The trace and the span in a `TRACEPARENT`, or `None` if the text is invalid.
pub(super) fn parent(traceparent: &str) -> Option<String> {
    let mut parts = traceparent.trim().split('-');
    let version = hexadecimal(parts.next()?, 2)?;
    let trace = hexadecimal(parts.next()?, 32)?;
    let span = hexadecimal(parts.next()?, 16)?;
    hexadecimal(parts.next()?, 2)?;
    // Later versions may have more parts.
    let is_whole = version != "00" || parts.next().is_none();
    (version != "ff" && is_whole).then(|| format!("{trace}-{span}"))
}

/// The trace in a text that [`parent`] returned.
pub(super) fn id_of(parent: &str) -> String {
    parent.chars().take_while(|digit| *digit != '-').collect()
}

/// The trace and the span of a run, as `TRACEPARENT` names them. The trace is that of the parent, or
/// else the digits of the execution id; the span is the last half of those. So the same run always has
/// the same span.
pub(crate) fn of_run(execution_id: &str, trace_id: Option<&str>) -> (String, String) {
    let digits = match uuid::Uuid::parse_str(execution_id) {
        Ok(id) if !id.is_nil() => id.as_u128(),
        _ => hash(execution_id.as_bytes()),
    };
    // A span of zeros is invalid.
    let span = u64::try_from(digits & u128::from(u64::MAX))
        .unwrap_or_default()
        .max(1);
    let trace = trace_id.map_or_else(|| format!("{digits:032x}"), str::to_owned);
    (trace, format!("{span:016x}"))
}

/// FNV-1a, for execution ids that are not UUIDs: the same in every version, on every machine.
fn hash(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = |hash: u128, byte: &u8| (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
    bytes.iter().fold(OFFSET, hash)
}

/// Returns the part if it has this many lower-case hexadecimal digits. An id of all zeros is
/// invalid.
fn hexadecimal(part: &str, digits: usize) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_none = digits > 2 && part.bytes().all(|byte| byte == b'0');
    (part.len() == digits && part.bytes().all(is_digit) && !is_none).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::{of_run, parent};

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
    fn a_traceparent_names_a_trace_and_a_span() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let of = |text: &str| parent(text);
        let expected = Some(format!("{trace}-00f067aa0ba902b7"));
        assert_eq!(of(&format!("00-{trace}-00f067aa0ba902b7-01")), expected);
        assert_eq!(
            of(&format!("42-{trace}-00f067aa0ba902b7-01-more")),
            expected
        );
        for wrong in [
            String::new(),
            "00".to_owned(),
            format!("00-{trace}-00f067aa0ba902b7"),
            format!("00-{trace}-00f067aa0ba902b7-01-more"),
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
        ] {
            assert_eq!(of(&wrong), None, "{wrong}");
        }
    }
}
