//! Patterns of tokens, in a small subset of regular expressions.
//!
//! A pattern consists of text and ASCII classes, as `ghp_[A-Za-z0-9]{30,}`. Matching does not
//! backtrack: a class takes all bytes that it can, unless it has a fixed count and more of the
//! pattern follows.

use std::ops::RangeInclusive;

pub(super) struct Pattern {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(&'static str),
    Class(Class),
}

struct Class {
    bytes: Bytes,
    counts: RangeInclusive<usize>,
    follow: Follow,
}

/// The end of a class.
enum Follow {
    /// The last class: no byte of the class may follow.
    Nothing,
    /// After its fixed count.
    Count,
    /// At the first byte outside the class.
    End,
    /// At the first byte outside the class, possibly far away, so that [`Runs`] must cache the end.
    FarEnd,
}

/// The longest class without a [`Follow::FarEnd`].
const LONGEST: usize = 256;

impl Pattern {
    /// Parses a pattern. Returns `None` if it is invalid or can match the empty text.
    pub(super) fn parse(mut text: &'static str) -> Option<Self> {
        let mut pieces = Vec::with_capacity(2);
        while !text.is_empty() {
            let (piece, rest) = if let Some(class) = text.strip_prefix('[') {
                let (class, rest) = Class::parse(class)?;
                (Piece::Class(class), rest)
            } else {
                let (piece, rest) = text.split_at(text.find('[').unwrap_or(text.len()));
                if !piece.is_ascii() || piece.contains(['{', '}', ']']) {
                    return None;
                }
                (Piece::Text(piece), rest)
            };
            pieces.push(piece);
            text = rest;
        }
        (pieces.first()?.shortest() > 0).then_some(Self { pieces })
    }

    /// Returns the length of the shortest token of this pattern.
    #[cfg(test)]
    pub(super) fn shortest(&self) -> usize {
        self.pieces.iter().map(Piece::shortest).sum()
    }

    /// Returns the length of the token at this place of the text, if one matches.
    pub(super) fn length_at(&self, text: &[u8], start: usize, runs: &mut Runs) -> Option<usize> {
        let mut end = start;
        for (index, piece) in self.pieces.iter().enumerate() {
            end += match piece {
                Piece::Text(piece) if text[end..].starts_with(piece.as_bytes()) => piece.len(),
                Piece::Text(_) => return None,
                Piece::Class(class) => {
                    let most = *class.counts.end();
                    let length = match class.follow {
                        Follow::Count => class.bytes.run(&text[end..], most),
                        Follow::Nothing | Follow::End => {
                            class.bytes.run(&text[end..], most.saturating_add(1))
                        }
                        Follow::FarEnd => runs.end(index, class.bytes, text, end) - end,
                    };
                    class.counts.contains(&length).then_some(length)?
                }
            };
        }
        Some(end - start)
    }
}

/// Returns the bytes that a token of a pattern can begin with.
pub(super) fn first_bytes(pattern: &'static str) -> Option<impl Iterator<Item = u8>> {
    let first = match pattern.strip_prefix('[') {
        Some(class) => class.split_once(']')?.0,
        None => pattern.get(..1)?,
    };
    Bytes::parse(first.as_bytes()).map(Bytes::iter)
}

impl Piece {
    fn shortest(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Class(class) => *class.counts.start(),
        }
    }
}

impl Class {
    /// Parses the text after a `[`, and returns the text after the class.
    fn parse(text: &'static str) -> Option<(Self, &'static str)> {
        let (members, rest) = text.split_once(']')?;
        let (counts, rest) = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}')?,
            None => ("1", rest),
        };
        let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
        let least: usize = least.parse().ok()?;
        let most = match most {
            "" => usize::MAX,
            most => most.parse().ok()?,
        };
        let follow = match rest {
            "" => Follow::Nothing,
            _ if least == most => Follow::Count,
            _ if most <= LONGEST => Follow::End,
            _ => Follow::FarEnd,
        };
        let class = Self {
            bytes: Bytes::parse(members.as_bytes())?,
            counts: least..=most,
            follow,
        };
        (least <= most).then_some((class, rest))
    }
}

/// A cache of the ends of long runs of bytes in one text. Reads each run once if the places ascend.
#[derive(Default)]
pub(super) struct Runs(Vec<Run>);

/// For each place in `from..=end`, the run ends at `end`.
struct Run {
    piece: usize,
    bytes: Bytes,
    from: usize,
    end: usize,
}

impl Runs {
    /// Returns the end of the run at this place, for this piece of a pattern.
    fn end(&mut self, piece: usize, bytes: Bytes, text: &[u8], at: usize) -> usize {
        let is_same = |run: &Run| run.piece == piece && run.bytes == bytes;
        let index = self.0.iter().position(is_same);
        if let Some(run) = index.map(|index| &self.0[index])
            && (run.from..=run.end).contains(&at)
        {
            return run.end;
        }
        let run = Run {
            piece,
            bytes,
            from: at,
            end: at + bytes.run(&text[at..], usize::MAX),
        };
        let end = run.end;
        match index {
            Some(index) => self.0[index] = run,
            None => self.0.push(run),
        }
        end
    }
}

/// A set of ASCII bytes, one bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Bytes(u128);

impl Bytes {
    /// Parses the inside of `[A-Z0-9_-]`.
    fn parse(mut members: &[u8]) -> Option<Self> {
        let mut bytes = 0;
        while let [first, rest @ ..] = members {
            let (last, rest) = match rest {
                [b'-', last, rest @ ..] => (last, rest),
                rest => (first, rest),
            };
            if first > last || !last.is_ascii() {
                return None;
            }
            bytes |= u128::MAX >> (127 - (last - first)) << first;
            members = rest;
        }
        Some(Self(bytes))
    }

    fn iter(self) -> impl Iterator<Item = u8> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let first = u8::try_from(rest.trailing_zeros()).ok();
            let first = first.filter(u8::is_ascii)?;
            rest &= rest - 1;
            Some(first)
        })
    }

    fn has(self, byte: u8) -> bool {
        byte.is_ascii() && self.0 >> byte & 1 == 1
    }

    /// Counts the leading bytes that are in the set, `most` at most.
    fn run(self, text: &[u8], most: usize) -> usize {
        let bytes = text.iter().take(most);
        bytes.take_while(|byte| self.has(**byte)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Runs};

    fn length(pattern: &'static str, text: &str) -> Option<usize> {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        pattern.length_at(text.as_bytes(), 0, &mut Runs::default())
    }

    #[test]
    fn a_token_has_the_length_that_its_pattern_says() {
        for (pattern, text, expected) in [
            ("ab", "abc", Some(2)),
            ("a[0-9]{2}", "a12", Some(3)),
            ("a[0-9]{2}", "a1", None),
            ("a[0-9]{2}", "a123", None),
            ("a[0-9]{2,}", "a1234 ", Some(5)),
            ("a[0-9]{2,3}.[a-f]", "a123.c", Some(6)),
            ("a[0-9]{2,3}.[a-f]", "a1.c", None),
            ("a[0-9]{2,3}.[a-f]", "a1234.c", None),
            ("[0-9a]{2}a[b]", "1aab", Some(4)),
            ("a[0-9]{2}b[0-9]{0}", "a12b", Some(4)),
            ("a[0-9]{2}b[0-9]{0}", "a12b3", None),
            ("a[0-9]{2,999}.[0-9]{1,}", "a123.4", Some(6)),
            ("a[+-]{1,}", "a-+-", Some(4)),
        ] {
            assert_eq!(length(pattern, text), expected, "{pattern} in {text}");
        }
    }

    #[test]
    fn what_is_not_a_pattern_is_refused() {
        for pattern in [
            "", "[", "a[b", "a]", "a{2}", "[a]{", "[a]{2", "[a]{3,2}", "[a]{x}", "[z-a]",
            "[a]{0}b", "ä", "[ä]",
        ] {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
    }
}
