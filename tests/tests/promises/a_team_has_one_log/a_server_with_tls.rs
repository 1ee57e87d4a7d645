//! A server is spoken to by TLS if its certificate is by an authority that is trusted, and has its name.

use super::runs;
use crate::a_host_goes_on_without_its_log::warnings_of_host;
use execlog::{Error, ExecutionLog};
use execlog_tests::postgres::{PASSWORD, Server};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An authority, which signs the certificates of servers.
struct Authority(Issuer<'static, KeyPair>);

impl Authority {
    /// An authority, whose own certificate is written to this file.
    fn new(file: &Path) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let name = file.display().to_string();
        parameters.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.self_signed(&key).expect("a certificate");
        std::fs::write(file, certificate.pem()).expect("written");
        Self(Issuer::new(parameters, key))
    }

    /// A server whose certificate has this name.
    fn server(&self, name: &str) -> Option<Server> {
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new([name.to_owned()]).expect("a name");
        let certificate = parameters.signed_by(&key, &self.0).expect("a certificate");
        Server::start_with_tls(&certificate.pem(), &key.serialize_pem())
    }
}

fn trusting(url: &str, file: &Path) -> String {
    format!("{url}?sslmode=require&sslrootcert={}", file.display())
}

/// Reads the log. The error is that of connecting, at once.
fn error_of(url: &str) -> String {
    let log = ExecutionLog::open(url).expect("a server");
    let began = Instant::now();
    let runs: Result<Vec<_>, Error> = log.runs().into_iter().collect();
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "it is not tried again"
    );
    let error = runs.expect_err("it is not trusted");
    assert!(matches!(error, Error::ServerUnreachable { .. }), "{error}");
    let error = error.to_string();
    assert!(!error.contains(PASSWORD), "{error}");
    error
}

fn files(folder: &tempfile::TempDir) -> [PathBuf; 2] {
    ["trusted.pem", "other.pem"].map(|name| folder.path().join(name))
}

#[test]
fn a_server_that_is_trusted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [file, other] = files(&folder);
    let Some(server) = Authority::new(&file).server("127.0.0.1") else {
        return;
    };
    let database = server.database();
    let rules = server.folder().join("data/pg_hba.conf");
    let before = std::fs::read_to_string(&rules).expect("the rules");
    let rule = "hostssl all ci 127.0.0.1/32 scram-sha-256\nhostnossl all all 127.0.0.1/32 reject\n";
    std::fs::write(&rules, format!("{rule}{before}")).expect("written");
    database.sql(&format!(
        "CREATE ROLE ci LOGIN SUPERUSER PASSWORD '{PASSWORD}'"
    ));
    database.sql("SELECT pg_reload_conf()");

    let url = database.network_url("ci", "127.0.0.1");
    for mode in ["require", "verify-full"] {
        let trusting = trusting(&url, &file).replace("require", mode);
        let log = ExecutionLog::open(trusting + "&channel_binding=require");
        let log = log.expect("a server");
        assert_eq!(warnings_of_host(&log), [""; 0]);
    }
    let log = ExecutionLog::open(trusting(&url, &file)).expect("a server");
    assert_eq!(runs(&log).len(), 2);

    // The server takes nothing else, so that TLS was spoken.
    let without = ExecutionLog::open(format!("{url}?sslmode=disable")).expect("a server");
    let refused = without.runs().into_iter().next().expect("an error");
    assert!(
        refused
            .expect_err("it is refused")
            .to_string()
            .contains("no encryption")
    );

    Authority::new(&other);
    let error = error_of(&trusting(&url, &other));
    assert!(error.contains("`sslrootcert=`"), "{error}");
    // The authorities that the system trusts do not have it.
    let error = error_of(&format!("{url}?sslmode=require"));
    assert!(error.contains("`sslrootcert=`"), "{error}");

    std::fs::write(&other, "").expect("written");
    let error = error_of(&trusting(&url, &other));
    assert!(
        error.contains("other.pem") && error.contains("no certificate"),
        "{error}"
    );
}

#[test]
fn a_server_without_tls() {
    let Some(database) = super::database() else {
        return;
    };
    let error = error_of(&format!("{}&sslmode=require", database.url()));
    assert!(error.contains("does not support TLS"), "{error}");
    assert!(error.contains("`sslmode=disable`"), "{error}");
}

#[test]
fn a_server_with_the_certificate_of_another() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [file, _] = files(&folder);
    let Some(server) = Authority::new(&file).server("db.example") else {
        return;
    };
    let database = server.database();
    let url = database.network_url("postgres", "127.0.0.1");
    let error = error_of(&trusting(&url, &file));
    assert!(
        error.contains("use the name that is in its certificate"),
        "{error}"
    );

    // `hostaddr` is where the server is, and `host` its name.
    let url = database.network_url("postgres", "db.example");
    let url = trusting(&url, &file) + "&hostaddr=127.0.0.1";
    let log = ExecutionLog::open(url).expect("a server");
    assert_eq!(warnings_of_host(&log), [""; 0]);
}
