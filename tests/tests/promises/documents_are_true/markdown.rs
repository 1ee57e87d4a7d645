//! Reads the documents: their fenced blocks, links and headings.

use std::fs;
use std::path::{Path, PathBuf};

/// The text of the fenced blocks of a kind, in their order.
pub(crate) fn blocks<'a>(document: &'a str, kind: &str) -> Vec<&'a str> {
    fenced(document)
        .into_iter()
        .filter(|(info, _)| info.split([' ', ',']).next() == Some(kind))
        .map(|(_, block)| block)
        .collect()
}

/// What stands behind the opening fence of each block, and the text of the block.
pub(crate) fn fenced(document: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = document;
    while let Some((_, opened)) = rest.split_once("```") {
        let (info, opened) = opened.split_once('\n').expect("a line after a fence");
        let (block, closed) = opened.split_once("\n```").expect("a fence that closes");
        blocks.push((info, block));
        rest = closed;
    }
    blocks
}

/// The text outside of fenced blocks.
pub(crate) fn prose(document: &str) -> String {
    let parts = document.split("```").step_by(2);
    parts.collect::<Vec<_>>().join("\n")
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every document, with its name from the root of the repository.
pub(crate) fn documents() -> Vec<(String, String)> {
    let pages = fs::read_dir(root().join("docs")).expect("the documents");
    let pages = pages.map(|page| {
        let name = page.expect("a document").file_name();
        format!("docs/{}", name.to_string_lossy())
    });
    let documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned);
    documents
        .into_iter()
        .chain(pages)
        .map(|name| {
            let text = fs::read_to_string(root().join(&name)).expect("it reads");
            (name, text)
        })
        .collect()
}

/// What the links of a document lead to: the path from the root of the repository, empty for the document
/// itself, and the part of it.
pub(crate) fn links(name: &str, document: &str) -> Vec<(PathBuf, Option<String>)> {
    let folder = Path::new(name).parent().expect("a folder");
    let prose = prose(document);
    let targets = prose.split("](").skip(1);
    let targets = targets.filter_map(|link| link.split(')').next());
    let elsewhere = |target: &&str| target.contains("://");
    let targets = targets.filter(|target| !elsewhere(target)).map(|target| {
        let (path, part) = match target.split_once('#') {
            Some((path, part)) => (path, Some(part.to_owned())),
            None => (target, None),
        };
        let path = if path.is_empty() {
            PathBuf::from(name)
        } else {
            folder.join(path)
        };
        (path, part)
    });
    targets.collect()
}

/// What GitHub calls the headings of a document in links.
pub(crate) fn anchors(document: &str) -> Vec<String> {
    let prose = prose(document);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    let anchors = headings.map(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            _ => character.is_alphanumeric().then_some(character),
        });
        kept.collect()
    });
    anchors.collect()
}
