//! Ed25519 keys as text, in the format of Go's `golang.org/x/mod/sumdb/note`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_compact::{KeyPair, PublicKey, Seed};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The number of Ed25519 among the algorithms of signed notes.
const ED25519: u8 = 1;

const SECRET: &str = "PRIVATE+KEY+";

/// Which key it is: its name, and the first four bytes of a digest of name and public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyId {
    pub(super) name: String,
    pub(super) id: [u8; 4],
}

impl KeyId {
    fn of(name: &str, public: &PublicKey) -> Self {
        let mut digest = Sha256::new();
        digest.update(name);
        digest.update([b'\n', ED25519]);
        digest.update(public.as_slice());
        let digest: [u8; 32] = digest.finalize().into();
        Self {
            name: name.to_owned(),
            id: digest.first_chunk().copied().unwrap_or_default(),
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}+{:08x}",
            self.name,
            u32::from_be_bytes(self.id)
        )
    }
}

/// The name of a key, or why it cannot be one.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let is_wrong = |letter: char| letter == '+' || letter.is_whitespace() || letter.is_control();
    if text.is_empty() || text.contains(is_wrong) {
        return Err("the name of a key has no spaces and no `+`, and is not empty".to_owned());
    }
    Ok(text.to_owned())
}

/// The public key, to check signatures with.
#[derive(Debug)]
pub(crate) struct VerifierKey {
    pub(super) id: KeyId,
    pub(super) public: PublicKey,
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}+{}", self.id, encoded(self.public.as_slice()))
    }
}

impl FromStr for VerifierKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, id, key) = parts(text)?;
        let public = PublicKey::new(key);
        let is_usable = public.validate().is_ok();
        let key = Self {
            id: KeyId::of(&name, &public),
            public,
        };
        if !is_usable || key.id.id != id {
            return Err("the key was changed: its parts do not fit together".to_owned());
        }
        Ok(key)
    }
}

/// The secret key, to sign with.
pub(crate) struct SigningKey {
    pub(super) id: KeyId,
    pub(super) pair: KeyPair,
    seed: [u8; 32],
}

impl SigningKey {
    /// Makes a new key.
    pub(crate) fn generate(name: &str) -> Result<Self, String> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| format!("no random numbers: {error}"))?;
        Self::of_seed(name, seed)
    }

    fn of_seed(name: &str, seed: [u8; 32]) -> Result<Self, String> {
        let pair = KeyPair::try_from_seed(Seed::new(seed));
        let pair = pair.map_err(|_| "a secret key of zeros is not secret".to_owned())?;
        let id = KeyId::of(name, &pair.pk);
        Ok(Self { id, pair, seed })
    }

    /// The public key that belongs to it.
    pub(crate) fn verifier(&self) -> VerifierKey {
        VerifierKey {
            id: self.id.clone(),
            public: self.pair.pk,
        }
    }

    /// The secret as text, for a file that nobody else can read.
    pub(crate) fn secret(&self) -> String {
        format!("{SECRET}{}+{}", self.id, encoded(&self.seed))
    }
}

impl FromStr for SigningKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let key = text.strip_prefix(SECRET);
        let key = key.ok_or(format!("a secret key begins with `{SECRET}`"))?;
        let (name, id, seed) = parts(key)?;
        let key = Self::of_seed(&name, seed)?;
        if key.id.id != id {
            return Err("the key was changed: its parts do not fit together".to_owned());
        }
        Ok(key)
    }
}

/// The key behind the number of its algorithm, in base64.
fn encoded(key: &[u8]) -> String {
    let mut bytes = vec![ED25519];
    bytes.extend_from_slice(key);
    STANDARD.encode(bytes)
}

/// The name, the id and the 32 bytes of a key `NAME+ID+BASE64`.
fn parts(text: &str) -> Result<(String, [u8; 4], [u8; 32]), String> {
    let unreadable = || "a public key is `NAME+ID+KEY`, as `execlog keygen` prints it".to_owned();
    let mut parts = text.splitn(3, '+');
    let (Some(key_name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(unreadable());
    };
    let is_hexadecimal = id.len() == 8 && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    let id = u32::from_str_radix(id, 16).ok().filter(|_| is_hexadecimal);
    let id = id.ok_or_else(unreadable)?.to_be_bytes();
    let key = STANDARD.decode(key).map_err(|_| unreadable())?;
    match key.split_first() {
        Some((&ED25519, key)) => {
            let key = key.try_into().map_err(|_| unreadable())?;
            Ok((name(key_name)?, id, key))
        }
        Some(_) => Err("the key is not for Ed25519".to_owned()),
        None => Err(unreadable()),
    }
}
