//! A build without TLS: it speaks to servers on this machine, or where the URL says `sslmode=disable`.

use std::io;
use tokio_postgres::NoTls;

/// Whether this build has TLS.
pub(super) const IS_BUILT_IN: bool = false;

/// The certificates that a server is trusted by: none.
#[derive(Debug, Clone)]
pub(super) struct Certificates;

impl Certificates {
    pub(super) fn in_file(_: Option<String>) -> Self {
        Self
    }

    pub(super) fn none() -> Self {
        Self
    }

    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the interface is that of a build with TLS"
    )]
    pub(super) fn connector(&self) -> Result<NoTls, String> {
        Ok(NoTls)
    }
}

/// What to do about an error of a connection: nothing, since there is no TLS.
pub(super) fn advice(_: &io::Error) -> Option<&'static str> {
    None
}
