//! Asks Patroni's REST interface.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Whether the node at this port holds the leader's lock. That it can be written to is another matter.
pub(super) fn is_leader(port: u16) -> bool {
    get(port, "/leader").is_some_and(|answer| answer.starts_with("HTTP/1.0 200"))
}

/// Whether all three nodes run, one of them as the synchronous standby.
pub(super) fn is_whole(port: u16) -> bool {
    let answer = get(port, "/cluster").unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
    let Some(Ok(cluster)) = body.map(serde_json::from_str::<Value>) else {
        return false;
    };
    let Some(members) = cluster["members"].as_array() else {
        return false;
    };
    let runs = |member: &&Value| {
        ["running", "streaming"]
            .map(Value::from)
            .contains(&member["state"])
    };
    let is_standby = |member: &Value| member["role"] == "sync_standby";
    members.iter().filter(runs).count() == 3 && members.iter().any(is_standby)
}

fn get(port: u16, path: &str) -> Option<String> {
    let second = Some(Duration::from_secs(1));
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(second).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
