//! A database for one test.

use super::{PASSWORD, Server};
use crate::bounded::PATIENCE;
use parking_lot::Mutex;
use std::time::Duration;
use tokio_postgres::{Error, NoTls, SimpleQueryMessage};

/// A row of an answer, each value as text.
pub type Row = Vec<Option<String>>;

/// The databases of a server: to create one takes 150 ms, to empty one 10.
#[derive(Default)]
pub(super) struct Pool(Mutex<Databases>);

#[derive(Default)]
struct Databases {
    created: u32,
    free: Vec<String>,
}

/// A database of one's own on a throwaway server. When this value is dropped, the database's connections
/// are closed, and it is emptied for another test.
pub struct Database<'server> {
    pub(super) server: &'server Server,
    pub(super) name: String,
}

impl<'server> Database<'server> {
    pub(super) fn on(server: &'server Server) -> Self {
        let mut databases = server.databases.0.lock();
        let name = databases.free.pop().unwrap_or_else(|| {
            let name = format!("db_{}", databases.created);
            databases.created += 1;
            let create = format!("CREATE DATABASE {name}");
            query(&server.url("postgres"), &create).expect("the database is created");
            name
        });
        Self { server, name }
    }

    /// The URL to open a log with, as the superuser.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// The URL to open a log with, on a port of this host, as this user with the [password](super::PASSWORD).
    #[must_use]
    pub fn network_url(&self, user: &str, host: &str) -> String {
        let (port, name) = (self.server.port, &self.name);
        format!("postgresql://{user}:{PASSWORD}@{host}:{port}/{name}")
    }

    /// Runs statements as the superuser.
    ///
    /// # Panics
    ///
    /// If a statement fails.
    pub fn sql(&self, statements: &str) {
        drop(self.rows(statements));
    }

    /// Runs statements as the superuser and returns the rows of all of them.
    ///
    /// # Panics
    ///
    /// If a statement fails.
    #[must_use]
    pub fn rows(&self, statements: &str) -> Vec<Row> {
        query(&self.url(), statements).unwrap_or_else(|error| panic!("{statements}: {error:?}"))
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // It fails if the test has stopped the server.
        if query(&self.url(), EMPTY).is_ok() {
            let name = std::mem::take(&mut self.name);
            self.server.databases.0.lock().free.push(name);
        }
    }
}

/// Closes the other connections to a database, and drops everything in it and its settings.
const EMPTY: &str = "
    SET TRANSACTION READ WRITE;
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT evtname FROM pg_event_trigger LOOP
            EXECUTE format('DROP EVENT TRIGGER %I', name);
        END LOOP;
        FOR name IN SELECT nspname FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
            EXECUTE format('DROP SCHEMA %I CASCADE', name);
        END LOOP;
        CREATE SCHEMA public;
        EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());
    END $$";

/// Runs statements on a connection of their own.
pub(super) fn query(url: &str, statements: &str) -> Result<Vec<Row>, Error> {
    query_within(PATIENCE, url, statements).expect("the server answers in time")
}

/// Runs statements on a connection of their own, which is closed after a while. `None` if that is too
/// soon.
pub(super) fn query_within(
    time: Duration,
    url: &str,
    statements: &str,
) -> Option<Result<Vec<Row>, Error>> {
    let answer = async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        client.simple_query(statements).await
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let answer = runtime.block_on(async { tokio::time::timeout(time, answer).await });
    Some(
        answer
            .ok()?
            .map(|messages| messages.into_iter().filter_map(row).collect()),
    )
}

fn row(message: SimpleQueryMessage) -> Option<Row> {
    let SimpleQueryMessage::Row(row) = message else {
        return None;
    };
    let values = (0..row.len()).map(|column| row.get(column).map(str::to_owned));
    Some(values.collect())
}
