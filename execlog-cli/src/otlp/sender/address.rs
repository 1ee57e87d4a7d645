//! Where a collector listens.

use std::fmt;
use ureq::http::Uri;

/// Where OTLP expects traces.
const PATH: &str = "/v1/traces";

/// The URL that spans are posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(String);

impl Address {
    /// Reads `http://HOST:PORT`, with or without `/v1/traces` at its end. The error does not repeat the address,
    /// which may have a password.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let example = "write the address of a collector as `http://127.0.0.1:4318`";
        let uri: Uri = text
            .parse()
            .map_err(|error| format!("{error}: {example}"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                return Err(
                    "https is not supported: send to a collector on this machine, and let it forward the runs"
                        .to_owned(),
                );
            }
            _ => return Err(format!("not an address: {example}")),
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err("leave the user and the password out of the address".to_owned());
        }
        let host = uri.host().unwrap_or_default();
        if host.is_empty() {
            return Err(format!("the host is missing: {example}"));
        }
        if authority != host && uri.port_u16().is_none() {
            return Err(format!("the port is not a number up to 65535: {example}"));
        }
        if uri.query().is_some() {
            return Err("leave what begins with `?` out of the address".to_owned());
        }
        let path = uri.path().trim_end_matches('/');
        let path = path.strip_suffix(PATH).unwrap_or(path);
        Ok(Self(format!("http://{authority}{path}{PATH}")))
    }

    pub(super) fn url(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}`", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn the_path_of_traces_is_added_unless_it_is_there() {
        for (text, url) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://[::1]:4318/", "http://[::1]:4318/v1/traces"),
            ("http://otel/v1/traces", "http://otel/v1/traces"),
            ("http://otel/v1/traces/", "http://otel/v1/traces"),
            ("http://otel/team", "http://otel/team/v1/traces"),
        ] {
            assert_eq!(Address::parse(text).expect(text).url(), url);
        }
    }

    #[test]
    fn other_addresses_are_refused_without_repeating_them() {
        for (text, why) in [
            ("https://otel:4318", "https is not supported"),
            ("otel:4318", "write the address"),
            ("postgresql://otel", "not an address"),
            ("", "write the address"),
            ("/v1/traces", "not an address"),
            ("http://", "write the address"),
            ("http://me:s3cret@otel:4318", "leave the user"),
            ("http://me:s3cret@otel:x", "leave the user"),
            ("http://me:s3cret@ote l", "write the address"),
            ("http://otel:x", "the port is not a number"),
            ("http://otel:65536", "the port is not a number"),
            ("http://:4318", "the host is missing"),
            ("http://otel?key=s3cret", "leave what begins with"),
        ] {
            let error = Address::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
