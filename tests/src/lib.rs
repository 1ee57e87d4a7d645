//! What the tests of several crates share: every kind of log, the behaviours they all have, and how properties
//! are tried.

pub mod behaviour;
pub mod property;
pub mod subject;

/// The README's examples, which are compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
