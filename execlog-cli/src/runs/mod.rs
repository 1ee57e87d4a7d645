//! The runs of a log.
//!
//! `selection` selects runs by the options of the command line, `statuses` lists the statuses, `fields`
//! names the fields of a run, `value` is the value of a field, `label` reads a label, and `times` reads and
//! shows times.

pub(crate) mod fields;
pub(crate) mod label;
pub(crate) mod selection;
pub(crate) mod statuses;
pub(crate) mod times;
pub(crate) mod value;
