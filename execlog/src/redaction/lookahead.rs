//! Searching ahead in a text in linear time.
//!
//! The rules search from many places of one text for the end of a value, which may be far away. The
//! places are given in ascending order, so that the last result is mostly still valid.

use std::ops::Range;

/// A search for the next match in a text.
///
/// Takes linear time for all places together, if they ascend.
pub(super) struct Lookahead<'t> {
    text: &'t str,
    find: fn(&str) -> Option<usize>,
    /// For each place in `from..=next`, the next match is at `next`.
    from: usize,
    next: usize,
}

impl<'t> Lookahead<'t> {
    /// `find` returns the first match in a text.
    pub(super) fn new(text: &'t str, find: fn(&str) -> Option<usize>) -> Self {
        let (from, next) = (usize::MAX, 0);
        Self {
            text,
            find,
            from,
            next,
        }
    }

    /// Returns the next match at or after this place, or the end of the text.
    pub(super) fn after(&mut self, place: usize) -> usize {
        if !(self.from..=self.next).contains(&place) {
            let next = (self.find)(&self.text[place..]);
            self.next = next.map_or(self.text.len(), |next| place + next);
            self.from = place;
        }
        self.next
    }
}

/// The end of a part of a text after trimming certain characters.
///
/// Takes linear time in the trimmed length for all parts with the same end, if their starts ascend.
pub(super) struct TrimmedEnd<'t> {
    text: &'t str,
    is_trimmed: fn(char) -> bool,
    end: usize,
    trimmed: usize,
}

impl<'t> TrimmedEnd<'t> {
    pub(super) fn new(text: &'t str, is_trimmed: fn(char) -> bool) -> Self {
        let (end, trimmed) = (usize::MAX, 0);
        Self {
            text,
            is_trimmed,
            end,
            trimmed,
        }
    }

    pub(super) fn of(&mut self, part: Range<usize>) -> usize {
        if self.end != part.end {
            let trimmed = self.text[part.clone()].trim_end_matches(self.is_trimmed);
            self.trimmed = part.start + trimmed.len();
            self.end = part.end;
        }
        self.trimmed.max(part.start)
    }
}
