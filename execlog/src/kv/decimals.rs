//! Keys as a graph in SQLite spells them: the decimals of their bytes, as in `101,120,101`.

/// Spells a key.
pub(crate) fn decimals(key: &[u8]) -> String {
    let bytes: Vec<String> = key.iter().map(u8::to_string).collect();
    bytes.join(",")
}

/// Parses a key from its decimals. Gives `None` for a text that [`decimals`] does not write.
pub(crate) fn from_decimals(text: &str) -> Option<Vec<u8>> {
    let byte = |text: &str| {
        // `parse` also takes `+7` and `007`.
        let is_plain = !text.starts_with(['+', '0']) || text == "0";
        text.parse().ok().filter(|_| is_plain)
    };
    text.split(',').map(byte).collect()
}
