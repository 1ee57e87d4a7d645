//! Limits how much data is copied.

use crate::failure::Failure;
use std::path::Path;

/// The environment variable that sets another limit.
const VARIABLE: &str = "EXECLOG_COPY_LIMIT";

const DEFAULT: u64 = 4 << 30;

/// The limit, and how many bytes of it are left.
pub(super) struct Limit {
    limit: u64,
    left: u64,
}

/// The copy would exceed the limit.
#[derive(Debug)]
pub(super) struct TooMuch;

impl Limit {
    pub(super) fn from_environment() -> Result<Self, Failure> {
        let limit = match std::env::var(VARIABLE) {
            Ok(text) if !text.is_empty() => bytes(&text).ok_or_else(|| {
                Failure::Usage(format!(
                    "`{text}` in {VARIABLE} is not a size: write a number of bytes, or a size as `16G`"
                ))
            })?,
            _ => DEFAULT,
        };
        Ok(Self { limit, left: limit })
    }

    /// Checks that this many bytes may be copied.
    pub(super) fn allows(&self, bytes: u64) -> Result<(), TooMuch> {
        if bytes > self.left {
            return Err(TooMuch);
        }
        Ok(())
    }

    /// Counts this many bytes as copied.
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), TooMuch> {
        self.allows(bytes)?;
        self.left -= bytes;
        Ok(())
    }

    pub(super) fn exceeded_by(&self, file: &Path) -> Failure {
        Failure::failed(format!(
            "`{}` has more than {} bytes of data and is not copied, but a native graph is read \
             from a copy: set {VARIABLE} to a higher limit, as `16G`, and TMPDIR to a folder with \
             enough space",
            file.display(),
            self.limit
        ))
    }
}

/// Parses a size: a number of bytes, or a number with the unit K, M, G or T.
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
    fn a_size_is_in_bytes_or_has_a_unit() {
        let sizes = ["0", "512", "4G", "1 t", "16k", "3M"].map(bytes);
        let [kibi, mebi, gibi, tebi] = [10, 20, 30, 40].map(|power| 1_u64 << power);
        assert_eq!(
            sizes,
            [0, 512, 4 * gibi, tebi, 16 * kibi, 3 * mebi].map(Some)
        );
        for invalid in ["", "G", "-1", "4GB", "1.5G", "20000000T"] {
            assert_eq!(bytes(invalid), None, "{invalid}");
        }
    }
}
