//! The file formats. Each has a file here, with a [`Format`] in [`FORMATS`].

mod arrow;
mod csv;
mod handle;
mod ipc;
mod npy;
mod npz;
mod parquet;

use super::format::Format;
use std::path::Path;

static FORMATS: [Format; 5] = [csv::FORMAT, parquet::FORMAT, ipc::FORMAT, npy::FORMAT, npz::FORMAT];

/// The format of a file, by its extension.
pub fn of_path(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    FORMATS.iter().find(|format| format.extensions.contains(&extension.as_str()))
}

/// All extensions, with a dot.
pub fn extensions() -> Vec<String> {
    FORMATS.iter().flat_map(Format::dotted_extensions).collect()
}

/// The list of formats for `--help`, one per line.
pub fn help() -> String {
    let line = |format: &Format| {
        let extensions: Vec<_> = format.dotted_extensions().collect();
        format!("  {:21}  {}\n", extensions.join(" "), format.description)
    };
    FORMATS.iter().map(line).collect()
}
