//! NPZ: arrays by name, each a column.
//!
//! Each wanted array is decompressed through a handle of its own, so that they advance together
//! and none is ever in memory as a whole.

use super::npy::{Elements, content, elements, send_all};
use super::{Column, Content, Format, Inspected, Sink, Stop};
use indicatif::ProgressBar;
use npyz::npz::{NpzArchive, file_name_from_array_name};
use npyz::{NpyFile, NpyHeader};
use std::io::{self, BufReader};
use std::path::Path;

pub const FORMAT: Format =
    Format { name: "NPZ", extensions: &["npz"], has_header: false, inspect, stream };

fn inspect(path: &Path) -> Inspected {
    let mut archive = NpzArchive::open(path)?;
    let names = names(&archive);
    names.into_iter().map(|name| column(&mut archive, name)).collect()
}

/// Names of the arrays, in an order that does not change from one opening to the next.
fn names<R: io::Read + io::Seek>(archive: &NpzArchive<R>) -> Vec<String> {
    let mut names: Vec<_> = archive.array_names().map(str::to_owned).collect();
    names.sort_unstable();
    names
}

fn column<R: io::Read + io::Seek>(
    archive: &mut NpzArchive<R>,
    name: String,
) -> Result<Column, Stop> {
    let array = archive.by_name(&name)?.ok_or_else(|| vanished(&name))?;
    let (rows, content) = match rows(&array) {
        Some(rows) => (Some(rows), content(&array)),
        None => (None, Content::Other(format!("an array of shape {:?}", array.shape()))),
    };
    Ok(Column { name, content, rows })
}

/// Length of an array that is a column: of one dimension, or of more that are all 1.
fn rows(array: &NpyHeader) -> Option<u64> {
    let (&rows, others) = array.shape().split_first()?;
    (rows == array.len() && others.iter().all(|&len| len == 1)).then_some(rows)
}

fn stream(path: &Path, wanted: &[usize], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let names = names(&NpzArchive::open(path)?);
    let mut archives = Vec::new();
    for &index in wanted {
        let name = names.get(index).ok_or_else(|| vanished("its array"))?;
        archives.push((name, NpzArchive::open(path)?));
    }
    let mut members = Vec::new();
    for (name, archive) in &mut archives {
        let member = archive.zip_archive().by_name(&file_name_from_array_name(name));
        members.push(BufReader::new(member.map_err(Stop::damaged)?));
    }
    let mut columns = Vec::<Box<dyn Elements + '_>>::new();
    let mut len = 0;
    for member in &mut members {
        let array = NpyFile::new(member)?;
        len = rows(&array).ok_or_else(|| vanished("its array"))?;
        columns.push(elements(array, 1, &[0])?);
    }
    send_all(len, &mut columns, bar, sink)?;
    drop(columns);
    // The checksum is compared at the end of a member.
    for mut member in members {
        io::copy(&mut member, &mut io::sink())?;
    }
    Ok(())
}

fn vanished(name: &str) -> Stop {
    Stop::Damaged(format!("{name} is not where it was"))
}
