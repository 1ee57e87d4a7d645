//! Three PostgreSQL servers of which Patroni makes one the leader and another its synchronous standby.
//!
//! `nodes.sh` runs them and tidies up after them, `node.yml` is the configuration of a node, and `api`
//! asks Patroni about them.

mod api;

use super::{database, programs, say_skipped};
use crate::bounded::{self, Lines, PATIENCE};
use std::fmt;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The nodes' names.
const NAMES: [&str; 3] = ["n1", "n2", "n3"];

/// Three nodes, etcd beside them, and a log of each in a temporary folder. Dropping it stops all and
/// removes the folder, and so does the end of the process, however it ends.
///
/// A leader that does not answer is replaced after 5 s (`ttl`), and nothing is acknowledged without the
/// synchronous standby.
pub struct Cluster {
    runner: Child,
    answers: Lines,
    nodes: [Node; 3],
}

/// One of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    name: &'static str,
    /// The port of PostgreSQL.
    port: u16,
    /// The port of Patroni's REST interface.
    api: u16,
}

impl Cluster {
    /// Starts the nodes and waits until the leader can be written to. Takes about ten seconds.
    ///
    /// `None`, after one line of this process on standard error, where one of the programs is missing.
    ///
    /// # Panics
    ///
    /// If there is no such leader in time.
    #[must_use]
    pub fn start() -> Option<Self> {
        match programs::find_with(&["etcd", "patroni", "pgrep"]) {
            Ok(programs) => Some(Self::start_with(&programs)),
            Err(missing) => {
                say_skipped("failover between PostgreSQL servers", &missing);
                None
            }
        }
    }

    fn start_with(programs: &Path) -> Self {
        let folder = TempDir::with_prefix_in("execlog-", "/tmp").expect("a temporary folder");
        let [client, peer, ports @ ..] = free_ports();
        let mut nodes = NAMES.map(|name| Node {
            name,
            port: 0,
            api: 0,
        });
        for (node, ports) in nodes.iter_mut().zip(ports.chunks(2)) {
            (node.port, node.api) = (ports[0], ports[1]);
            let file = folder.path().join(format!("{}.yml", node.name));
            std::fs::write(file, node.configuration(client, programs)).expect("a configuration");
        }
        let mut runner = Command::new("sh")
            .args(["-c", include_str!("nodes.sh"), "nodes.sh"])
            .arg(folder.keep())
            .args([client, peer].map(|port| port.to_string()))
            // Whoever kills the group of the test program lets this one tidy up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let answers = Lines::from(runner.stdout.take().expect("a pipe"));
        let mut cluster = Self {
            runner,
            answers,
            nodes,
        };
        for node in nodes {
            cluster.start_node(node);
        }
        cluster.wait_until_whole();
        cluster
    }

    /// The URL of whichever node is the leader.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts = self
            .nodes
            .map(|node| format!("127.0.0.1:{}", node.port))
            .join(",");
        format!("postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write")
    }

    /// The node that Patroni calls the leader.
    ///
    /// # Panics
    ///
    /// If there is none in time.
    #[must_use]
    pub fn leader(&self) -> Node {
        let mut found = None;
        wait_until("electing a leader", || {
            found = self.nodes.into_iter().find(|node| api::is_leader(node.api));
            found.is_some()
        });
        found.expect("it was found")
    }

    /// Kills a node with SIGKILL: Patroni and every process of PostgreSQL.
    ///
    /// # Panics
    ///
    /// If it does not die.
    pub fn kill_node(&mut self, node: Node) {
        self.command("kill", node);
    }

    /// Starts a node that was killed. It becomes a standby.
    ///
    /// # Panics
    ///
    /// If Patroni does not start.
    pub fn start_node(&mut self, node: Node) {
        self.command("start", node);
    }

    fn command(&mut self, command: &str, node: Node) {
        let line = format!("{command} {}", node.name);
        let mut stdin = self.runner.stdin.as_ref().expect("a pipe");
        writeln!(stdin, "{line}").expect("it is read");
        assert_eq!(self.answers.next(), Some(line));
    }

    /// Waits until a write is acknowledged.
    ///
    /// # Panics
    ///
    /// If none is in time.
    pub fn wait_until_writable(&self) {
        // Without a synchronous standby a write waits for one, so each attempt has a connection of its own.
        let short = Duration::from_secs(2);
        wait_until("a write", || {
            database::query_within(short, &self.url(), WRITE).is_some_and(|answer| answer.is_ok())
        });
    }

    /// Waits until a write is acknowledged and both standbys follow the leader.
    ///
    /// # Panics
    ///
    /// If they do not in time.
    pub fn wait_until_whole(&self) {
        wait_until("a cluster of three", || api::is_whole(self.leader().api));
        self.wait_until_writable();
    }
}

/// A write that needs the standby and leaves nothing in a table.
const WRITE: &str = "SELECT pg_logical_emit_message(true, 'execlog', '')";

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.runner.stdin.take());
        bounded::status(&mut self.runner);
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Node {
    fn configuration(&self, etcd: u16, programs: &Path) -> String {
        include_str!("node.yml")
            .replace("<name>", self.name)
            .replace("<api>", &self.api.to_string())
            .replace("<port>", &self.port.to_string())
            .replace("<etcd>", &etcd.to_string())
            .replace("<programs>", programs.to_str().expect("a text"))
    }
}

/// Ports of this machine that nobody listened on a moment ago.
fn free_ports() -> [u16; 8] {
    let listeners: [TcpListener; 8] =
        std::array::from_fn(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} takes too long");
        thread::sleep(Duration::from_millis(50));
    }
}
