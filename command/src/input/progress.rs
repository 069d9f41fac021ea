//! A progress bar on stderr, if that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};

const ROWS: &str = "{msg} {bar:30} {human_pos} of {human_len} rows, {eta} left";
const UNKNOWN_ROWS: &str = "{msg} {spinner} {human_pos} rows, {elapsed}";
const BYTES: &str = "{msg} {bar:30} {binary_bytes} of {binary_total_bytes}, {eta} left";

/// The length of a file, in the unit in which progress is measured.
pub enum Extent {
    Rows(u64),
    UnknownRows,
    Bytes(u64),
}

/// A progress bar for one file.
pub fn bar(file: &str, extent: &Extent) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match extent {
        Extent::Rows(rows) => (ProgressBar::new(*rows), ROWS),
        Extent::UnknownRows => (ProgressBar::new_spinner(), UNKNOWN_ROWS),
        Extent::Bytes(bytes) => (ProgressBar::new(*bytes), BYTES),
    };
    let style = ProgressStyle::with_template(template);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(file.to_owned())
}
