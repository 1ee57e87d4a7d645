//! Seals of runs: digests that show later whether a run was changed.
//!
//! `event` names what was sealed, `canonical` writes a run as bytes, `digest` hashes them, `hexadecimal` writes
//! digests, and `stored` is a seal as the journal has it. `begun` is a run before its end. `tree` computes the root over all seals,
//! and `checkpoint` is the text that states it.

#[cfg(feature = "seals")]
mod begun;
#[cfg(feature = "seals")]
mod canonical;
#[cfg(feature = "seals")]
mod checkpoint;
#[cfg(feature = "seals")]
mod digest;
mod event;
#[cfg(feature = "seals")]
pub(crate) mod hexadecimal;
#[cfg(feature = "seals")]
mod stored;
#[cfg(all(test, feature = "seals"))]
mod tests;
#[cfg(feature = "seals")]
mod tree;

#[cfg(feature = "seals")]
pub(crate) use begun::{as_begun, is_as_begun};
#[cfg(feature = "seals")]
pub use checkpoint::Checkpoint;
#[cfg(feature = "seals")]
pub use digest::Digest;
pub use event::SealEvent;
#[cfg(feature = "seals")]
pub use stored::Seal;
#[cfg(feature = "seals")]
pub(crate) use tree::Tree;
