//! What the command shows and does, seen on the real program.

mod browser;
mod documents;
mod fixture;
mod formats;
mod magellan;
mod opening;
mod recording;
mod statistics;
mod terminal;
mod transfer;
mod upkeep;
mod views;
