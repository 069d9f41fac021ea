//! The folder of pictures: made if it is not there, and filled a whole file at a time.

use super::canvas::picture::Picture;
use crate::arguments::PlotFormat;
use crate::states;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub struct Folder {
    path: PathBuf,
    format: PlotFormat,
}

impl Folder {
    /// A folder, or why there is none.
    pub fn make(path: &Path, format: PlotFormat) -> Result<Self, String> {
        let folder = Self { path: path.to_owned(), format };
        let name = states::name(path);
        if path.exists() && !path.is_dir() {
            return Err(format!(
                "no pictures are drawn: {name} is a file, and --plot must name a directory"
            ));
        }
        fs::create_dir_all(path).map(|()| folder).map_err(|error| {
            format!(
                "no pictures are drawn: the directory {name} cannot be made ({error}): give --plot \
                 one that can be written"
            )
        })
    }

    /// The path of a picture.
    pub fn name(&self, picture: &str) -> String {
        states::name(&self.file(picture))
    }

    fn file(&self, picture: &str) -> PathBuf {
        let extension = match self.format {
            PlotFormat::Svg => "svg",
            PlotFormat::Png => "png",
        };
        self.path.join(format!("{picture}.{extension}"))
    }

    /// Whether there is a picture of an earlier run.
    pub fn holds(&self, picture: &str) -> bool {
        self.file(picture).is_file()
    }

    /// Writes a picture, or says why it cannot be written. What the file held before is there until
    /// all of it is written.
    pub fn write(&self, name: &str, picture: Picture) -> Result<(), String> {
        let path = self.file(name);
        let unwritten = |reason: String| {
            format!(
                "{} cannot be written ({reason}): give --plot a directory that can be",
                states::name(&path)
            )
        };
        let bytes = match self.format {
            PlotFormat::Svg => picture.svg().into_bytes(),
            PlotFormat::Png => picture.png().map_err(unwritten)?,
        };
        let part = path.with_added_extension("part");
        let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, &path));
        if written.is_err() {
            let _ = fs::remove_file(&part); // there may be none
        }
        written.map_err(|error: io::Error| unwritten(error.to_string()))
    }
}
