//! Makes a key to sign checkpoints with.

use crate::failure::Failure;
use crate::logs::private;
use crate::output::messages;
use crate::signing::keys::{SigningKey, name};
use clap::Args;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Make a key to sign checkpoints with
///
/// Writes the secret key to a new file that only you can read, and the public key to standard output.
/// `execlog checkpoint --sign` takes the secret key, and `execlog verify --key` the public one. Both are in
/// the format of C2SP's signed notes, with Ed25519.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog keygen build.key --name build.example/log > build.pub")]
pub(crate) struct KeygenArguments {
    /// The new file for the secret key
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,

    /// The name that signatures show, without spaces and `+`
    #[arg(long, value_name = "NAME", default_value = "execlog", value_parser = name)]
    name: String,
}

pub(crate) fn run(arguments: &KeygenArguments) -> Result<(), Failure> {
    let path = arguments.file.as_path();
    let key = SigningKey::generate(&arguments.name).map_err(Failure::Failed)?;
    write(path, &format!("{}\n", key.secret()))?;
    io::stdout().write_all(format!("{}\n", key.verifier()).as_bytes())?;
    messages::note(&format!(
        "wrote the secret key to `{}`; the line on standard output is the public key",
        path.display()
    ));
    Ok(())
}

fn write(path: &Path, secret: &str) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let path = path.display();
        Failure::failed(match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("`{path}` exists, and a key is not replaced: name a new file")
            }
            _ => format!("cannot write `{path}`: {error}"),
        })
    };
    let mut file = private::create_file(path).map_err(failed)?;
    let written = file.write_all(secret.as_bytes());
    written.and_then(|()| file.sync_all()).map_err(|error| {
        // A part of a key is of no use.
        let _ = fs::remove_file(path);
        failed(error)
    })
}
