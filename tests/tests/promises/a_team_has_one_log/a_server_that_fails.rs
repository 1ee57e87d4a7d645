//! Hosts end as without a log when the server fails, nothing is lost, and the next shipment sends it.

use super::{assert_sound, database, runs, team};
use crate::a_host_goes_on_without_its_log::warnings_of_host;
use execlog::{ExecutionLog, Imported, Invocation, LocalLog, ShipReport, Shipping, StoredRun};
use execlog_tests::bounded;
use execlog_tests::postgres::{Answers, Database, PASSWORD, Port, Proxy, Server};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The busy timeout of a host, and the time limit of shipping.
const LIMIT: Duration = Duration::from_millis(300);

/// Much more than a host waits when it begins and ends a run, for a busy machine, and less than an answer that
/// is late takes.
const MOST: Duration = Duration::from_secs(4);
const LATE: Duration = Duration::from_secs(10);

/// A team's log on a server that works now and will fail.
struct Team<'a> {
    database: &'a Database<'a>,
    url: String,
    /// Is connected before the server fails.
    connected: LocalLog,
}

fn open(url: &str) -> LocalLog {
    ExecutionLog::open(url)
        .expect("a server")
        .with_busy_timeout(LIMIT)
}

fn invocation() -> Invocation {
    Invocation::new(["index", "src"])
}

fn without_warnings(log: &LocalLog) {
    let log = log.clone().with_busy_timeout(bounded::PATIENCE);
    assert_eq!(warnings_of_host(&log), [""; 0]);
}

impl<'a> Team<'a> {
    /// The log is connected to by this URL.
    fn new(database: &'a Database<'a>, url: &str) -> Self {
        let connected = open(url);
        without_warnings(&connected);
        Self {
            database,
            url: url.to_owned(),
            connected: connected.with_busy_timeout(LIMIT),
        }
    }

    /// Checks a failure of the server, which says this: a host that is connected, and a new one.
    fn check(self, says: &str, fail: impl FnOnce(), mend: impl FnOnce()) {
        fail();
        let failed = FailedServer::on(self.database, &self.url, says);
        let warnings = of_host_in_time(&self.connected);
        assert_is_plain(&warnings[0], says);
        failed.check(mend);
        without_warnings(&self.connected);
    }
}

/// A server that fails.
struct FailedServer<'a> {
    database: &'a Database<'a>,
    url: &'a str,
    says: &'a str,
}

impl<'a> FailedServer<'a> {
    fn on(database: &'a Database<'a>, url: &'a str, says: &'a str) -> Self {
        Self {
            database,
            url,
            says,
        }
    }

    /// Checks hosts that record in the server, and one that ships, until the server works again, and after it.
    fn check(self, mend: impl FnOnce()) {
        let direct = open(self.url);
        let warnings = of_host_in_time(&direct);
        assert_is_plain(&warnings[0], self.says);

        let folder = tempfile::tempdir().expect("a temporary folder");
        let local: LocalLog = ExecutionLog::new(folder.path().join("code.db")).into();
        for _ in 0..3 {
            local.begin(invocation()).succeed();
        }
        let shipping = Shipping::new().time_limit(LIMIT);
        let began = Instant::now();
        let shipped = local.maintenance().ship(&open(self.url), &shipping);
        let took = began.elapsed();
        assert!(took < MOST, "{took:?}");
        let error = shipped.expect_err("the server fails").to_string();
        assert_is_plain(&error, self.says);
        assert_sound(&local);

        mend();
        let team = open(self.url).with_busy_timeout(bounded::PATIENCE);
        let report = ship(&local, &team);
        assert_eq!((report.sent, report.seals), (3, 6), "{report:?}");
        assert!(report.is_complete(), "{report:?}");
        let again = ship(&local, &team);
        assert_eq!((again.sent, again.seals), (0, 0), "{again:?}");
        let there = runs(&super::team(self.database));
        for run in runs(&local) {
            assert!(there.contains(&run), "{run:?} is not in {there:?}");
        }
        assert_sound(&local);
        assert_sound(&team);
        without_warnings(&direct);
    }
}

fn ship(log: &LocalLog, team: &LocalLog) -> ShipReport {
    let shipped = log.maintenance().ship(team, &Shipping::new());
    shipped.expect("shipped")
}

/// The warnings of a host, which gets its own result in time, and one warning.
fn of_host_in_time(log: &LocalLog) -> Vec<String> {
    let _limit = bounded::limit(bounded::PATIENCE);
    let began = Instant::now();
    let warnings = warnings_of_host(log);
    let took = began.elapsed();
    assert!(took < MOST, "{took:?}: {warnings:?}");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    warnings
}

fn assert_is_plain(text: &str, says: &str) {
    assert!(text.contains(says), "`{says}` is not in `{text}`");
    assert!(!text.contains(PASSWORD), "{text}");
}

/// The URL of a database, with a user and a password.
fn with_password(database: &Database<'_>, user: &str) -> String {
    let with = format!("//{user}:{PASSWORD}@");
    database.url().replace("//postgres@", &with)
}

#[test]
fn a_server_that_is_down() {
    let Some(database) = database() else { return };
    team(&database).begin(invocation()).succeed();
    for (port, says) in [
        (Port::closed(), "Connection refused"),
        (Port::silent(), "it does not answer"),
    ] {
        let url = port.url(&database);
        let mut proxy = None;
        FailedServer::on(&database, &url, says).check(|| proxy = Some(Proxy::on(port, &database)));
    }
}

fn a_server_that_answers(answers: Answers, says: &str) {
    let Some(database) = database() else { return };
    let proxy = Proxy::before(&database);
    let team = Team::new(&database, &proxy.url());
    team.check(
        says,
        || proxy.answer(answers),
        || proxy.answer(Answers::Prompt),
    );
}

#[test]
fn a_server_that_never_answers() {
    a_server_that_answers(Answers::Never, "answer");
}

#[test]
fn a_server_that_answers_late() {
    a_server_that_answers(Answers::Late(LATE), "answer");
}

#[test]
fn a_server_that_closes_each_connection() {
    a_server_that_answers(Answers::Cut, "`postgresql://postgres@127.0.0.1:");
}

#[test]
fn a_server_that_closes_connections_within_an_answer() {
    a_server_that_answers(Answers::Torn, "`postgresql://postgres@127.0.0.1:");
}

#[test]
fn a_server_that_answers_garbage() {
    for garbage in [
        &[0xff; 64],
        &[b'R'; 64],
        &[0; 64],
        b"HTTP/1.1 400 Bad Request\r\n\r\n" as &[u8],
    ] {
        a_server_that_answers(
            Answers::Garbage(garbage),
            "`postgresql://postgres@127.0.0.1:",
        );
    }
}

#[test]
fn a_server_that_answers_garbage_without_end() {
    // A notice and the state of a setting, which a client may get at any time.
    let (notice, setting) = (b"N\0\0\0\x05\0", b"S\0\0\0\x08a\0b\0");
    for garbage in [&[0xff; 4096], notice as &[u8], setting] {
        let answers = Answers::EndlessGarbage(garbage);
        a_server_that_answers(answers, "`postgresql://postgres@127.0.0.1:");
    }
}

/// A database takes no writes, as a server that follows another.
#[test]
fn a_server_that_is_read_only() {
    let Some(database) = database() else { return };
    let set = |setting: &str| {
        database.sql(&format!(
            "SET TRANSACTION READ WRITE;
             DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {setting}', current_database()); END $$;
             SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ));
    };
    let team = Team::new(&database, &database.url());
    team.check(
        "target_session_attrs=read-write",
        || set("SET default_transaction_read_only = on"),
        || set("RESET default_transaction_read_only"),
    );
}

/// The error is that of a full disk, raised by triggers: to fill a disk takes a file system of one's own.
#[test]
fn a_server_that_is_full() {
    let Some(database) = database() else { return };
    let on_each_table = |what: &str| {
        format!(
            "DO $$ DECLARE name text; BEGIN
                 FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'execlog' LOOP
                     EXECUTE format('{what}', name);
                 END LOOP;
             END $$"
        )
    };
    let team = Team::new(&database, &database.url());
    team.check(
        "could not extend file; free space on the server",
        || {
            database.sql(
                "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                     RAISE 'could not extend file' USING ERRCODE = '53100'; END $$",
            );
            database.sql(&on_each_table(
                "CREATE TRIGGER is_full BEFORE INSERT OR UPDATE ON execlog.%I EXECUTE FUNCTION is_full()",
            ));
        },
        || database.sql(&on_each_table("DROP TRIGGER is_full ON execlog.%I")),
    );
}

#[test]
fn a_role_without_rights() {
    let Some(database) = database() else { return };
    team(&database).begin(invocation()).succeed();
    database.sql("CREATE ROLE without_rights LOGIN");
    let url = with_password(&database, "without_rights");
    FailedServer::on(
        &database,
        &url,
        "permission denied for schema execlog; grant the role",
    )
    .check(|| {
        database.sql(
            "GRANT USAGE ON SCHEMA execlog TO without_rights;
             GRANT ALL ON ALL TABLES IN SCHEMA execlog TO without_rights;
             GRANT ALL ON ALL SEQUENCES IN SCHEMA execlog TO without_rights",
        );
    });
}

/// What a role may not do is no reason to leave runs behind for good.
#[test]
fn a_role_that_may_not_add_runs() {
    let Some(database) = database() else { return };
    team(&database).begin(invocation()).succeed();
    database.sql(
        "CREATE ROLE adds_no_runs LOGIN;
         GRANT USAGE ON SCHEMA execlog TO adds_no_runs;
         GRANT ALL ON ALL TABLES IN SCHEMA execlog TO adds_no_runs;
         GRANT ALL ON ALL SEQUENCES IN SCHEMA execlog TO adds_no_runs;
         REVOKE INSERT ON execlog.execution_log FROM adds_no_runs",
    );
    let url = with_password(&database, "adds_no_runs");
    let says = "permission denied for table execution_log; grant the role";
    FailedServer::on(&database, &url, says)
        .check(|| database.sql("GRANT INSERT ON execlog.execution_log TO adds_no_runs"));
}

#[test]
fn a_role_that_may_not_create_the_tables() {
    let Some(database) = database() else { return };
    database.sql("CREATE ROLE creates_nothing LOGIN");
    let url = with_password(&database, "creates_nothing");
    let grant = "DO $$ BEGIN
        EXECUTE format('GRANT CREATE ON DATABASE %I TO creates_nothing', current_database()); END $$";
    FailedServer::on(&database, &url, "permission denied for database")
        .check(|| database.sql(grant));
}

#[test]
fn a_missing_database() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let name = database.rows("SELECT current_database()")[0][0]
        .clone()
        .expect("a name");
    let url = with_password(&database, "postgres");
    server.sql(&format!("ALTER DATABASE {name} RENAME TO {name}_aside"));
    let says = format!("database \"{name}\" does not exist; create the database");
    FailedServer::on(&database, &url, &says)
        .check(|| server.sql(&format!("ALTER DATABASE {name}_aside RENAME TO {name}")));
}

#[test]
fn a_password_that_is_wrong_or_missing() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    team(&database).begin(invocation()).succeed();
    database.sql("CREATE ROLE with_password LOGIN SUPERUSER PASSWORD 'another'");
    let rules = server.folder().join("data/pg_hba.conf");
    let rules_before = std::fs::read_to_string(&rules).expect("the rules");
    // `scram-sha-256` takes a build without optimisation a large part of the limit.
    std::fs::write(
        &rules,
        format!("local all with_password password\n{rules_before}"),
    )
    .expect("written");
    database.sql("SELECT pg_reload_conf()");

    let url = database.url().replace("postgres@", "with_password@");
    let without = Command::new(env!("CARGO_BIN_EXE_host"))
        .args(["server", &url, "record", "1"])
        .env_remove("PGPASSWORD")
        .env("PGPASSFILE", server.folder().join("no password file"))
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let began = Instant::now();
    let output = bounded::ended(without.expect("the host starts"));
    assert!(began.elapsed() < MOST, "it is not tried again");
    assert_is_plain(&String::from_utf8_lossy(&output.stderr), "set `PGPASSWORD`");

    let url = with_password(&database, "with_password");
    FailedServer::on(
        &database,
        &url,
        "password authentication failed for user \"with_password\"; check the user",
    )
    .check(|| database.sql(&format!("ALTER ROLE with_password PASSWORD '{PASSWORD}'")));
}

#[test]
fn a_server_that_is_restarted_between_two_calls() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let url = server.database().url();
    let log = open(&url);
    without_warnings(&log);
    let run = log.begin(invocation());
    server.restart();
    run.succeed();
    without_warnings(&log);
    server.restart();
    assert_eq!(runs(&log).len(), 3);
    assert_sound(&log);
}

#[test]
fn a_connection_that_is_closed_while_idle() {
    let Some(database) = database() else { return };
    let log = open(&database.url()).with_busy_timeout(bounded::PATIENCE);
    let close = || {
        database.sql(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    };
    without_warnings(&log);
    let run = log.begin(invocation());
    close();
    run.succeed();
    close();
    without_warnings(&log);
    close();
    assert_eq!(runs(&log).len(), 3);

    // The lost connection does not make another call look like this one.
    let record = execlog_tests::record("build-1");
    log.log_execution(&record).expect("logged");
    close();
    log.log_execution(&record).expect_err("it is there");
    assert_sound(&log);
}

/// The head file tells a log that has lost seals from one that has not.
#[test]
fn a_server_that_refuses_to_commit() {
    let Some(database) = database() else { return };
    let locks = tempfile::tempdir().expect("a temporary folder");
    let log = team(&database).with_lock_folder(locks.path());
    without_warnings(&log);
    database.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE 'not today'; END $$;
         CREATE CONSTRAINT TRIGGER refuses AFTER INSERT ON execlog.execution_log
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
    let error = log.log_execution(&execlog_tests::record("build-1"));
    let error = error.expect_err("it is refused").to_string();
    assert_is_plain(&error, "not today");
    database.sql("DROP TRIGGER refuses ON execlog.execution_log");

    // Writes no seal.
    let known: Vec<_> = log
        .runs()
        .into_iter()
        .collect::<Result<_, _>>()
        .expect("runs");
    let known: Vec<_> = known.into_iter().map(StoredRun::from).collect();
    let imported = log.maintenance().import(&known).expect("imported");
    assert_eq!(imported, [Imported::Present]);
    without_warnings(&team(&database).with_lock_folder(locks.path()));
}
