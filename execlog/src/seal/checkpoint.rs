//! A checkpoint: what a log was at some time, in three lines.

use super::digest::Digest;
use super::tree::Tree;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

/// What a log was at some time: how many seals it had, and the root over all of them.
///
/// `Display` writes the three lines of [C2SP's checkpoint](https://c2sp.org/tlog-checkpoint): the origin
/// `execlog/<log id>`, the size and the root in base64. `FromStr` reads them, and ignores the signatures
/// that may follow after an empty line.
///
/// ```
/// use execlog::{Checkpoint, ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// log.begin(Invocation::new(["index"])).succeed();
/// let checkpoint = log.maintenance().checkpoint()?.expect("seals");
/// assert_eq!(checkpoint.size, 2);
/// let text = checkpoint.to_string();
/// assert_eq!(text.parse::<Checkpoint>()?, checkpoint);
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// The origin: `execlog/` and the id of the log.
    pub origin: String,
    /// The number of seals.
    pub size: u64,
    /// The root over them, by RFC 6962.
    pub root: Digest,
}

impl Checkpoint {
    pub(crate) fn new(log_id: &str, size: u64, root: Digest) -> Self {
        Self {
            origin: format!("execlog/{log_id}"),
            size,
            root,
        }
    }

    /// Whether these are all the digests that the checkpoint was made of, from the first seal on.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index"])).succeed();
    /// let checkpoint = log.maintenance().checkpoint()?.expect("seals");
    /// let seals: Vec<_> = log.maintenance().seals_after(0).collect::<Result<_, _>>()?;
    /// assert!(checkpoint.is_of(seals.iter().map(|seal| seal.digest)));
    /// assert!(!checkpoint.is_of([seals[0].digest]));
    /// # Ok::<(), execlog::Error>(())
    /// ```
    #[must_use]
    pub fn is_of(&self, digests: impl IntoIterator<Item = Digest>) -> bool {
        let mut tree = Tree::default();
        for digest in digests {
            tree.push(digest);
        }
        tree.size() == self.size && tree.root() == self.root
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, size, root } = self;
        writeln!(formatter, "{origin}\n{size}\n{}", STANDARD.encode(root.0))
    }
}

impl FromStr for Checkpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = |reason: &'static str| Error::InvalidCheckpoint { reason };
        let mut lines = text.lines();
        let origin = lines.next().filter(|origin| !origin.is_empty());
        let origin = origin.ok_or(invalid("the first line is empty"))?;
        let digits = lines.next().unwrap_or_default();
        let is_plain = digits == "0" || !digits.starts_with(['0', '+']);
        let size = digits.parse().ok().filter(|_| is_plain);
        let size = size.ok_or(invalid("the second line is not a number of seals"))?;
        let root = STANDARD.decode(lines.next().unwrap_or_default()).ok();
        let root = root.and_then(|root| root.try_into().ok()).map(Digest);
        let root = root.ok_or(invalid("the third line is not a root in base64"))?;
        match lines.next() {
            None | Some("") => Ok(Self {
                origin: origin.to_owned(),
                size,
                root,
            }),
            Some(_) => Err(invalid(
                "there are more than three lines before the signatures",
            )),
        }
    }
}
