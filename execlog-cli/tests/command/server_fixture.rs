//! A log on a throwaway server, and the program that uses it.

use crate::fixture::{RUNS, program};
use assert_cmd::Command;
use execlog_tests::postgres::{Database, Proxy, Server};
use std::fs;
use tempfile::TempDir;

/// The password in the URLs. The server accepts any.
pub(crate) const PASSWORD: &str = "s3cret-of-the-team";

/// A database, a port that leads to it, and a folder to run the program in.
pub(crate) struct ServerFixture {
    pub(crate) folder: TempDir,
    /// Declared before the database, so that the connections are closed before it is emptied.
    pub(crate) proxy: Proxy,
    pub(crate) database: Database<'static>,
}

impl ServerFixture {
    /// A database without a log, and the file `runs.jsonl` with runs to import. `None` where PostgreSQL is
    /// not installed.
    pub(crate) fn new() -> Option<Self> {
        let database = Server::shared()?.database();
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("runs.jsonl"), runs_without_locks()).expect("written");
        Some(Self {
            folder,
            proxy: Proxy::before(&database),
            database,
        })
    }

    /// The same with a log.
    pub(crate) fn with_runs() -> Option<Self> {
        let fixture = Self::new()?;
        let import = fixture.execlog(&["import", "runs.jsonl"]).output();
        assert!(import.expect("it runs").status.success());
        Some(fixture)
    }

    /// The URL with the password.
    pub(crate) fn url(&self) -> String {
        format!("postgresql://postgres:{PASSWORD}@{}", self.place())
    }

    /// The URL as it is shown.
    pub(crate) fn name(&self) -> String {
        format!("postgresql://postgres@{}", self.place())
    }

    /// The address of the proxy, and the name of the database.
    fn place(&self) -> String {
        let url = self.proxy.url();
        let place = url.rsplit('@').next();
        place.unwrap_or_default().to_owned()
    }

    /// The program in the folder, with the log named by the environment.
    pub(crate) fn execlog(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path());
        command.env("EXECLOG_DB", self.url()).args(arguments);
        command
    }
}

/// The runs of the fixture, but for those with a lock, which is on the machine of a run.
pub(crate) fn runs_without_locks() -> String {
    let lines = RUNS.split_inclusive('\n');
    lines.filter(|line| !line.contains(r#""lock":""#)).collect()
}
