//! What the command shows and does, seen on the real program.

mod bounded;
mod browser;
mod copies;
#[cfg(any(feature = "native-v2", feature = "native-v3"))]
mod damage;
mod documents;
mod extremes;
#[cfg(unix)]
mod files;
mod fixture;
mod formats;
mod graph_in_sqlite;
mod guest;
mod hostile;
mod magellan;
mod opening;
mod pty;
mod recording;
mod statistics;
mod terminal;
mod transfer;
mod upkeep;
mod views;
