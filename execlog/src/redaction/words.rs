//! Splitting a text into words.

/// Splits a text at white space. Returns each word without its quotes, and the place of its start.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    const QUOTES: [char; 3] = ['"', '\'', '`'];
    let mut end = 0;
    let pieces = text.split_inclusive(char::is_whitespace);
    let words = pieces.map(move |piece| {
        let unopened = piece.trim_start_matches(QUOTES);
        let start = end + piece.len() - unopened.len();
        end += piece.len();
        let word = unopened.trim_end_matches(char::is_whitespace);
        (start, word.trim_end_matches(QUOTES))
    });
    words.filter(|(_, word)| !word.is_empty())
}
