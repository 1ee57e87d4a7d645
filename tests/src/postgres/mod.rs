//! Throwaway PostgreSQL servers: one for each test program, a database for each test.
//!
//! `programs` finds PostgreSQL, `server.sh` runs a server and tidies up after it, `database` makes
//! databases and empties them, `proxy` stands between a log and a server and fails as networks do, on a
//! `port`, and `cluster` has three servers that fail over.

pub mod cluster;
mod database;
mod port;
mod programs;
mod proxy;

pub use database::{Database, Row};
pub use port::{PASSWORD, Port};
pub use proxy::{Answers, Lost, Proxy};

use crate::bounded::{self, PATIENCE};
use database::Pool;
use std::fs::Permissions;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Once, OnceLock};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The port of a server that listens on none. It names the socket.
const DEFAULT_PORT: u16 = 5432;

/// A PostgreSQL server on a socket in a temporary folder. Dropping it stops the server and removes the
/// folder, and so does the end of the process, however it ends.
pub struct Server {
    runner: Child,
    folder: PathBuf,
    port: u16,
    databases: Pool,
}

impl Server {
    /// The server that the tests of this process share.
    ///
    /// `None`, after one line of this process on standard error, where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Server>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// A server of one's own, to stop it in the test. Takes about a second.
    ///
    /// `None`, after one line of this process on standard error, where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        match programs::find() {
            Ok(programs) => Some(Self::start_with(&programs)),
            Err(missing) => {
                say_skipped("the tests on PostgreSQL", &missing);
                None
            }
        }
    }

    /// A server of one's own that also listens on a port of this machine, by TLS with this certificate and key.
    ///
    /// `None`, after one line of this process on standard error, where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// If the server does not start.
    #[must_use]
    pub fn start_with_tls(certificate: &str, key: &str) -> Option<Self> {
        let mut server = Self::start()?;
        let data = server.folder.join("data");
        let owner = data.metadata().expect("the folder of the server");
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let file = data.join(name);
            std::fs::write(&file, text).expect("written");
            std::fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("private");
            chown(&file, Some(owner.uid()), Some(owner.gid())).expect("the server's");
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|port| port.local_addr());
        let port = port.expect("a free port").port();
        for setting in [
            "ssl = on".to_owned(),
            "listen_addresses = '127.0.0.1'".to_owned(),
            format!("port = {port}"),
        ] {
            server.sql(&format!("ALTER SYSTEM SET {setting}"));
        }
        server.restart_on(port);
        Some(server)
    }

    fn start_with(programs: &Path) -> Self {
        // The path of a socket has at most 107 bytes, and `TMPDIR` may be long.
        let folder = TempDir::with_prefix_in("execlog-", "/tmp").expect("a temporary folder");
        let runner = Command::new("sh")
            .args(["-c", include_str!("server.sh"), "server.sh"])
            .args([programs, folder.path()])
            // Whoever kills the group of the test program lets this one tidy up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("a shell");
        let mut server = Self {
            runner,
            folder: folder.keep(),
            port: DEFAULT_PORT,
            databases: Pool::default(),
        };
        server.wait_until_it_answers();
        server
    }

    fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while database::query(&self.url("postgres"), "SELECT 1").is_err() {
            let ended = self.runner.try_wait().expect("it is a child");
            assert!(ended.is_none(), "the PostgreSQL server does not start");
            assert!(
                Instant::now() < deadline,
                "the PostgreSQL server does not answer"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The URL of a database on this server, as the superuser.
    fn url(&self, database: &str) -> String {
        let folder = self.folder.display();
        let port = match self.port {
            DEFAULT_PORT => String::new(),
            port => format!("&port={port}"),
        };
        format!("postgresql://postgres@/{database}?host={folder}{port}")
    }

    fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{}", self.port))
    }

    /// An empty database that nobody else uses. Takes 150 ms for each of those in use at the same time, and
    /// nothing after that.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    pub fn database(&self) -> Database<'_> {
        Database::on(self)
    }

    /// Runs statements as the superuser, outside of the databases of tests.
    ///
    /// # Panics
    ///
    /// If a statement fails.
    pub fn sql(&self, statements: &str) {
        let done = database::query(&self.url("postgres"), statements);
        done.unwrap_or_else(|error| panic!("{statements}: {error:?}"));
    }

    /// Restarts the server, which closes its connections, and waits until it answers.
    ///
    /// # Panics
    ///
    /// If the server does not start again.
    pub fn restart(&mut self) {
        self.restart_on(self.port);
    }

    fn restart_on(&mut self, port: u16) {
        std::fs::write(self.folder.join("restart"), "").expect("written");
        let lines = std::fs::read_to_string(self.folder.join("data/postmaster.pid"));
        let lines = lines.expect("the server runs");
        let process = lines.lines().next().expect("a process");
        let stop = bounded::output(Command::new("kill").args(["-INT", process]));
        assert!(stop.status.success(), "the server is stopped");
        let deadline = Instant::now() + PATIENCE;
        while self.folder.join("restart").exists() {
            assert!(Instant::now() < deadline, "the server does not stop");
            thread::sleep(Duration::from_millis(5));
        }
        self.port = port;
        self.wait_until_it_answers();
    }

    /// The folder of the server, removed with it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.runner.stdin.take());
        bounded::status(&mut self.runner);
    }
}

/// Says once in this process that something is skipped.
fn say_skipped(what: &str, missing: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        // `eprintln!` would be captured by the test.
        let line = format!("skipped: {what}, {missing}\n");
        let mut stderr = std::io::stderr();
        stderr.write_all(line.as_bytes()).expect("standard error");
    });
}
