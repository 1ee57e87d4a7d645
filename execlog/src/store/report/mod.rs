//! What calls that read or change the whole log report.

mod import;
mod reindex;
mod verify;

pub use import::Imported;
pub use reindex::ReindexReport;
pub use verify::{Finding, Note, Repair, SetAside, VerifyReport};
