//! Writing files so that an existing file is complete at every moment.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Replaces a file. It keeps its old content until the new content is on disk; if that fails, it is
/// left as it was. Pipes and devices are written directly.
pub fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let is_replaced = fs::metadata(path).map_or(true, |metadata| metadata.is_file());
    if !is_replaced {
        let mut writer = BufWriter::new(File::create(path)?);
        write(&mut writer)?;
        return writer.flush();
    }
    let part = path.with_added_extension("part");
    let written = File::create(&part).and_then(|file| {
        let mut writer = BufWriter::new(file);
        write(&mut writer)?;
        writer.into_inner()?.sync_all()?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part); // it may not exist
    }
    written
}
