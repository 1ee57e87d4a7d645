//! Where a log is: in a file, or on a server. A server is shown without its password.

use crate::failure::Failure;
use crate::output::warnings;
use execlog::{Error, ExecutionLog, LocalLog};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

/// Where a log is.
#[derive(Clone)]
pub(crate) enum Location {
    File(PathBuf),
    Server(Server),
}

/// A server with the log of a team.
#[derive(Clone)]
pub(crate) struct Server {
    /// It may have a password, so it is never shown.
    url: OsString,
    /// The URL without the password and the settings.
    name: String,
}

impl Location {
    /// What `--db`, `EXECLOG_DB` or an argument names.
    pub(crate) fn of(named: &OsStr) -> Result<Self, Failure> {
        match execlog::server_name(named) {
            Some(Ok(name)) => Ok(Self::Server(Server {
                url: named.to_owned(),
                name,
            })),
            Some(Err(error)) => Err(refused(error)),
            None if is_like_url(named) => Err(Failure::failed(
                "neither a path nor the URL of a server: write a server as \
                 `postgresql://user@host:5432/database`, and a path without `://`",
            )),
            None => Ok(Self::File(named.into())),
        }
    }
}

impl Server {
    /// Opens the log. It is connected to at first use. Shows the library's warnings from now on, as of a
    /// password file that is not read.
    pub(crate) fn open(&self) -> Result<LocalLog, Failure> {
        warnings::show();
        Ok(ExecutionLog::open(&self.url)?)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(formatter),
            Self::Server(Server { name, .. }) => formatter.write_str(name),
        }
    }
}

/// Whether the text names a server in any spelling: as a path it would be shown with its password.
pub(super) fn is_like_url(text: &OsStr) -> bool {
    let text = text.to_string_lossy().to_lowercase();
    let begins = |scheme| text.trim_start().starts_with(scheme);
    text.contains("://") || begins("postgresql:") || begins("postgres:")
}

fn refused(error: Error) -> Failure {
    match error {
        Error::NoServerSupport {
            feature: feature @ "postgres",
            ..
        } => Failure::failed(format!(
            "this build of `execlog` cannot speak to a server: build `execlog-cli` with the feature \
             `{feature}`"
        )),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_like_url;
    use std::ffi::OsStr;

    #[test]
    fn every_spelling_of_a_url_is_told_from_a_path() {
        for url in [
            "postgresql://h/d",
            "\"postgresql://h/d\"",
            " Postgres://h/d",
            "postgresql:/h/d",
            "mysql://h/d",
        ] {
            assert!(is_like_url(OsStr::new(url)), "{url}");
        }
        for path in ["code.db", "/srv/postgres/code.db", "c:/code.db", "a:b.db"] {
            assert!(!is_like_url(OsStr::new(path)), "{path}");
        }
    }
}
