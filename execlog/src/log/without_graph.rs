//! A build without an engine opens no graph.

use super::LocalLog;
use crate::error::Result;
use crate::model::FileKind;
use std::path::Path;

pub(super) fn open(file: &Path, kind: FileKind) -> Result<LocalLog> {
    Err(kind.without_engine(file))
}
