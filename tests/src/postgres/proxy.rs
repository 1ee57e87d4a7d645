//! A proxy before a server that is slow, silent, cuts connections, or answers garbage.

use super::{Database, Port};
use parking_lot::{Condvar, Mutex};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What a client of a [`Proxy`] gets. The server gets every request, unless the connection is cut.
#[derive(Clone, Copy, Debug)]
pub enum Answers {
    /// The server's answers, at once.
    Prompt,
    /// The server's answers, each so long after it came.
    Late(Duration),
    /// Nothing, on an open connection. The answers are kept until this changes.
    Never,
    /// These bytes in place of the server's.
    Garbage(&'static [u8]),
    /// These bytes in place of the server's, again and again.
    EndlessGarbage(&'static [u8]),
    /// One half of each answer, and then a closed connection.
    Torn,
    /// Closed connections, those that are open now and each new one.
    Cut,
    /// The server's answers, until a connection is closed at a commit. This happens once.
    LostCommit {
        /// The number of commits before it.
        after: usize,
        /// What the closed connection loses.
        lost: Lost,
    },
}

/// What is lost with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The server does not get the request.
    Request,
    /// The server has done what was asked for, and the client does not get the answer.
    Answer,
}

/// A port of this machine that leads to a database. Dropping it cuts every connection and closes the
/// port.
pub struct Proxy {
    address: SocketAddr,
    url: String,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

struct State {
    mode: Mutex<Mode>,
    changed: Condvar,
}

struct Mode {
    answers: Answers,
    has_lost_commit: bool,
    waits: usize,
    is_closed: bool,
    clients: Vec<TcpStream>,
}

impl Proxy {
    /// Opens a port before a database, with prompt answers.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn before(database: &Database<'_>) -> Self {
        Self::on(Port::closed(), database)
    }

    /// Opens this port before a database, with prompt answers.
    #[must_use]
    pub fn on(port: Port, database: &Database<'_>) -> Self {
        let (address, url) = (port.address, port.url(database));
        let listener = port.open();
        let state = Arc::new(State {
            mode: Mutex::new(Mode {
                answers: Answers::Prompt,
                has_lost_commit: false,
                waits: 0,
                is_closed: false,
                clients: Vec::new(),
            }),
            changed: Condvar::new(),
        });
        let (shared, socket) = (Arc::clone(&state), database.server.socket());
        let accepting = thread::spawn(move || accept(&listener, &socket, &shared));
        Self {
            address,
            url,
            state,
            accepting: Some(accepting),
        }
    }

    /// The URL of the database by way of this proxy.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Whether a commit was lost since the answers were last changed.
    #[must_use]
    pub fn has_lost_commit(&self) -> bool {
        self.state.mode.lock().has_lost_commit
    }

    /// How often clients have waited for an answer so far.
    #[must_use]
    pub fn waits(&self) -> usize {
        self.state.mode.lock().waits
    }

    /// Changes what the clients get from now on.
    pub fn answer(&self, answers: Answers) {
        let mut mode = self.state.mode.lock();
        mode.answers = answers;
        mode.has_lost_commit = false;
        if matches!(answers, Answers::Cut) {
            for client in mode.clients.drain(..) {
                // It may have closed the connection already.
                let _ = client.shutdown(Shutdown::Both);
            }
        }
        self.state.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.answer(Answers::Cut);
        self.state.mode.lock().is_closed = true;
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        let accepting = self.accepting.take().expect("it is joined once");
        accepting.join().expect("the proxy does not panic");
    }
}

fn accept(listener: &TcpListener, socket: &Path, state: &Arc<State>) {
    for client in listener.incoming().flatten() {
        let mut mode = state.mode.lock();
        if mode.is_closed {
            break;
        }
        if matches!(mode.answers, Answers::Cut) {
            continue;
        }
        // To a server that is down the connection is cut.
        if let Ok(server) = UnixStream::connect(socket) {
            mode.clients.push(client.try_clone().expect("a handle"));
            drop(mode);
            forward(client, server, Arc::clone(state));
        }
    }
}

/// Forwards in two threads until either side closes its connection.
fn forward(mut client: TcpStream, mut server: UnixStream, state: Arc<State>) {
    let mut to_client = client.try_clone().expect("a handle");
    let mut to_server = server.try_clone().expect("a handle");
    let has_asked = Arc::new(AtomicBool::new(false));
    let asks = Arc::clone(&has_asked);
    let is_lost = Arc::new(AtomicBool::new(false));
    let (loses, shared) = (Arc::clone(&is_lost), Arc::clone(&state));
    thread::spawn(move || {
        let _ = copy(&mut client, |request| {
            match shared.loses(request) {
                Some(Lost::Request) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
                Some(Lost::Answer) => loses.store(true, Ordering::Release),
                None => {}
            }
            asks.store(true, Ordering::Release);
            to_server.write_all(request)
        });
        let _ = to_server.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let _ = copy(&mut server, |answer| {
            // An answer in several pieces is late once.
            let is_first = has_asked.swap(false, Ordering::AcqRel);
            state.mode.lock().waits += usize::from(is_first);
            if is_lost.load(Ordering::Acquire) {
                return Err(std::io::ErrorKind::ConnectionAborted.into());
            }
            loop {
                let (bytes, end) = state.on_its_way(answer, is_first)?;
                to_client.write_all(bytes)?;
                match end {
                    End::Done => return Ok(()),
                    End::Closed => return Err(std::io::ErrorKind::ConnectionAborted.into()),
                    End::Again => {}
                }
            }
        });
        let _ = to_client.shutdown(Shutdown::Both);
    });
}

fn copy(
    from: &mut impl Read,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        match from.read(&mut bytes)? {
            0 => return Ok(()),
            read => each(&bytes[..read])?,
        }
    }
}

/// What follows an answer.
enum End {
    Done,
    Again,
    Closed,
}

impl State {
    /// What of this request is lost.
    fn loses(&self, request: &[u8]) -> Option<Lost> {
        const COMMIT: &[u8] = b"COMMIT\0";
        let mut mode = self.mode.lock();
        let Answers::LostCommit { after, lost } = mode.answers else {
            return None;
        };
        if !request.windows(COMMIT.len()).any(|bytes| bytes == COMMIT) {
            return None;
        }
        mode.answers = match after.checked_sub(1) {
            Some(after) => Answers::LostCommit { after, lost },
            None => Answers::Prompt,
        };
        mode.has_lost_commit = after == 0;
        mode.has_lost_commit.then_some(lost)
    }

    /// Waits as long as the answer is held back, and returns what the client gets. An error cuts the
    /// connection.
    fn on_its_way<'a>(&self, answer: &'a [u8], is_first: bool) -> std::io::Result<(&'a [u8], End)> {
        let came = Instant::now();
        let mut mode = self.mode.lock();
        loop {
            match mode.answers {
                Answers::Late(delay) if is_first && came.elapsed() < delay => {
                    self.changed.wait_until(&mut mode, came + delay);
                }
                Answers::Prompt | Answers::Late(_) | Answers::LostCommit { .. } => {
                    return Ok((answer, End::Done));
                }
                Answers::Never => self.changed.wait(&mut mode),
                Answers::Garbage(bytes) => return Ok((bytes, End::Done)),
                Answers::EndlessGarbage(bytes) => return Ok((bytes, End::Again)),
                Answers::Torn => return Ok((&answer[..answer.len() / 2], End::Closed)),
                Answers::Cut => return Err(std::io::ErrorKind::ConnectionAborted.into()),
            }
        }
    }
}
