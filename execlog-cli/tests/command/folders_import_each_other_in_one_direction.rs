//! The folders of the source import each other in one direction, so that a reader can start at the bottom.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders and files of `src`, each above those that it may import.
const LAYERS: [&str; 10] = [
    "main.rs",
    "arguments.rs",
    "commands",
    "logs",
    "output",
    "otlp",
    "runs",
    "interrupts",
    "signing",
    "failure.rs",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let sources = paths.flat_map(|path| {
        if path.is_dir() {
            sources(&path)
        } else {
            vec![path]
        }
    });
    sources
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The position of a name in the layers, which files have with their extension.
fn layer(name: &str) -> Option<usize> {
    LAYERS
        .iter()
        .position(|layer| *layer == name || layer.strip_suffix(".rs") == Some(name))
}

#[test]
fn no_folder_imports_one_above_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut imports = 0;
    for source in sources(&src) {
        let path = source.strip_prefix(&src).expect("in the folder");
        let top = path
            .iter()
            .next()
            .and_then(|top| top.to_str())
            .expect("a name");
        let above = layer(top).unwrap_or_else(|| panic!("`{top}` is not in the list of layers"));
        let text = fs::read_to_string(&source).expect("text");
        for rest in text.split("crate::").skip(1) {
            let name: String = rest
                .chars()
                .take_while(|letter| letter.is_alphabetic())
                .collect();
            let below = layer(&name).unwrap_or_else(|| panic!("{}: crate::{name}", path.display()));
            assert!(below >= above, "{} imports `{name}`", path.display());
            imports += 1;
        }
    }
    assert!(imports > 100, "{imports} imports were found");
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["src", "tests", "benches"] {
        for source in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            let text = fs::read_to_string(&source).expect("text");
            assert!(text.starts_with("//! "), "{}", source.display());
        }
    }
}
