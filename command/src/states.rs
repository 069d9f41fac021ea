//! States in files: JSON where the name ends in .json, else CBOR (RFC 8949).

use crate::error::{Failure, one_line};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use weighbridge::{Error, Evaluator, State};

/// Reads some states, each with its path.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<(&Path, State)>, Failure> {
    paths.iter().map(|path| Ok((path.as_path(), read(path)?))).collect()
}

fn read(path: &Path) -> Result<State, Failure> {
    let unopened = |error: io::Error| Failure::Open { file: name(path), reason: error.to_string() };
    let file = File::open(path).map_err(unopened)?;
    if file.metadata().map_err(unopened)?.is_dir() {
        return Err(Failure::Directory { file: name(path) });
    }
    let reader = BufReader::new(file);
    let state = if is_json(path) {
        serde_json::from_reader(reader).map_err(|error| error.to_string())
    } else {
        ciborium::from_reader(reader).map_err(|error| match error {
            ciborium::de::Error::Semantic(_, reason) => reason,
            ciborium::de::Error::Io(error) => error.to_string(),
            ciborium::de::Error::Syntax(place) => format!("byte {place} makes no sense"),
            ciborium::de::Error::RecursionLimitExceeded => "it is nested too deeply".to_owned(),
        })
    };
    state.map_err(|reason| Failure::NoState { file: name(path), reason: one_line(&reason) })
}

/// Writes a state. What the file held before is there until all of it is written.
pub fn write(path: &Path, state: &State) -> Result<(), Failure> {
    let unwritten =
        |error: io::Error| Failure::Unwritten { file: name(path), reason: error.to_string() };
    // Pipes and devices cannot be replaced.
    let replaced = fs::metadata(path).map_or(true, |metadata| metadata.is_file());
    let part = if replaced { path.with_added_extension("part") } else { path.to_owned() };
    let written = File::create(&part).and_then(|file| {
        let mut writer = BufWriter::new(file);
        if is_json(path) {
            serde_json::to_writer_pretty(&mut writer, state)?;
            writeln!(writer)?;
        } else {
            ciborium::into_writer(state, &mut writer).map_err(io::Error::other)?;
        }
        let file = writer.into_inner()?;
        if replaced { file.sync_all() } else { Ok(()) } // devices have nothing to wait for
    });
    let written = match replaced {
        true => written.and_then(|()| fs::rename(&part, path)),
        false => written,
    };
    if written.is_err() && replaced {
        let _ = fs::remove_file(&part); // there may be none
    }
    written.map_err(unwritten)
}

/// Adds states to an evaluator.
pub fn merge(evaluator: &mut Evaluator, states: &[(&Path, State)]) -> Result<(), Failure> {
    states
        .iter()
        .try_for_each(|(path, state)| evaluator.merge(state).map_err(|error| refused(path, &error)))
}

/// Why a state is refused.
pub fn refused(path: &Path, error: &Error) -> Failure {
    Failure::State { file: name(path), reason: error.to_string() }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

pub fn name(path: &Path) -> String {
    path.display().to_string()
}
