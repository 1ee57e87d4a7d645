//! The reports of calls that read or change the whole log: `import`, `reindex` and `verify`.

mod import;
mod reindex;
mod verify;

pub use import::Imported;
pub use reindex::ReindexReport;
pub use verify::{Finding, Note, Repair, SetAside, VerifyReport};
