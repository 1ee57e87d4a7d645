//! Copies a file without its holes. Shares its blocks instead if the file system can.

use super::limit::Limit;
use super::refused::Refused;
use rustix::fs::{SeekFrom, ioctl_ficlone, seek};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::MetadataExt;

/// The unit of `st_blocks`, in bytes.
const BLOCK: u64 = 512;

pub(super) fn copy(mut from: &File, mut to: &File, limit: &mut Limit) -> Result<(), Refused> {
    if ioctl_ficlone(to, from).is_ok() {
        return Ok(());
    }
    let metadata = from.metadata()?;
    let length = metadata.len();
    // Fails early, before the loop copies up to the limit.
    limit.allows(length.min(metadata.blocks().saturating_mul(BLOCK)))?;
    to.set_len(length)?;
    let mut at = 0;
    while let Some((start, end)) = data_from(from, at, length)? {
        limit.take(end - start)?;
        from.seek(io::SeekFrom::Start(start))?;
        to.seek(io::SeekFrom::Start(start))?;
        let copied = io::copy(&mut from.take(end - start), &mut to)?;
        at = end;
        if copied < end - start {
            // The file is shorter now. The caller notices the change and copies again.
            break;
        }
    }
    Ok(())
}

/// The next range of a file that is not a hole.
fn data_from(file: &File, at: u64, length: u64) -> io::Result<Option<(u64, u64)>> {
    if at >= length {
        return Ok(None);
    }
    let start = match seek(file, SeekFrom::Data(at)) {
        Ok(start) => start,
        // Only a hole follows.
        Err(Errno::NXIO) => return Ok(None),
        // The file system does not support finding holes.
        Err(Errno::INVAL | Errno::OPNOTSUPP) => return Ok(Some((at, length))),
        Err(error) => return Err(error.into()),
    };
    let end = seek(file, SeekFrom::Hole(start)).unwrap_or(length);
    Ok((start < length).then(|| (start, end.min(length))))
}
