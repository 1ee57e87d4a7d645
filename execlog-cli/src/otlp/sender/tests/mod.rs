//! A collector that accepts, refuses, is busy, slow, gone, or is something else.

mod receiver;

use super::{Collector, Delivery, Remark, Sent, TimeLimits, Undelivered};
use execlog::{ExecutionLog, Invocation, RunEntry, StoredRun};
use receiver::{Receiver, Reply, Request};
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// Long enough for a busy machine.
const LONG: TimeLimits = TimeLimits {
    connect: Duration::from_secs(60),
    total: Duration::from_secs(60),
};

/// So short that a test may wait for it.
const SHORT: TimeLimits = TimeLimits {
    connect: Duration::from_secs(60),
    total: Duration::from_millis(200),
};

/// Runs with these ids. Those whose id begins with `open` have not ended.
fn runs(ids: &[&str]) -> Vec<RunEntry> {
    let log = ExecutionLog::in_memory();
    let mut open = Vec::new();
    for id in ids {
        let invocation = Invocation::new(["index"]);
        let run = log.begin(invocation.execution_id(id.parse().expect("an id")));
        if id.starts_with("open") {
            open.push(run);
        } else {
            run.succeed();
        }
    }
    let runs = log.runs().as_added().into_iter();
    runs.map(|run| run.expect("it reads")).collect()
}

fn collector(receiver: &Receiver, limits: TimeLimits) -> Collector {
    Collector::new(&receiver.address(), limits).expect("an address")
}

/// What becomes of a run that is sent to a receiver that replies like this to every request.
fn sent_to(limits: TimeLimits, mut reply: impl FnMut() -> Reply + Send + 'static) -> Outcome {
    let receiver = Receiver::new(move |_| reply());
    collector(&receiver, limits).send(&runs(&["a"]))
}

type Outcome = Result<Sent, Undelivered>;

fn refuses(id: &'static str) -> impl FnMut(&Request) -> Reply + Send {
    move |request| {
        if request.ids().iter().any(|sent| sent == id) {
            return Reply::status("400 Bad Request", "", r#"{"code":3,"message":"bad span"}"#);
        }
        Reply::accepted()
    }
}

#[test]
fn runs_that_have_ended_are_sent_in_one_request() {
    let receiver = Receiver::new(|_| Reply::accepted());
    let runs = runs(&["a", "open", "b"]);
    let sent = collector(&receiver, LONG).send(&runs);
    let expected = Sent {
        runs: vec![Delivery::Accepted, Delivery::NotEnded, Delivery::Accepted],
        remarks: Vec::new(),
    };
    assert_eq!(sent, Ok(expected));
    let [request] = &receiver.requests()[..] else {
        panic!("not one request");
    };
    assert_eq!(request.ids(), ["a", "b"]);
    assert!(
        request.head.starts_with("post /v1/traces http/1.1\n"),
        "{}",
        request.head
    );
    let agent = concat!("user-agent: execlog/", env!("CARGO_PKG_VERSION"), "\n");
    for line in ["content-type: application/json\n", agent] {
        assert!(request.head.contains(line), "{}", request.head);
    }
}

#[test]
fn without_runs_that_have_ended_nothing_is_sent() {
    let receiver = Receiver::new(|_| Reply::accepted());
    let collector = collector(&receiver, LONG);
    assert_eq!(collector.send(&[]), Ok(Sent::default()));
    let sent = collector.send(&runs(&["open"])).expect("sent");
    assert_eq!(sent.runs, [Delivery::NotEnded]);
    assert_eq!(receiver.requests().len(), 0);
}

#[test]
fn a_run_that_is_refused_does_not_stop_those_behind_it() {
    let receiver = Receiver::new(refuses("b"));
    let collector = collector(&receiver, LONG);
    let sent = collector.send(&runs(&["a", "b", "c"])).expect("sent");
    let refused = Delivery::Refused("400 Bad Request: bad span".to_owned());
    assert_eq!(sent.runs, [Delivery::Accepted, refused, Delivery::Accepted]);
    let requests = receiver.requests();
    let ids: Vec<_> = requests
        .iter()
        .map(|request| request.ids().join(" "))
        .collect();
    assert_eq!(ids, ["a b c", "", "a", "b", "c"]);
}

#[test]
fn a_request_that_is_too_large_is_sent_in_parts() {
    let receiver = Receiver::new(|request| match request.ids().len() {
        0 | 1 => Reply::accepted(),
        _ => Reply::status("413 Content Too Large", "", ""),
    });
    let sent = collector(&receiver, LONG)
        .send(&runs(&["a", "b"]))
        .expect("sent");
    assert_eq!(sent.runs, [Delivery::Accepted, Delivery::Accepted]);
}

#[test]
fn large_runs_are_sent_in_several_requests() {
    let log = ExecutionLog::in_memory();
    let large = runs(&["a", "b", "c", "d"]).into_iter().map(|run| {
        let mut run = StoredRun::from(run);
        run.record.outcome = "error".to_owned();
        run.record.error_message = Some("x".repeat(1_500_000));
        run
    });
    let large: Vec<_> = large.collect();
    log.maintenance().import(&large).expect("imported");
    let runs = log.runs().as_added().into_iter();
    let runs: Vec<_> = runs.map(|run| run.expect("it reads")).collect();
    let receiver = Receiver::new(|_| Reply::accepted());
    let sent = collector(&receiver, LONG).send(&runs).expect("sent");
    assert_eq!(sent.runs, vec![Delivery::Accepted; 4]);
    let requests = receiver.requests();
    let ids: Vec<_> = requests.iter().map(Request::ids).collect();
    assert_eq!(ids, [["a", "b"], ["c", "d"]]);
}

#[test]
fn what_refuses_everything_is_no_collector_and_blames_no_run() {
    let outcome = sent_to(LONG, || {
        let said = "Client sent an HTTP request to an HTTPS server.\n";
        Reply::status("400 Bad Request", "", said)
    });
    let Err(Undelivered::Unusable { reason }) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        reason.ends_with(
            "refuses every request: 400 Bad Request: Client sent an HTTP request to an HTTPS server."
        ),
        "{reason}"
    );
}

#[test]
fn rejected_spans_are_reported_and_not_sent_again() {
    let partial = r#"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}"#;
    let receiver = Receiver::new(move |_| Reply::status("200 OK", "", partial));
    let sent = collector(&receiver, LONG)
        .send(&runs(&["a", "b"]))
        .expect("sent");
    let remark = Remark {
        rejected_spans: 1,
        message: "too old".to_owned(),
    };
    assert_eq!(sent.remarks, [remark]);
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn a_busy_collector_says_when_to_try_again() {
    for (status, header, seconds) in [
        ("429 Too Many Requests", "Retry-After: 7\r\n", Some(7)),
        ("503 Service Unavailable", "retry-after: 120\r\n", Some(120)),
        ("503 Service Unavailable", "", None),
        ("503 Service Unavailable", "Retry-After: soon\r\n", None),
        ("504 Gateway Timeout", "Retry-After: -1\r\n", None),
    ] {
        let outcome = sent_to(LONG, move || Reply::status(status, header, ""));
        let Err(Undelivered::Unavailable {
            reason,
            retry_after,
        }) = outcome
        else {
            panic!("{outcome:?}");
        };
        assert!(reason.contains(status), "{reason}");
        assert_eq!(retry_after, seconds.map(Duration::from_secs), "{header}");
    }
}

#[test]
fn a_collector_that_becomes_busy_in_between_can_be_sent_the_batch_again() {
    let mut requests = 0;
    let receiver = Receiver::new(move |request| {
        requests += 1;
        if requests == 3 {
            return Reply::status("503 Service Unavailable", "", "");
        }
        refuses("b")(request)
    });
    let collector = collector(&receiver, LONG);
    let runs = runs(&["a", "b", "c"]);
    let outcome = collector.send(&runs);
    assert!(
        matches!(outcome, Err(Undelivered::Unavailable { .. })),
        "{outcome:?}"
    );
    let sent = collector.send(&runs).expect("sent");
    assert_eq!(sent.runs[2], Delivery::Accepted);
    let all = receiver.requests();
    let whole: Vec<_> = all
        .iter()
        .filter(|request| request.ids().len() == 3)
        .collect();
    assert_eq!(whole[0].body, whole[1].body, "the same ids and times");
}

#[test]
fn nobody_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let collector = Collector::new(&format!("http://{address}"), LONG).expect("an address");
    let outcome = collector.send(&runs(&["a"]));
    let Err(Undelivered::Unavailable { reason, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(reason.contains(&address.to_string()), "{reason}");
    assert!(reason.contains("refused"), "{reason}");
}

#[test]
fn an_answer_that_does_not_come_or_end_is_waited_for_until_the_limit() {
    let began = Instant::now();
    for part in [
        "",
        "HTTP/1.1 200 OK\r\nContent-",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    ] {
        let outcome = sent_to(SHORT, || Reply::Stalled(part.as_bytes().to_vec()));
        let Err(Undelivered::Unavailable { reason, .. }) = outcome else {
            panic!("{part}: {outcome:?}");
        };
        assert!(
            reason.ends_with("did not answer in time"),
            "{part}: {reason}"
        );
    }
    assert!(began.elapsed() < LONG.total / 2);
}

#[test]
fn an_endless_answer_is_not_read_to_its_end() {
    let began = Instant::now();
    for status in ["200 OK", "503 Service Unavailable"] {
        let head = format!("HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        let outcome = sent_to(LONG, move || {
            Reply::Endless(head.clone().into_bytes(), chunk.clone().into_bytes())
        });
        let is_error = match status {
            // A longer answer is not that of a collector.
            "200 OK" => matches!(outcome, Err(Undelivered::Unusable { .. })),
            _ => matches!(outcome, Err(Undelivered::Unavailable { .. })),
        };
        assert!(is_error, "{status}: {outcome:?}");
    }
    assert!(began.elapsed() < LONG.total);
}

#[test]
fn an_answer_that_breaks_off_is_unavailable() {
    for part in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{",
    ] {
        let outcome = sent_to(LONG, || Reply::bytes(part));
        let is_unavailable = matches!(outcome, Err(Undelivered::Unavailable { .. }));
        assert!(is_unavailable, "{part}: {outcome:?}");
    }
}

#[test]
fn garbage_is_no_collector() {
    for answer in [
        "220 mail.example.com ESMTP\r\n",
        "\u{0}\u{0}\u{6}\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    ] {
        let outcome = sent_to(LONG, || Reply::bytes(answer));
        let is_unusable = matches!(outcome, Err(Undelivered::Unusable { .. }));
        assert!(is_unusable, "{answer}: {outcome:?}");
    }
}
