//! Looking ahead in a text without reading any part of it twice.
//!
//! The rules look at many places of one text, and from each for the end of a value, which may be
//! far away. Each place is asked for in ascending order, so that what was found last mostly holds.

use std::ops::Range;

/// The next place of something in a text.
///
/// Takes time in proportion to the text for all places together, if these ascend.
pub(super) struct Lookahead<'t> {
    text: &'t str,
    find: fn(&str) -> Option<usize>,
    /// From each place in `from..=next`, `next` comes next.
    from: usize,
    next: usize,
}

impl<'t> Lookahead<'t> {
    /// `find` gives the first place in a text.
    pub(super) fn new(text: &'t str, find: fn(&str) -> Option<usize>) -> Self {
        let (from, next) = (usize::MAX, 0);
        Self {
            text,
            find,
            from,
            next,
        }
    }

    /// The next place at or after this one, or the end of the text if there is none.
    pub(super) fn after(&mut self, place: usize) -> usize {
        if !(self.from..=self.next).contains(&place) {
            let next = (self.find)(&self.text[place..]);
            self.next = next.map_or(self.text.len(), |next| place + next);
            self.from = place;
        }
        self.next
    }
}

/// The end of a part of a text without certain characters at its end.
///
/// Takes time in proportion to what is trimmed once for all parts that end at the same place, if
/// their starts ascend.
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
