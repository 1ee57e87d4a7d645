//! The runs of a log.
//!
//! `selection` selects runs by the options of the command line: `context_selection` by their contexts, and
//! `failing` those that fail now. `folders` has the ways to write a folder, and `statuses` lists the
//! statuses. `listed` is a run of a log, and merges the runs of several. `fields` names the fields of a run,
//! `ids` shortens their ids, `value` is the value of a field, `label` reads a label, and `times` reads and
//! shows times.

mod context_selection;
mod failing;
pub(crate) mod fields;
pub(crate) mod folders;
mod ids;
pub(crate) mod label;
pub(crate) mod listed;
pub(crate) mod selection;
pub(crate) mod statuses;
pub(crate) mod times;
pub(crate) mod value;
