//! The lines of an export, read a second time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Where lines are read again.
pub(super) enum Again {
    /// In the export itself.
    Export(PathBuf),
    /// In a copy of what came through a pipe.
    Copy(LinesCopy),
}

/// A temporary file with lines. It has no name, and is gone with the program.
#[derive(Default)]
pub(super) struct LinesCopy {
    /// `None` until there is a line.
    file: Option<BufWriter<File>>,
    length: u64,
    /// Why a line could not be kept.
    failed: Option<io::Error>,
}

impl Again {
    /// Of the export in this file, or of one that comes through a pipe.
    pub(super) fn new(file: Option<&Path>) -> Self {
        match file {
            Some(file) => Self::Export(file.to_owned()),
            None => Self::Copy(LinesCopy::default()),
        }
    }

    /// Keeps a line, which is at this place of the export, and returns the place to read it from.
    pub(super) fn keep(&mut self, line: &[u8], place: u64) -> u64 {
        match self {
            Self::Export(_) => place,
            Self::Copy(copy) => copy.keep(line),
        }
    }

    /// Reads the lines again. In a copy only one reader may be used at a time.
    pub(super) fn lines(&mut self) -> io::Result<Lines> {
        let file = match self {
            Self::Export(path) => File::open(path)?,
            Self::Copy(copy) => copy.reader()?,
        };
        Ok(Lines {
            reader: BufReader::new(file),
            next: None,
            line: Vec::new(),
        })
    }

    /// Drops the lines that were kept.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        match self {
            Self::Export(_) => Ok(()),
            Self::Copy(copy) => copy.clear(),
        }
    }
}

impl LinesCopy {
    fn keep(&mut self, line: &[u8]) -> u64 {
        let place = self.length;
        self.length += line.len() as u64;
        if self.failed.is_none()
            && let Err(error) = self.write(line)
        {
            self.failed = Some(error);
        }
        place
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        file.write_all(line)
    }

    fn reader(&mut self) -> io::Result<File> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        file.flush()?;
        file.get_ref().try_clone()
    }

    fn clear(&mut self) -> io::Result<()> {
        self.length = 0;
        if let Some(file) = &mut self.file {
            file.flush()?;
            file.get_mut().set_len(0)?;
            file.get_mut().rewind()?;
        }
        Ok(())
    }
}

/// Lines that are read by their places.
pub(super) struct Lines {
    reader: BufReader<File>,
    /// The place of the reader, once it is known.
    next: Option<u64>,
    line: Vec<u8>,
}

impl Lines {
    /// The line at this place, with its line feed. Empty at the end.
    pub(super) fn at(&mut self, place: u64) -> io::Result<&[u8]> {
        self.line.clear();
        // Keeps what is buffered if the line is near.
        let distance = |next: u64| Some(i64::try_from(place).ok()? - i64::try_from(next).ok()?);
        match self.next.and_then(distance) {
            Some(distance) => self.reader.seek_relative(distance)?,
            None => {
                self.reader.seek(SeekFrom::Start(place))?;
            }
        }
        let read = self.reader.read_until(b'\n', &mut self.line)?;
        self.next = Some(place + read as u64);
        Ok(&self.line)
    }
}
