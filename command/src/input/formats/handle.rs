//! Several readers of one open file, each at its own position, so that a file with a thousand
//! columns does not need a thousand open files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

/// A reader of a shared file, at its own position.
#[derive(Clone)]
pub struct Handle {
    file: Rc<File>,
    position: u64,
}

impl Handle {
    /// Opens a file.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: Rc::new(File::open(path)?), position: 0 })
    }

    /// Another reader of the file, at a position.
    pub fn at(&self, position: u64) -> Self {
        Self { file: self.file.clone(), position }
    }

    /// The position of the next read.
    pub fn position(&self) -> u64 {
        self.position
    }
}

impl Read for Handle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.position))?;
        let read = file.read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.position))?;
        self.position = file.seek(to)?;
        Ok(self.position)
    }
}
