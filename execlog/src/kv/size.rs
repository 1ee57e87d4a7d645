//! Size limits of keys and values in a graph.

use crate::error::printable;
use crate::error::{Error, Result};

/// The largest value, in bytes of JSON. The engines write their buffers out when they hold a mebibyte,
/// and replacing a value puts both the old and the new one into the buffer.
/// when they hold a mebibyte, and replacing a value puts old and new into it.
const LARGEST_VALUE: usize = 256 * 1024;

/// The largest key, in bytes. A longer key makes the whole store of a native 3.9 graph unreadable.
pub(crate) const LARGEST_KEY: usize = u16::MAX as usize;

/// Refuses a key or a value that a graph could not store safely.
pub(crate) fn check(key: &[u8], value_bytes: usize) -> Result<()> {
    for (bytes, limit) in [(key.len(), LARGEST_KEY), (value_bytes, LARGEST_VALUE)] {
        if bytes > limit {
            return Err(Error::TooLarge {
                key: printable(key),
                bytes,
                limit,
            });
        }
    }
    Ok(())
}

/// The length of this JSON as text, in bytes.
pub(crate) fn of_json(json: &serde_json::Value) -> usize {
    struct Count(usize);

    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(0);
    match serde_json::to_writer(&mut count, json) {
        Ok(()) => count.0,
        Err(_) => usize::MAX,
    }
}
