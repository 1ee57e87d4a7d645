//! The Merkle tree of RFC 6962 over the digests of all seals.

use super::digest::Digest;

/// A tree that only grows to the right: the roots of its perfect subtrees, the largest first.
///
/// That is all that is needed to go on, so the left part of a journal can be dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    size: u64,
    peaks: Vec<Digest>,
}

impl Tree {
    /// The tree of this size with these [peaks](Self::peaks). `None` if their number is wrong.
    pub(crate) fn of_peaks(size: u64, peaks: &[u8]) -> Option<Self> {
        let (peaks, rest) = peaks.as_chunks::<32>();
        let is_whole = rest.is_empty() && peaks.len() == size.count_ones() as usize;
        is_whole.then(|| Self {
            size,
            peaks: peaks.iter().copied().map(Digest).collect(),
        })
    }

    /// The roots of the perfect subtrees, one after the other.
    pub(crate) fn peaks(&self) -> Vec<u8> {
        let peaks = self.peaks.iter();
        peaks.flat_map(|peak| peak.0).collect()
    }

    /// The number of digests.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a digest at the right.
    pub(crate) fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = Digest::of_pair(left, node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root. That of an empty tree is the digest of no bytes.
    pub(crate) fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else {
            return Digest::of_bytes(&[]);
        };
        peaks.fold(last, |right, left| Digest::of_pair(left, right))
    }
}
