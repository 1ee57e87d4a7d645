//! The same function as `inheritance` on systems other than Unix.

use std::fs::File;

/// Always `None`.
pub(super) fn inherited(_: &File) -> Option<File> {
    None
}
