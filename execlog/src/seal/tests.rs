//! Tests of the tree and of checkpoints, against what others have published.

use super::{Checkpoint, Digest, Tree};

/// The leaves and the roots that implementations of RFC 6962 test themselves with.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn leaf(bytes: &[u8]) -> Digest {
    Digest::of_bytes(&[b"\0", bytes].concat())
}

/// The root as section 2.1 of the RFC defines it.
fn root_by_definition(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of_bytes(&[]),
        [leaf] => *leaf,
        leaves => {
            let left = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(left);
            Digest::of_pair(root_by_definition(left), root_by_definition(right))
        }
    }
}

#[test]
fn the_roots_are_those_of_rfc_6962() {
    let mut tree = Tree::default();
    assert_eq!(tree.root().to_string(), ROOTS[0]);
    for (bytes, root) in LEAVES.iter().zip(&ROOTS[1..]) {
        tree.push(leaf(bytes));
        assert_eq!(tree.root().to_string(), *root);
    }
}

#[test]
fn a_tree_whose_left_part_was_dropped_goes_on_to_the_same_root() {
    let leaves: Vec<Digest> = (0..70_u8).map(|number| leaf(&[number])).collect();
    for dropped in 0..leaves.len() {
        let mut left = Tree::default();
        leaves[..dropped].iter().for_each(|leaf| left.push(*leaf));
        let kept = Tree::of_peaks(left.size(), &left.peaks());
        let mut tree = kept.expect("the peaks are whole");
        for size in dropped..=leaves.len() {
            assert_eq!(
                tree.root(),
                root_by_definition(&leaves[..size]),
                "{dropped} to {size}"
            );
            if let Some(leaf) = leaves.get(size) {
                tree.push(*leaf);
            }
        }
    }
}

#[test]
fn peaks_of_another_size_are_refused() {
    let mut tree = Tree::default();
    (0..6_u8).for_each(|number| tree.push(leaf(&[number])));
    let peaks = tree.peaks();
    assert_eq!(peaks.len(), 64);
    assert_eq!(Tree::of_peaks(7, &peaks), None);
    assert_eq!(Tree::of_peaks(6, &peaks[..63]), None);
    assert_eq!(Tree::of_peaks(6, &peaks), Some(tree));
}

#[test]
fn a_checkpoint_is_read_as_it_is_written_and_nothing_else_is() {
    let mut tree = Tree::default();
    tree.push(leaf(b""));
    let checkpoint = Checkpoint::new("0192d4e0", 1, tree.root());
    let text = checkpoint.to_string();
    assert_eq!(
        text,
        "execlog/0192d4e0\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
    );
    assert_eq!(text.parse::<Checkpoint>().expect("read"), checkpoint);
    let signed = format!("{text}\n— name c2lnbmF0dXJl\n");
    assert_eq!(signed.parse::<Checkpoint>().expect("read"), checkpoint);
    let root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
    for wrong in [
        String::new(),
        format!("\n1\n{root}\n"),
        format!("a\n01\n{root}\n"),
        format!("a\n+1\n{root}\n"),
        format!("a\n-1\n{root}\n"),
        format!("a\none\n{root}\n"),
        "a\n1\n".to_owned(),
        "a\n1\nbjQLnA==\n".to_owned(),
        format!("a\n1\n{}\n", root.replace('=', "")),
        format!("a\n1\n{root}\nmore\n"),
    ] {
        assert!(wrong.parse::<Checkpoint>().is_err(), "{wrong:?}");
    }
}
