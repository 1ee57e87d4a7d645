//! Reads the keys that the command line names.

use crate::failure::Failure;
use crate::signing::keys::{SigningKey, VerifierKey};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The secret key in a file.
pub(super) fn secret(path: &Path) -> Result<SigningKey, Failure> {
    let key = text(path)?;
    key.trim().parse().map_err(|error| {
        Failure::failed(format!("`{}` has no secret key: {error}", path.display()))
    })
}

/// A public key, or the one in a file.
pub(super) fn public(key: &str) -> Result<VerifierKey, Failure> {
    let error = match key.parse() {
        Ok(key) => return Ok(key),
        Err(error) => error,
    };
    let path = Path::new(key);
    if !path.exists() {
        return Err(Failure::failed(format!(
            "`{key}` is neither a public key nor a file with one: {error}"
        )));
    }
    let text = text(path)?;
    if let Ok(secret) = text.trim().parse::<SigningKey>() {
        return Err(Failure::failed(format!(
            "`{key}` has a secret key, which is not for those who verify: name its public key, `{}`",
            secret.verifier()
        )));
    }
    let read = text.trim().parse();
    read.map_err(|error| Failure::failed(format!("`{key}` has no public key: {error}")))
}

/// The text of a small file, or the beginning of a large one.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    /// No key and no checkpoint is longer.
    const MOST: u64 = 64 * 1024;
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(MOST).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes))
    };
    let failed = |error| Failure::failed(format!("cannot read `{}`: {error}", path.display()));
    read.map_err(failed)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
