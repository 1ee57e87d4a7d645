//! Copies a file without its holes, or shares its blocks where the file system can.

use super::file::Refused;
use super::limit::Limit;
use rustix::fs::{SeekFrom, ioctl_ficlone, seek};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::MetadataExt;

/// What `st_blocks` counts in.
const BLOCK: u64 = 512;

pub(super) fn copy(mut from: &File, mut to: &File, limit: &mut Limit) -> Result<(), Refused> {
    if ioctl_ficlone(to, from).is_ok() {
        return Ok(());
    }
    let metadata = from.metadata()?;
    let length = metadata.len();
    // Says at once what the loop would find out after copying that much.
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
            // It is shorter now, which whoever asked for the copy sees.
            break;
        }
    }
    Ok(())
}

/// The next part of a file that is no hole.
fn data_from(file: &File, at: u64, length: u64) -> io::Result<Option<(u64, u64)>> {
    if at >= length {
        return Ok(None);
    }
    let start = match seek(file, SeekFrom::Data(at)) {
        Ok(start) => start,
        // Nothing but a hole follows.
        Err(Errno::NXIO) => return Ok(None),
        // A file system that does not tell holes.
        Err(Errno::INVAL | Errno::OPNOTSUPP) => return Ok(Some((at, length))),
        Err(error) => return Err(error.into()),
    };
    let end = seek(file, SeekFrom::Hole(start)).unwrap_or(length);
    Ok((start < length).then(|| (start, end.min(length))))
}
