//! Kills the leader of a PostgreSQL cluster again and again while eight processes record and ship runs, and
//! checks that the log has every acknowledged run once.
//!
//! `failover [KILLS]`: eight kills unless said otherwise. `driver` kills, `recorder` is one of the
//! processes, and `tally` compares what was acknowledged with the log. Ends with an error if a run is
//! missing or there twice, or if nothing was acknowledged for more than twelve seconds.

#[cfg(unix)]
mod driver;
#[cfg(unix)]
mod recorder;
#[cfg(unix)]
mod tally;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => driver::run(8),
        [action, url, file, way] if action == "record" => recorder::record(url, file.as_ref(), way),
        [kills] => driver::run(kills.parse().expect("a number of kills")),
        _ => panic!("usage: failover [KILLS]"),
    }
}

#[cfg(not(unix))]
fn main() {
    panic!("the cluster needs Unix");
}
