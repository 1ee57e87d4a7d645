//! The checkpoint that a log is held to, and its signature.

use crate::commands::key_file;
use crate::failure::Failure;
use crate::output::messages;
use crate::signing::note::SignedNote;
use clap::Args;
use execlog::Checkpoint;
use std::path::{Path, PathBuf};

/// The options about seals.
#[derive(Debug, Args)]
pub(super) struct SealArguments {
    /// Also report runs without a seal
    #[arg(long)]
    pub(super) strict: bool,

    /// Hold the log to the checkpoint in this file; `-` is standard input
    ///
    /// What was sealed when `execlog checkpoint` printed it must be there unchanged, or have been changed or
    /// removed by a program that seals.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    checkpoint: Option<PathBuf>,

    /// Accept only a checkpoint that this key has signed: the public key, or a file with it
    #[arg(long, value_name = "KEY", requires = "checkpoint", value_hint = clap::ValueHint::FilePath)]
    key: Option<String>,
}

impl SealArguments {
    /// The checkpoint that the log is held to, if one is named.
    pub(super) fn held_to(&self) -> Result<Option<HeldTo>, Failure> {
        let file = self.checkpoint.as_deref();
        let held_to = file.map(|file| HeldTo::read(file, self.key.as_deref()));
        held_to.transpose()
    }
}

/// What a file with a checkpoint says.
pub(super) enum HeldTo {
    Checkpoint(Checkpoint),
    /// The key has not signed it, and why. It proves nothing.
    NotSigned(String),
}

impl HeldTo {
    /// Reads a checkpoint, and checks its signature if there is a key.
    fn read(file: &Path, key: Option<&str>) -> Result<Self, Failure> {
        let key = key.map(key_file::public).transpose()?;
        let text = key_file::text(file)?;
        let note = SignedNote::split(&text);
        let file = file.display();
        // Only what is signed is read.
        let checkpoint: Checkpoint = note.text.parse().map_err(|error| {
            Failure::failed(format!("cannot read a checkpoint in `{file}`: {error}"))
        })?;
        match key {
            Some(key) => {
                if let Err(problem) = note.check(&key) {
                    return Ok(Self::NotSigned(problem));
                }
            }
            None if note.is_signed() => messages::note(&format!(
                "the signature in `{file}` was not checked: name the public key with `--key`"
            )),
            None => {}
        }
        Ok(Self::Checkpoint(checkpoint))
    }
}
