//! A text and its signatures.

use super::keys::{KeyId, SigningKey, VerifierKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_compact::Signature;

/// What a line with a signature begins with.
const DASH: &str = "\u{2014} ";

/// A text, and what follows after an empty line.
pub(crate) struct SignedNote<'a> {
    /// The text with its last line feed.
    pub(crate) text: &'a str,
    signatures: &'a str,
}

impl<'a> SignedNote<'a> {
    /// Splits a note at its first empty line. A text without one is not signed.
    pub(crate) fn split(note: &'a str) -> Self {
        let (text, signatures) = match note.find("\n\n") {
            Some(end) => (&note[..=end], &note[end + 2..]),
            None => (note, ""),
        };
        Self { text, signatures }
    }

    pub(crate) fn is_signed(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// Checks that this key has signed the text. The error says what is wrong.
    pub(crate) fn check(&self, key: &VerifierKey) -> Result<(), String> {
        let mut others = Vec::new();
        for line in self.signatures.lines() {
            let malformed = || format!("`{line}` is not a signature");
            let (name, signature) = line
                .strip_prefix(DASH)
                .and_then(|line| line.split_once(' '))
                .ok_or_else(malformed)?;
            let signature = STANDARD.decode(signature).map_err(|_| malformed())?;
            let (id, signature) = signature.split_first_chunk().ok_or_else(malformed)?;
            let signer = KeyId {
                name: name.to_owned(),
                id: *id,
            };
            if signer != key.id {
                others.push(format!("`{signer}`"));
                continue;
            }
            let signature = Signature::from_slice(signature).map_err(|_| malformed())?;
            return key.public.verify(self.text, &signature).map_err(|_| {
                format!(
                    "the signature of `{signer}` is wrong: the text was changed after it was signed"
                )
            });
        }
        match others.as_slice() {
            [] => Err(format!(
                "it is not signed, and `{}` should have signed it",
                key.id
            )),
            others => Err(format!(
                "it is signed by {}, not by `{}`",
                others.join(" and "),
                key.id
            )),
        }
    }
}

/// The text with a signature. The text ends with a line feed and has no empty line.
pub(crate) fn signed(text: &str, key: &SigningKey) -> String {
    let mut signature = key.id.id.to_vec();
    signature.extend_from_slice(key.pair.sk.sign(text, None).as_ref());
    let (name, signature) = (&key.id.name, STANDARD.encode(signature));
    format!("{text}\n{DASH}{name} {signature}\n")
}
