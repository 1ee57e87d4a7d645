//! The Rust code of the documents, compiled and run as documentation tests.
//!
//! Code that needs a graph is quoted from a file instead, since its engine has another crate name here.

macro_rules! documents {
    ($($name:ident: $file:literal,)*) => {$(
        #[doc = include_str!($file)]
        pub struct $name;
    )*};
}

documents! {
    Readme: "../../README.md",
    Hosts: "../../docs/hosts.md",
    Reading: "../../docs/reading.md",
    Records: "../../docs/records.md",
    Retention: "../../docs/retention.md",
    Details: "../../docs/details.md",
    Secrets: "../../docs/secrets.md",
    Threads: "../../docs/threads.md",
}
