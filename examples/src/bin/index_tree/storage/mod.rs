//! Where index and log are kept, which is decided when the program is built.

#[cfg(feature = "native-v2")]
mod graph;
#[cfg(not(feature = "native-v2"))]
mod sqlite;

#[cfg(feature = "native-v2")]
pub(crate) use graph::{DEFAULT_FILE, Storage};
#[cfg(not(feature = "native-v2"))]
pub(crate) use sqlite::{DEFAULT_FILE, Storage};
