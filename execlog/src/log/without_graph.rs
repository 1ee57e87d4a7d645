//! Stands in for `graph` in builds without an engine: opening a graph is an error.

use super::LocalLog;
use crate::error::Result;
use crate::model::FileKind;
use std::path::Path;

pub(super) fn open(file: &Path, kind: FileKind) -> Result<LocalLog> {
    Err(kind.without_engine(file))
}
