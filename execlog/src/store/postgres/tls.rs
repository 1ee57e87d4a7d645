//! A build with TLS: the certificate and the name of a server are always verified.

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Whether this build has TLS.
pub(super) const IS_BUILT_IN: bool = true;

/// Names the system's certificates in place of a file, as other clients of PostgreSQL do.
const SYSTEM: &str = "system";

/// The certificates that a server is trusted by.
#[derive(Clone)]
pub(super) struct Certificates {
    trusted: Trusted,
    /// Read once, at the first connection.
    connector: Arc<OnceLock<MakeRustlsConnect>>,
}

#[derive(Clone)]
enum Trusted {
    None,
    InFile(String),
    BySystem,
}

impl Certificates {
    /// Those in this file, or else in that of `PGSSLROOTCERT`, or else those that the system trusts.
    pub(super) fn in_file(file: Option<String>) -> Self {
        let named = || std::env::var("PGSSLROOTCERT").ok();
        let file = file.or_else(named).filter(|file| !file.is_empty());
        Self::of(match file {
            Some(file) if file != SYSTEM => Trusted::InFile(file),
            _ => Trusted::BySystem,
        })
    }

    /// None, for a server that is spoken to without TLS.
    pub(super) fn none() -> Self {
        Self::of(Trusted::None)
    }

    fn of(trusted: Trusted) -> Self {
        Self {
            trusted,
            connector: Arc::default(),
        }
    }

    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, String> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector.clone());
        }
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(self.trusted.read()?)
            .with_no_client_auth();
        let connector = MakeRustlsConnect::new(config);
        Ok(self.connector.get_or_init(|| connector).clone())
    }
}

impl Trusted {
    fn read(&self) -> Result<RootCertStore, String> {
        let mut trusted = RootCertStore::empty();
        match self {
            Self::None => {}
            Self::InFile(file) => {
                let unreadable = |reason: &dyn std::fmt::Display| {
                    format!("the file of certificates `{file}` cannot be read: {reason}")
                };
                let read = CertificateDer::pem_file_iter(file);
                for certificate in read.map_err(|error| unreadable(&error))? {
                    let certificate = certificate.map_err(|error| unreadable(&error))?;
                    let added = trusted.add(certificate);
                    added.map_err(|error| unreadable(&error))?;
                }
                if trusted.is_empty() {
                    return Err(unreadable(&"it has no certificate in PEM"));
                }
            }
            Self::BySystem => {
                let found = rustls_native_certs::load_native_certs();
                // Some of the system's may be of a form that nobody uses any more.
                trusted.add_parsable_certificates(found.certs);
                if trusted.is_empty() {
                    return Err(
                        "the system has no certificates to trust: name a file of them with `sslrootcert=` in the URL or `PGSSLROOTCERT`"
                            .to_owned(),
                    );
                }
            }
        }
        Ok(trusted)
    }
}

/// What to do about an error of a connection, if it is one of TLS.
pub(super) fn advice(error: &io::Error) -> Option<&'static str> {
    let cause: &(dyn Error + 'static) = error.get_ref()?;
    let is_invalid = matches!(
        cause.downcast_ref(),
        Some(rustls::Error::InvalidCertificate(_))
    );
    is_invalid.then_some(
        "use the name that is in its certificate, which must not be that of an authority (`CA:FALSE`), and name the certificate of its authority with `sslrootcert=` in the URL or `PGSSLROOTCERT`",
    )
}
