//! The documents: what they show as stored is what is stored, their code is compiled, and their links lead somewhere.

mod code;
mod links;
mod markdown;
mod stored;

const README: &str = include_str!("../../../../README.md");
const FORMAT: &str = include_str!("../../../../docs/format.md");
