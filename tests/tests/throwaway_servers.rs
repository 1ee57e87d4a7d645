//! The PostgreSQL servers that tests start: each database is apart, a proxy fails as asked, and nothing
//! stays behind.
#![cfg(unix)]

use execlog_tests::bounded::{self, Lines, PATIENCE};
use execlog_tests::postgres::{Answers, Proxy, Server};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio_postgres::{Error, NoTls};

/// Connects and asks, and gives up after a while.
fn ask(url: &str, patience: Duration) -> Result<Result<(), Error>, TimedOut> {
    let answer = async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        client.simple_query("SELECT 1").await.map(drop)
    };
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    runtime
        .block_on(async { tokio::time::timeout(patience, answer).await })
        .map_err(|_| TimedOut)
}

#[derive(Debug, PartialEq)]
struct TimedOut;

const SHORT: Duration = Duration::from_millis(200);

#[test]
fn each_database_is_apart_and_empty() {
    let Some(server) = Server::shared() else {
        return;
    };
    let (one, other) = (server.database(), server.database());
    one.sql("CREATE SCHEMA execlog; CREATE TABLE execlog.runs (id INT); INSERT INTO execlog.runs VALUES (7)");
    let found = one.rows("SELECT id, NULL FROM execlog.runs");
    assert_eq!(found, [[Some("7".to_owned()), None]]);
    let schemas = "SELECT nspname FROM pg_namespace WHERE nspname = 'execlog'";
    assert_eq!(other.rows(schemas).len(), 0);
    assert_ne!(one.url(), other.url());
}

#[test]
fn a_database_that_was_used_is_emptied() {
    let Some(server) = Server::start() else {
        return;
    };
    let database = server.database();
    let url = database.url();
    let everything = "SELECT nspname FROM pg_namespace UNION ALL SELECT relname FROM pg_class
        UNION ALL SELECT evtname FROM pg_event_trigger ORDER BY 1";
    let before = database.rows(everything);
    database.sql(
        "CREATE SCHEMA execlog; CREATE TABLE execlog.runs (id INT); CREATE TABLE beside (id INT);
         CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
         CREATE EVENT TRIGGER refuses ON ddl_command_start EXECUTE FUNCTION refuse();
         ALTER DATABASE db_0 SET default_transaction_read_only = on",
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let connected = runtime.block_on(tokio_postgres::connect(&url, NoTls));
    let (client, connection) = connected.expect("a connection");
    runtime.spawn(connection);
    let lock = "SET transaction_read_only = off; BEGIN; LOCK TABLE execlog.runs";
    runtime.block_on(client.simple_query(lock)).expect("a lock");
    drop(database);

    let again = server.database();
    assert_eq!(again.url(), url);
    assert_eq!(again.rows(everything), before);
    assert_eq!(
        again.rows("SHOW default_transaction_read_only"),
        [[Some("off".to_owned())]]
    );
    let closed = runtime.block_on(client.simple_query("SELECT 1"));
    closed.expect_err("the connection is closed");
}

#[test]
fn a_proxy_fails_as_asked_and_recovers() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let proxy = Proxy::before(&database);
    let url = proxy.url();
    let works = |patience| ask(&url, patience).expect("an answer").expect("no error");
    works(PATIENCE);

    proxy.answer(Answers::Late(SHORT));
    let asked = Instant::now();
    works(PATIENCE);
    // The answers to the connection and to the statement.
    assert!(asked.elapsed() >= 2 * SHORT, "{:?}", asked.elapsed());

    proxy.answer(Answers::Never);
    assert_eq!(ask(&url, SHORT).map(|_| ()), Err(TimedOut));

    proxy.answer(Answers::Garbage(&[0xff; 64]));
    ask(&url, PATIENCE).expect("an end").expect_err("garbage");

    proxy.answer(Answers::Cut);
    ask(&url, PATIENCE)
        .expect("an end")
        .expect_err("a closed connection");

    proxy.answer(Answers::Prompt);
    works(PATIENCE);
}

#[test]
fn a_proxy_cuts_connections_that_are_open() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let proxy = Proxy::before(&database);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let connected = tokio_postgres::connect(&proxy.url(), NoTls).await;
        let (client, connection) = connected.expect("a connection");
        let connection = tokio::spawn(connection);
        client.simple_query("SELECT 1").await.expect("an answer");
        drop(proxy);
        let end = tokio::time::timeout(PATIENCE, connection).await;
        drop(end.expect("the connection ends"));
        client
            .simple_query("SELECT 1")
            .await
            .expect_err("it is closed");
    });
}

/// A process with a server of its own.
struct Owner {
    child: Child,
    url: String,
}

impl Owner {
    fn start() -> Option<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throwaway_server"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let url = Lines::from(child.stdout.take().expect("a pipe")).next();
        let Some(url) = url else {
            assert!(!bounded::ended(child).status.success());
            return None;
        };
        Some(Self { child, url })
    }

    fn folder(&self) -> PathBuf {
        let (_, folder) = self.url.split_once("?host=").expect("a folder");
        Path::new(folder).to_owned()
    }

    fn answers(&self) -> bool {
        matches!(ask(&self.url, PATIENCE), Ok(Ok(())))
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} takes too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_server_ends_with_a_process_that_is_killed() {
    let Some(mut owner) = Owner::start() else {
        return;
    };
    assert!(owner.answers());
    owner.child.kill().expect("it is killed");
    bounded::status(&mut owner.child);
    wait_until("the end of the server", || !owner.answers());
    wait_until("removing the folder", || !owner.folder().exists());
}

#[test]
fn a_server_ends_with_its_value() {
    let Some(server) = Server::start() else {
        return;
    };
    let folder = server.folder().to_owned();
    let url = server.database().url();
    assert!(folder.exists());
    drop(server);
    assert!(!folder.exists());
    ask(&url, PATIENCE).expect("an end").expect_err("no server");
}

#[test]
fn servers_of_two_processes_share_nothing() {
    let (Some(one), Some(mut other)) = (Owner::start(), Owner::start()) else {
        return;
    };
    assert_ne!(one.folder(), other.folder());
    drop(other.child.stdin.take());
    assert!(bounded::status(&mut other.child).success());
    assert!(!other.answers());
    assert!(one.answers());
    assert!(bounded::ended(one.child).status.success());
}
