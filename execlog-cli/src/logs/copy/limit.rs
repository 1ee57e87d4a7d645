//! How much data a copy may have.

use crate::failure::Failure;
use std::path::Path;

/// What sets another limit.
const VARIABLE: &str = "EXECLOG_COPY_LIMIT";

const DEFAULT: u64 = 4 << 30;

/// The bytes that may still be copied.
pub(super) struct Limit {
    limit: u64,
    left: u64,
}

/// More was to be copied than may be.
#[derive(Debug)]
pub(super) struct TooMuch;

impl Limit {
    pub(super) fn from_environment() -> Result<Self, Failure> {
        let limit = match std::env::var(VARIABLE) {
            Ok(text) if !text.is_empty() => bytes(&text).ok_or_else(|| {
                Failure::Usage(format!(
                    "`{text}` in {VARIABLE} is no size: write a number of bytes, or as `16G`"
                ))
            })?,
            _ => DEFAULT,
        };
        Ok(Self { limit, left: limit })
    }

    /// Whether so much may be copied.
    pub(super) fn allows(&self, bytes: u64) -> Result<(), TooMuch> {
        if bytes > self.left {
            return Err(TooMuch);
        }
        Ok(())
    }

    /// Takes so much of what may be copied.
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), TooMuch> {
        self.allows(bytes)?;
        self.left -= bytes;
        Ok(())
    }

    pub(super) fn exceeded_by(&self, file: &Path) -> Failure {
        Failure::failed(format!(
            "`{}` has more than {} bytes of data, and a native graph is copied to be read: set \
             {VARIABLE} to more, as `16G`, and TMPDIR to a folder with room for it",
            file.display(),
            self.limit
        ))
    }
}

/// The size that a text says: a number of bytes, or of the unit that stands behind it.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let units = [('K', 10), ('M', 20), ('G', 30), ('T', 40)];
    let unit = units.into_iter().find_map(|(unit, power)| {
        let number = text.strip_suffix([unit, unit.to_ascii_lowercase()])?;
        Some((number, power))
    });
    let (number, power) = unit.unwrap_or((text, 0));
    let number: u64 = number.trim().parse().ok()?;
    number.checked_mul(1 << power)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn a_size_has_a_unit_or_is_in_bytes() {
        let sizes = ["0", "512", "4G", "1 t", "16k", "3M"].map(bytes);
        let [kibi, mebi, gibi, tebi] = [10, 20, 30, 40].map(|power| 1_u64 << power);
        assert_eq!(
            sizes,
            [0, 512, 4 * gibi, tebi, 16 * kibi, 3 * mebi].map(Some)
        );
        for no_size in ["", "G", "-1", "4GB", "1.5G", "20000000T"] {
            assert_eq!(bytes(no_size), None, "{no_size}");
        }
    }
}
