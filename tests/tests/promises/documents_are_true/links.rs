//! The links of the documents, and those of the promises to the tests that hold them.

use super::README;
use super::markdown::{anchors, documents, links, root};
use std::fs;

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    for (name, document) in documents() {
        for (path, part) in links(&name, &document) {
            let target = root().join(&path);
            assert!(target.exists(), "{name}: {}", path.display());
            let is_page = path.extension().is_some_and(|extension| extension == "md");
            if let Some(part) = part.filter(|_| is_page) {
                let text = fs::read_to_string(target).expect("it reads");
                assert!(anchors(&text).contains(&part), "{name}: {part}");
            }
        }
    }
}

#[test]
fn each_promise_is_linked_to_the_test_that_holds_it() {
    let promises = README
        .split("\n## ")
        .find(|part| part.starts_with("Promises\n"));
    let promises: Vec<_> = promises.expect("promises").split("\n- ").skip(1).collect();
    assert!(promises.len() >= 10);
    for promise in promises {
        let mut tests = 0;
        for (path, part) in links("README.md", promise) {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let mut folders = path.iter();
            assert!(folders.any(|folder| folder == "tests"), "{promise}");
            let code = fs::read_to_string(root().join(&path)).expect(promise);
            if let Some(test) = part {
                assert!(code.contains(&format!("fn {test}(")), "{test} in {promise}");
            }
            tests += 1;
        }
        assert!(tests > 0, "{promise}");
    }
}
