//! The limits of what a host names: labels, counters and phases.

use std::collections::BTreeMap;

/// The most labels, counters and phases of one run.
pub(crate) const MOST_NAMES: usize = 64;

/// The longest name of one, in bytes.
pub(crate) const LONGEST_NAME: usize = 64;

/// Cuts a text to at most this many bytes.
pub(crate) fn shortened(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Cuts the values of labels, and leaves out those with invalid names. Returns whether it changed any.
pub(crate) fn checked_labels(labels: BTreeMap<String, String>) -> (BTreeMap<String, String>, bool) {
    const LONGEST_VALUE: usize = 1024;
    let given = labels.len();
    let mut are_cut = false;
    let is_name = |name: &str| {
        !name.is_empty()
            && name.len() <= LONGEST_NAME
            && !name
                .chars()
                .any(|character| character == '=' || character.is_control())
    };
    let valid = labels.into_iter().filter(|(name, _)| is_name(name));
    let valid = valid.take(MOST_NAMES).map(|(name, mut value)| {
        are_cut |= value.len() > LONGEST_VALUE;
        value.truncate(shortened(&value, LONGEST_VALUE).len());
        (name, value)
    });
    let valid: BTreeMap<_, _> = valid.collect();
    let is_changed = are_cut || valid.len() < given;
    (valid, is_changed)
}
