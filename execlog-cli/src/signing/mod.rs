//! Signs texts with Ed25519, and checks their signatures, in the form of [C2SP's signed
//! note](https://c2sp.org/signed-note).
//!
//! `keys` reads and writes keys as text, and `note` has a text with its signatures.

pub(crate) mod keys;
pub(crate) mod note;
#[cfg(test)]
mod tests;
