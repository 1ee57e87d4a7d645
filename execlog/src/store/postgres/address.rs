//! The address of a server, without its secrets when it is shown.

use super::password;
use super::tls::{self, Certificates};
use crate::error::{Error, Result};
use std::fmt;
use std::path::Path;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// What a URL of a server begins with.
const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// The setting with a file of certificates.
const ROOT_CERTIFICATES: &str = "sslrootcert";

/// A server, or several of which one can be written to, with a database.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) certificates: Certificates,
}

/// Whether this names a server and not a file.
pub(crate) fn is_url(path: &Path) -> bool {
    let text = path.to_str().unwrap_or_default();
    SCHEMES.iter().any(|scheme| text.starts_with(scheme))
}

impl Address {
    /// The server of a URL. The password is that of the URL, or else of `PGPASSWORD` or of the password file.
    pub(super) fn of_url(url: &str) -> Result<Self> {
        let mut address = Self::without_password(url)?;
        if address.config.get_password().is_none() {
            let (hosts, database, user) = address.names();
            if let Some(password) = password::find(&hosts, database, user) {
                address.config.password(password);
            }
        }
        Ok(address)
    }

    /// The server of a URL. Does not look for a password that the URL lacks.
    pub(super) fn without_password(url: &str) -> Result<Self> {
        // The client takes the first `@` for the end of the password, and would show the rest as a host.
        let before_settings = url.split_once('?').map_or(url, |(before, _)| before);
        if before_settings.matches('@').count() > 1 {
            return Err(invalid("write `@` in a user or a password as `%40`"));
        }
        let (url, root_certificates) = with_known_settings(url);
        let config: Config = url.parse().map_err(|error| refused(&error))?;
        let mut address = Self {
            config,
            certificates: Certificates::none(),
        };
        if address.config.get_hosts().is_empty() {
            return Err(invalid("it names no host"));
        }
        address.demand_tls()?;
        if address.config.get_ssl_mode() != SslMode::Disable {
            address.certificates = Certificates::in_file(root_certificates);
        }
        if address.config.get_application_name().is_none() {
            address.config.application_name("execlog");
        }
        Ok(address)
    }

    /// Turns TLS on for servers on other machines, unless the URL says otherwise.
    fn demand_tls(&mut self) -> Result<()> {
        if self.config.get_ssl_mode() == SslMode::Prefer {
            let is_here = self.config.get_hosts().iter().all(is_this_machine);
            let mode = if is_here {
                SslMode::Disable
            } else {
                SslMode::Require
            };
            self.config.ssl_mode(mode);
        }
        if self.config.get_ssl_mode() == SslMode::Require && !tls::IS_BUILT_IN {
            return Err(Error::NoServerSupport {
                server: self.to_string(),
                feature: "postgres-tls",
            });
        }
        Ok(())
    }

    /// The hosts with their ports, the name of the database, and the user.
    pub(super) fn names(&self) -> (Vec<(String, u16)>, &str, &str) {
        let config = &self.config;
        let ports = config.get_ports();
        let port = |place: usize| {
            let port = ports.get(place).or(ports.first());
            port.copied().unwrap_or(5432)
        };
        let hosts = config.get_hosts().iter().enumerate();
        let hosts = hosts.map(|(place, host)| (name(host), port(place)));
        let user = config.get_user().unwrap_or_default();
        (hosts.collect(), config.get_dbname().unwrap_or(user), user)
    }
}

/// The URL without the settings that the client does not know, and the file of certificates.
fn with_known_settings(url: &str) -> (String, Option<String>) {
    let Some((before, settings)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let mut file = None;
    let mut kept = Vec::new();
    for setting in settings.split('&') {
        match setting.split_once('=') {
            Some((ROOT_CERTIFICATES, value)) => file = Some(decoded(value)),
            // Certificates and names are always verified.
            Some(("sslmode", "verify-ca" | "verify-full")) => kept.push("sslmode=require"),
            _ => kept.push(setting),
        }
    }
    if kept.is_empty() {
        return (before.to_owned(), file);
    }
    (format!("{before}?{}", kept.join("&")), file)
}

/// A value of a URL, with its characters in the form `%40` as they are meant.
fn decoded(value: &str) -> String {
    let mut parts = value.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.split_at_checked(2) {
            Some((digits, rest)) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                bytes.extend(u8::from_str_radix(digits, 16));
                bytes.extend(rest.as_bytes());
            }
            _ => {
                bytes.push(b'%');
                bytes.extend(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn name(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// The text of the client may repeat a part of the URL, such as a password with an `@`, so it is not shown.
fn refused(error: &tokio_postgres::Error) -> Error {
    use std::error::Error as _;
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    if cause.contains("unknown option") {
        invalid("it has a setting that is not known")
    } else {
        invalid(
            "write it as `postgresql://user@host:5432/database`, with other characters in the form `%40`",
        )
    }
}

fn invalid(reason: &'static str) -> Error {
    Error::InvalidServer { reason }
}

/// The URL without the password and the settings.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hosts, database, user) = self.names();
        formatter.write_str(SCHEMES[0])?;
        if !user.is_empty() {
            write!(formatter, "{user}@")?;
        }
        for (place, (host, port)) in hosts.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            // A folder with a socket is a host, too.
            let host = host.replace('/', "%2F");
            write!(formatter, "{comma}{host}:{port}")?;
        }
        write!(formatter, "/{database}")
    }
}

#[cfg(test)]
mod tests {
    use super::Address;
    use crate::error::Error;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url = "postgresql://ci:s3cret@127.0.0.1:15431,localhost:15432/team?target_session_attrs=read-write";
        let address = Address::of_url(url).expect("an address");
        assert_eq!(
            address.to_string(),
            "postgresql://ci@127.0.0.1:15431,localhost:15432/team"
        );
    }

    #[test]
    fn an_invalid_address_is_refused_without_showing_its_password() {
        for url in [
            "postgresql://ci:s3cret@127.0.0.1:port/team",
            "postgresql://ci:s3cret@127.0.0.1/team?s3cret=1",
            "postgresql:///team?user=s3cret",
        ] {
            let error = Address::of_url(url).map(|address| address.to_string());
            let error = error.expect_err(url);
            assert!(matches!(error, Error::InvalidServer { .. }), "{error}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_file_of_certificates_is_named_as_in_other_urls() {
        for (value, file) in [
            ("/etc/team.pem", "/etc/team.pem"),
            ("%2fetc%2Fthe%20team.pem", "/etc/the team.pem"),
            ("100%", "100%"),
            ("%zz%+1%é", "%zz%+1%é"),
        ] {
            let url = format!("postgresql://db/team?sslrootcert={value}&sslmode=verify-full");
            let known = "postgresql://db/team?sslmode=require".to_owned();
            assert_eq!(
                super::with_known_settings(&url),
                (known, Some(file.to_owned()))
            );
        }
    }

    #[test]
    fn the_folder_of_a_socket_is_shown_as_it_is_given() {
        let url = "postgresql://ci@%2Ftmp%2Fpg:5432/team";
        let address = Address::of_url(url).expect("an address");
        assert_eq!(address.to_string(), url);
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for here in ["localhost", "127.0.0.1", "[::1]", "%2Ftmp"] {
            let url = format!("postgresql://ci@{here}/team");
            assert!(Address::of_url(&url).is_ok(), "{url}");
        }
        for by_tls in ["db.example/team", "localhost/team?sslmode=require"] {
            let address = Address::of_url(&format!("postgresql://ci@{by_tls}"));
            if super::tls::IS_BUILT_IN {
                assert!(address.is_ok(), "{by_tls}");
            } else {
                let error = address.map(|address| address.to_string());
                let error = error.expect_err(by_tls).to_string();
                assert!(error.contains("postgres-tls"), "{error}");
            }
        }
        assert!(Address::of_url("postgresql://ci@db.example/team?sslmode=disable").is_ok());
    }
}
