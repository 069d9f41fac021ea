//! The directory of plots: created if it does not exist, and filled one complete file at a time.

use super::canvas::picture::Picture;
use crate::arguments::PlotFormat;
use crate::output::replace_file;
use crate::states;
use crate::words::io_reason;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub struct OutputDir {
    path: PathBuf,
    format: PlotFormat,
}

impl OutputDir {
    /// Creates the directory, or says why it cannot be created.
    pub fn create(path: &Path, format: PlotFormat) -> Result<Self, String> {
        let name = states::name(path);
        if path.exists() && !path.is_dir() {
            return Err(format!(
                "no plots are drawn: {name} is a file, but --plot needs a directory"
            ));
        }
        fs::create_dir_all(path).map_err(|error| {
            format!("no plots are drawn: cannot create the directory {name}: {}", io_reason(&error))
        })?;
        Ok(Self { path: path.to_owned(), format })
    }

    /// The path of a plot in messages.
    pub fn name(&self, plot: &str) -> String {
        states::name(&self.file(plot))
    }

    fn file(&self, plot: &str) -> PathBuf {
        let extension = match self.format {
            PlotFormat::Svg => "svg",
            PlotFormat::Png => "png",
        };
        self.path.join(format!("{plot}.{extension}"))
    }

    /// Whether there is a plot of an earlier run.
    pub fn contains(&self, plot: &str) -> bool {
        self.file(plot).is_file()
    }

    /// Writes a plot, or says why it cannot be written.
    pub fn write(&self, plot: &str, picture: Picture) -> Result<(), String> {
        let path = self.file(plot);
        let unwritten = |reason: String| {
            format!("cannot write {}: {reason}; choose a writable directory", states::name(&path))
        };
        let bytes = match self.format {
            PlotFormat::Svg => picture.svg().into_bytes(),
            PlotFormat::Png => picture.png().map_err(unwritten)?,
        };
        replace_file(&path, |writer| writer.write_all(&bytes))
            .map_err(|error| unwritten(io_reason(&error)))
    }
}
