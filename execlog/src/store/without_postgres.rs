//! A build without the feature `postgres`: no server is spoken to.

use super::DisabledStore;
use crate::error::{Error, Result};
use std::path::Path;

/// The log of a team, which this build cannot open.
pub(crate) struct PostgresStore;

impl PostgresStore {
    pub(crate) fn open(_: &str) -> Result<DisabledStore> {
        Err(not_supported())
    }

    pub(crate) fn server_name(_: &str) -> Result<String> {
        Err(not_supported())
    }
}

fn not_supported() -> Error {
    Error::NoServerSupport {
        server: "postgresql://".to_owned(),
        feature: "postgres",
    }
}

/// Whether this names a server and not a file.
pub(crate) fn is_url(path: &Path) -> bool {
    let text = path.to_str().unwrap_or_default();
    text.starts_with("postgresql://") || text.starts_with("postgres://")
}
