//! The commit and branch that git has checked out, read from its files: see
//! gitrepository-layout(5).

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The checked-out commit and branch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Revision {
    pub(crate) commit: Option<String>,
    pub(crate) branch: Option<String>,
}

impl Revision {
    /// Reads the revision of the repository around `folder`. Returns an empty one if there is no
    /// readable repository.
    pub(crate) fn of(folder: &Path) -> Self {
        Self::read(folder).unwrap_or_default()
    }

    fn read(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let (git, head) = folder.ancestors().find_map(repository)?;
        let Some(reference) = head.strip_prefix("ref: ") else {
            return Some(Self {
                commit: commit(&head),
                branch: None,
            });
        };
        // Reftable repositories keep a placeholder in HEAD.
        if reference == "refs/heads/.invalid" {
            return None;
        }
        let shared = shared_folder(&git);
        let loose = first_line(&shared.join(reference)).and_then(|line| commit(&line));
        Some(Self {
            commit: loose.or_else(|| packed(&shared, reference)),
            branch: reference.strip_prefix("refs/heads/").map(str::to_owned),
        })
    }
}

/// Returns the Git directory, which worktrees and submodules name in a file, and the text of its
/// HEAD.
fn repository(folder: &Path) -> Option<(PathBuf, String)> {
    let git = folder.join(".git");
    let git = if git.metadata().ok()?.is_dir() {
        git
    } else {
        let line = first_line(&git)?;
        folder.join(line.strip_prefix("gitdir: ")?)
    };
    let head = first_line(&git.join("HEAD"))?;
    Some((git, head))
}

/// The Git directory with the branches: worktrees share that of their repository.
fn shared_folder(git: &Path) -> PathBuf {
    match first_line(&git.join("commondir")) {
        Some(shared) => git.join(shared),
        None => git.to_owned(),
    }
}

fn packed(shared: &Path, reference: &str) -> Option<String> {
    const LARGEST: u64 = 16 * 1024 * 1024;
    let packed = BufReader::new(open(&shared.join("packed-refs"), LARGEST)?);
    let mut lines = packed.split(b'\n').map_while(Result::ok);
    lines.find_map(|line| {
        let line = str::from_utf8(&line).ok()?;
        let (id, name) = line.split_once(' ')?;
        if name == reference { commit(id) } else { None }
    })
}

fn commit(id: &str) -> Option<String> {
    let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}

/// Reads the first line of a small file.
fn first_line(path: &Path) -> Option<String> {
    const LONGEST: u64 = 8 * 1024;
    // One read is enough for most files, and avoids a second one that only finds the end.
    let mut line = Vec::with_capacity(128);
    let mut file = BufReader::with_capacity(line.capacity(), open(path, LONGEST)?);
    file.read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8(line).ok()?;
    Some(line.trim_end().to_owned())
}

/// Reads a file up to a length. Only regular files: opening a pipe would block.
fn open(path: &Path, longest: u64) -> Option<impl Read + use<>> {
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    Some(fs::File::open(path).ok()?.take(longest))
}

#[cfg(test)]
mod tests {
    use super::Revision;
    use std::fs;
    use std::path::Path;

    const ID: &str = "38d4e31f0c1d2e3f405162738495a6b7c8d9eaf0";

    fn write(folder: &Path, files: &[(&str, String)]) {
        for (name, text) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
    }

    fn on(branch: Option<&str>) -> Revision {
        Revision {
            commit: Some(ID.to_owned()),
            branch: branch.map(str::to_owned),
        }
    }

    #[test]
    fn a_branch_is_found_loose_or_packed_and_from_below() {
        let folder = tempfile::tempdir().expect("a folder");
        let main = (
            "repository/.git/HEAD",
            "ref: refs/heads/topic/a\n".to_owned(),
        );
        let packed = format!(
            "# pack-refs\n{} refs/heads/topic/ab\n{ID} refs/heads/topic/a\n^{ID}\n",
            "0".repeat(40)
        );
        write(
            folder.path(),
            &[
                main,
                ("repository/.git/packed-refs", packed),
                ("repository/src/a.rs", String::new()),
            ],
        );
        let below = folder.path().join("repository/src");
        assert_eq!(Revision::of(&below), on(Some("topic/a")));

        let loose = (
            "repository/.git/refs/heads/topic/a",
            format!("{}\n", "1".repeat(40)),
        );
        write(folder.path(), &[loose]);
        assert_eq!(Revision::of(&below).commit, Some("1".repeat(40)));
    }

    #[test]
    fn a_worktree_has_its_own_head_and_shares_the_branches() {
        let folder = tempfile::tempdir().expect("a folder");
        write(
            folder.path(),
            &[
                ("main/.git/HEAD", "ref: refs/heads/main\n".to_owned()),
                ("main/.git/refs/heads/topic", format!("{ID}\n")),
                (
                    "main/.git/worktrees/tree/HEAD",
                    "ref: refs/heads/topic\n".to_owned(),
                ),
                ("main/.git/worktrees/tree/commondir", "../..\n".to_owned()),
                (
                    "tree/.git",
                    "gitdir: ../main/.git/worktrees/tree\n".to_owned(),
                ),
            ],
        );
        assert_eq!(Revision::of(&folder.path().join("tree")), on(Some("topic")));
    }

    #[test]
    fn a_head_that_is_on_no_branch_is_a_commit() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), &[(".git/HEAD", format!("{ID}\n"))]);
        assert_eq!(Revision::of(folder.path()), on(None));
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(
            Revision::of(&folder.path().join("missing")),
            Revision::default()
        );
        write(folder.path(), &[(".git/HEAD", "nonsense".to_owned())]);
        assert_eq!(Revision::of(folder.path()), Revision::default());
        write(
            folder.path(),
            &[(".git/HEAD", "ref: refs/heads/.invalid\n".to_owned())],
        );
        assert_eq!(Revision::of(folder.path()), Revision::default());
        write(
            folder.path(),
            &[(".git/HEAD", "ref: refs/heads/new\n".to_owned())],
        );
        let branch = Some("new".to_owned());
        assert_eq!(
            Revision::of(folder.path()),
            Revision {
                commit: None,
                branch
            }
        );
    }
}
