//! What calls that read or change the whole log report.

mod import;
mod reindex;
mod verify;

pub use import::Imported;
pub use reindex::Reindexed;
pub use verify::{Finding, Mending, Note, SetAside, Verified};
