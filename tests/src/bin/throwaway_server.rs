//! Starts a throwaway PostgreSQL server, prints the URL of an empty database on it, and keeps the server
//! until standard input ends.

#[cfg(unix)]
fn main() {
    use execlog_tests::postgres::Server;
    use std::io::Read;

    let Some(server) = Server::start() else {
        std::process::exit(1);
    };
    let database = server.database();
    println!("{}", database.url());
    let mut nothing = Vec::new();
    std::io::stdin()
        .read_to_end(&mut nothing)
        .expect("standard input");
}

#[cfg(not(unix))]
fn main() {
    panic!("throwaway servers listen on Unix sockets");
}
