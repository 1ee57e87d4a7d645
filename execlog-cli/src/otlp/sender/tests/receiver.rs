//! A collector for tests: keeps what it is sent, and answers as a test wants.

use serde_json::Value;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver as Received, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// No read or write of the receiver takes longer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A request that was received.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) head: String,
    pub(super) body: Value,
}

impl Request {
    /// The execution ids of the runs in the request.
    pub(super) fn ids(&self) -> Vec<String> {
        let spans = self.body["resourceSpans"].as_array().expect("an array");
        spans.iter().map(id_of).collect()
    }
}

/// The execution id of a run in a request.
fn id_of(spans: &Value) -> String {
    let attributes = &spans["scopeSpans"][0]["spans"][0]["attributes"];
    let mut attributes = attributes.as_array().expect("attributes").iter();
    let id = attributes.find(|attribute| attribute["key"] == "execlog.execution_id");
    let id = id.expect("an id")["value"]["stringValue"].as_str();
    id.expect("text").to_owned()
}

/// The end of what has no end, in bytes.
const MOST: usize = 64 * 1024 * 1024;

/// What the receiver does with a request.
pub(super) enum Reply {
    /// Sends these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Sends these bytes, and keeps the connection open until the sender closes it.
    Stalled(Vec<u8>),
    /// Sends these bytes, and then the others again and again until the sender closes the connection. Ends
    /// after [`MOST`] bytes all the same, so that a sender that does not stop fails its test.
    Endless(Vec<u8>, Vec<u8>),
}

impl Reply {
    pub(super) fn status(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::bytes(&format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        ))
    }

    pub(super) fn bytes(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }

    pub(super) fn accepted() -> Self {
        Self::status("200 OK", "Content-Type: application/json\r\n", "{}")
    }
}

pub(super) struct Receiver {
    address: SocketAddr,
    requests: Received<Request>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub(super) fn new(mut reply: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, requests) = channel();
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let thread = thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                stream.set_read_timeout(Some(TIMEOUT)).expect("set");
                stream.set_write_timeout(Some(TIMEOUT)).expect("set");
                let request = read(&stream);
                let reply = reply(&request);
                sender.send(request).expect("the test goes on");
                match reply {
                    Reply::Bytes(bytes) => write(&mut stream, &bytes),
                    Reply::Stalled(bytes) => {
                        write(&mut stream, &bytes);
                        let _ = stream.read(&mut [0]);
                    }
                    Reply::Endless(head, bytes) => {
                        write(&mut stream, &head);
                        let mut times = MOST / bytes.len();
                        while times > 0 && stream.write_all(&bytes).is_ok() {
                            times -= 1;
                        }
                    }
                }
            }
        });
        Self {
            address,
            requests,
            is_over,
            thread: Some(thread),
        }
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests since the last call.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Ends the wait for a connection.
        let _ = TcpStream::connect(self.address);
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended.expect("a thread").expect("no panic");
        }
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let line = line.to_lowercase();
        if let Some(bytes) = line.strip_prefix("content-length: ") {
            length = bytes.parse().expect("a number");
        }
        head.push_str(&line);
        head.push('\n');
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let body = serde_json::from_slice(&body).expect("JSON");
    Request { head, body }
}

/// Writes the bytes. The sender may have stopped listening.
fn write(stream: &mut TcpStream, bytes: &[u8]) {
    if let Err(error) = stream.write_all(bytes) {
        let is_closed = matches!(
            error.kind(),
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
        );
        assert!(is_closed, "{error}");
    }
}
