//! Finds the programs of PostgreSQL.

use crate::bounded;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian and Ubuntu keep the server's programs here, a folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The folder with the server's programs: the first in `PATH`, else the newest version's. The error says
/// what is missing.
pub(super) fn find() -> Result<PathBuf, String> {
    let versions = newest_first(Path::new(VERSIONS));
    let mut folders = path().chain(versions);
    let server = folders.find_map(|folder| {
        let has_initdb = folder.join("initdb").is_file();
        // Where it is a link, not all programs may be beside that.
        let server = folder.join("postgres").canonicalize().ok()?;
        has_initdb.then(|| server.parent().map(Path::to_owned))?
    });
    let folder = server.ok_or("which need the programs of a PostgreSQL server")?;
    if is_root() && !can_become_postgres() {
        return Err("which as root need `setpriv` and the user `postgres`".to_owned());
    }
    Ok(folder)
}

/// The same, where the other programs are in `PATH`.
pub(super) fn find_with(others: &[&str]) -> Result<PathBuf, String> {
    let is_missing = |name: &&&str| !path().any(|folder| folder.join(name).is_file());
    match others.iter().find(is_missing) {
        Some(missing) => Err(format!("which needs the program `{missing}`")),
        None => find(),
    }
}

fn path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

fn newest_first(versions: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(versions).into_iter().flatten().flatten();
    let mut numbered: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    numbered.sort();
    numbered
        .into_iter()
        .rev()
        .map(|(_, folder)| folder.join("bin"))
}

fn is_root() -> bool {
    bounded::output(Command::new("id").arg("-u")).stdout == b"0\n"
}

/// The server refuses to run as root.
fn can_become_postgres() -> bool {
    let become_postgres = [
        "--reuid=postgres",
        "--regid=postgres",
        "--init-groups",
        "true",
    ];
    let done = Command::new("setpriv").args(become_postgres).output();
    done.is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first() {
        let versions = tempfile::tempdir().expect("a temporary folder");
        for version in ["9", "15", "17", "common"] {
            std::fs::create_dir(versions.path().join(version)).expect("a folder");
        }
        let found: Vec<PathBuf> = newest_first(versions.path()).collect();
        let expected = ["17/bin", "15/bin", "9/bin"].map(|folder| versions.path().join(folder));
        assert_eq!(found, expected);
    }
}
