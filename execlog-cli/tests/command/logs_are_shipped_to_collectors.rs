//! `ship` sends the runs that have ended to an OpenTelemetry Collector, once.

use crate::fixture::{Fixture, said};
use crate::otlp_schema;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Longer than any request on a busy machine takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A collector that takes everything, and the bodies of the requests to it.
fn collector() -> (String, Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, bodies) = channel();
    // Ends with the test program.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            stream.set_read_timeout(Some(TIMEOUT)).expect("set");
            if let Some(body) = answered(stream) {
                let _ = sender.send(body);
            }
        }
    });
    (format!("http://{address}"), bodies)
}

/// The body of a request, which is answered.
fn answered(stream: TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
         Connection: close\r\n\r\n{}";
    reader.get_mut().write_all(answer.as_bytes()).ok()?;
    String::from_utf8(body).ok()
}

#[test]
fn the_runs_that_have_ended_are_sent_once() {
    let fixture = Fixture::new();
    let (url, bodies) = collector();
    let ship = ["ship", "--to", &url];
    let first = said(&mut fixture.execlog(&ship), &["ship"]);
    assert!(first.contains(&format!(" runs to `{url}`")), "{first}");
    let body = bodies.recv_timeout(TIMEOUT).expect("a request");
    otlp_schema::check(&body).expect("it is as the schema says");

    let again = said(&mut fixture.execlog(&ship), &["ship"]);
    assert!(again.contains("shipped 0 runs"), "{again}");
    assert!(bodies.try_recv().is_err());

    let all = [&ship[..], &["--all"]].concat();
    let limited = [&all[..], &["--time-limit", "1s"]].concat();
    let limited = said(&mut fixture.execlog(&limited), &["ship"]);
    assert!(limited.contains("cannot be used with"), "{limited}");
    let all = said(&mut fixture.execlog(&all), &["ship"]);
    assert_eq!(all, first);
    assert_eq!(bodies.recv_timeout(TIMEOUT).expect("a request"), body);
}

#[test]
fn a_collector_that_is_down_is_an_error_and_gets_the_runs_later() {
    let fixture = Fixture::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let down = said(&mut fixture.execlog(&["ship", "--to", &url]), &["ship"]);
    assert!(
        down.contains(&format!("cannot connect to `{url}`")),
        "{down}"
    );
    assert!(down.ends_with("exit code 1\n"), "{down}");

    let (url, bodies) = collector();
    let later = said(&mut fixture.execlog(&["ship", "--to", &url]), &["ship"]);
    assert!(!later.contains("shipped 0 runs"), "{later}");
    assert!(bodies.recv_timeout(TIMEOUT).is_ok());
}
