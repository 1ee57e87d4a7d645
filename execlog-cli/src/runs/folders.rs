//! The ways to write a folder.

use std::path::Path;

/// The ways to write a folder. A host may have recorded it as typed, absolute, or with links resolved.
pub(crate) fn spellings(folder: &Path) -> Vec<String> {
    let typed = folder.to_string_lossy().into_owned();
    let bare = typed.trim_end_matches('/').to_owned();
    let absolute = std::path::absolute(folder).ok();
    let absolute = absolute.map(|path| path.to_string_lossy().trim_end_matches('/').to_owned());
    let real = folder.canonicalize().ok();
    let real = real.map(|path| path.to_string_lossy().into_owned());
    let mut spellings: Vec<_> = [Some(typed), Some(bare), absolute, real]
        .into_iter()
        .flatten()
        .filter(|spelling| !spelling.is_empty())
        .collect();
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}
