//! The parent of a process, from the `TRACEPARENT` of W3C Trace Context.

use crate::model::trace::hexadecimal;

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

#[cfg(test)]
mod tests {
    use super::parent;

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
