//! Flips bits of the files of a graph.

use super::{Graph, Random, Runs, SEED, flips};
use execlog::FileKind;

/// The size of a stretch of a file all of whose bits are flipped.
const PAGE: usize = 512;

/// The shortest row of zero bytes that is taken for free space.
const SHORTEST_FREE: usize = 64;

/// A bit of the file with this number.
#[derive(Debug, Clone, Copy)]
struct Bit {
    part: usize,
    byte: usize,
    /// Its place in the byte.
    place: usize,
}

/// Flips these bits. Whenever an export changes or runs are lost, `verify` must find it. Returns the bits that
/// change no run, with whether `verify` reports them.
fn flip(graph: &Graph, bits: impl IntoIterator<Item = Bit>) -> Vec<(Bit, bool)> {
    let (mut lost, mut changed, mut unchanged, mut not_found) = (0, 0, Vec::new(), Vec::new());
    for flipped in bits {
        let (name, bytes) = &graph.parts[flipped.part];
        let mut bytes = bytes.clone();
        bytes[flipped.byte] ^= 1 << flipped.place;
        let (runs, is_found) = graph.damage(name, &bytes);
        if runs != Runs::AsBefore && !is_found {
            not_found.push(format!("{} {flipped:?}: {runs:?}", name.display()));
        }
        match runs {
            Runs::Lost => lost += 1,
            Runs::Changed => changed += 1,
            Runs::AsBefore => unchanged.push((flipped, is_found)),
        }
    }
    let same = unchanged.len();
    eprintln!("{lost} flips lost runs, {changed} changed some, {same} changed none");
    assert!(
        not_found.is_empty(),
        "seed {SEED:#x}: {} not found: {not_found:#?}",
        not_found.len()
    );
    unchanged
}

fn anywhere(graph: &Graph) -> impl Iterator<Item = Bit> {
    let size = graph.parts.iter().map(|(_, bytes)| bytes.len()).sum();
    let mut random = Random(SEED);
    (0..flips()).map(move |_| {
        let (mut byte, place) = (random.below(size), random.below(8));
        let mut part = 0;
        while byte >= graph.parts[part].1.len() {
            byte -= graph.parts[part].1.len();
            part += 1;
        }
        Bit { part, byte, place }
    })
}

/// All bits of a stretch of a file with a run, or as many as are to be flipped, evenly spaced.
fn in_one_page(graph: &Graph) -> impl Iterator<Item = Bit> {
    let is_run = |window: &[u8]| window == br#""outcome":"success""#;
    let place = |bytes: &[u8]| {
        let middle = bytes.len() / 2;
        let found = bytes[middle..].windows(19).position(is_run)?;
        Some((middle + found) / PAGE * PAGE)
    };
    let mut parts = graph.parts.iter().enumerate();
    let found = parts.find_map(|(part, (_, bytes))| Some((part, place(bytes)?)));
    let (part, first) = found.expect("a file with runs");
    // Odd, so that all places in a byte have their turn.
    let step = (PAGE * 8 / flips().max(1)) | 1;
    (0..PAGE * 8).step_by(step).map(move |bit| Bit {
        part,
        byte: first + bit / 8,
        place: bit % 8,
    })
}

/// Bytes that no run is in: rows of zero bytes, and the beginnings of runs, which their ends have replaced.
fn free_bytes(bytes: &[u8]) -> Vec<usize> {
    let mut free = Vec::new();
    let mut first_zero = 0;
    for (at, byte) in bytes.iter().chain([&1]).enumerate() {
        if *byte != 0 {
            if at - first_zero >= SHORTEST_FREE {
                free.extend(first_zero..at);
            }
            first_zero = at + 1;
        }
    }
    let begun = br#""outcome":"running""#;
    let places = bytes.windows(begun.len()).enumerate();
    let places = places.filter(|(_, window)| window == begun);
    free.extend(places.flat_map(|(at, _)| at..at + begun.len()));
    free
}

fn in_free_space(graph: &Graph) -> impl Iterator<Item = Bit> {
    let parts = graph.parts.iter().enumerate();
    let free: Vec<_> = parts
        .flat_map(|(part, (_, bytes))| free_bytes(bytes).into_iter().map(move |byte| (part, byte)))
        .collect();
    assert!(free.len() > PAGE, "{} bytes are free", free.len());
    let mut random = Random(SEED);
    (0..flips()).map(move |_| {
        let (part, byte) = free[random.below(free.len())];
        let place = random.below(8);
        Bit { part, byte, place }
    })
}

fn none_in_free_space_is_reported(kind: FileKind) {
    let graph = Graph::new(kind);
    let unchanged = flip(&graph, in_free_space(&graph));
    assert!(!unchanged.is_empty());
    let reported: Vec<_> = unchanged.iter().filter(|(_, is_found)| *is_found).collect();
    assert!(reported.is_empty(), "seed {SEED:#x}: {reported:?}");
}

#[cfg(feature = "native-v2")]
mod native_1_6 {
    use super::{FileKind, Graph, anywhere, flip, in_one_page, none_in_free_space_is_reported};

    #[test]
    fn anywhere_in_a_graph() {
        let graph = Graph::new(FileKind::NativeV2);
        flip(&graph, anywhere(&graph));
    }

    #[test]
    fn in_a_page_with_runs() {
        let graph = Graph::new(FileKind::NativeV2);
        flip(&graph, in_one_page(&graph));
    }

    #[test]
    fn none_that_changes_only_free_space_is_reported() {
        none_in_free_space_is_reported(FileKind::NativeV2);
    }
}

#[cfg(feature = "native-v3")]
mod native_3_9 {
    use super::{FileKind, Graph, anywhere, flip, in_one_page, none_in_free_space_is_reported};

    #[test]
    fn anywhere_in_a_graph() {
        let graph = Graph::new(FileKind::NativeV3);
        flip(&graph, anywhere(&graph));
    }

    #[test]
    fn in_a_page_with_runs() {
        let graph = Graph::new(FileKind::NativeV3);
        flip(&graph, in_one_page(&graph));
    }

    #[test]
    fn none_that_changes_only_free_space_is_reported() {
        none_in_free_space_is_reported(FileKind::NativeV3);
    }
}
