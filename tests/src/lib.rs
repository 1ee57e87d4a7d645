//! What the tests of several crates share: every kind of log, and the behaviours they all have.

pub mod behaviour;
pub mod subject;
