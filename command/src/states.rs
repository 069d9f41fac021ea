//! State files: JSON if the name ends in `.json`, else CBOR (RFC 8949).

use crate::error::Failure;
use crate::output::replace_file;
use crate::words::{io_reason, one_line};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use weighbridge::error::StateError;
use weighbridge::{Error, Evaluator, State};

/// Reads states, each with its path.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<(&Path, State)>, Failure> {
    paths.iter().map(|path| Ok((path.as_path(), read(path)?))).collect()
}

fn read(path: &Path) -> Result<State, Failure> {
    let unopened = |error| Failure::Open { file: name(path), reason: io_reason(&error) };
    let file = File::open(path).map_err(unopened)?;
    if file.metadata().map_err(unopened)?.is_dir() {
        return Err(Failure::Directory { file: name(path) });
    }
    let reader = BufReader::new(file);
    let state = if is_json(path) {
        serde_json::from_reader(reader).map_err(json_reason)
    } else {
        ciborium::from_reader(reader).map_err(cbor_reason)
    };
    state.map_err(|reason| Failure::NotAState { file: name(path), reason: one_line(&reason) })
}

fn json_reason(error: serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Eof => "the file is truncated".to_owned(),
        serde_json::error::Category::Syntax => {
            format!("the file is damaged at line {}, column {}", error.line(), error.column())
        }
        serde_json::error::Category::Io => io_reason(&error.into()),
        serde_json::error::Category::Data => data_reason(error.to_string()),
    }
}

fn cbor_reason(error: ciborium::de::Error<io::Error>) -> String {
    match error {
        ciborium::de::Error::Semantic(_, reason) => data_reason(reason),
        ciborium::de::Error::Io(error) => io_reason(&error),
        ciborium::de::Error::Syntax(byte) => format!("the file is damaged at byte {byte}"),
        ciborium::de::Error::RecursionLimitExceeded => "it is nested too deeply".to_owned(),
    }
}

/// An error about the content of a file, with a plain sentence for files that are not states at
/// all.
fn data_reason(reason: String) -> String {
    if reason.starts_with("invalid type") || reason.starts_with("missing field") {
        return "it is not a state (evaluate --state-out writes one)".to_owned();
    }
    reason
}

/// Writes a state. An existing file keeps its content until the state is complete.
pub fn write(path: &Path, state: &State) -> Result<(), Failure> {
    let written = replace_file(path, |writer| {
        if is_json(path) {
            serde_json::to_writer_pretty(&mut *writer, state)?;
            return writeln!(writer);
        }
        ciborium::into_writer(state, writer).map_err(|error| match error {
            ciborium::ser::Error::Io(error) => error,
            ciborium::ser::Error::Value(reason) => io::Error::other(reason),
        })
    });
    written.map_err(|error| Failure::Unwritten { file: name(path), reason: io_reason(&error) })
}

/// Adds states to an evaluator, which `other` names if one of them does not fit it.
pub fn merge(
    evaluator: &mut Evaluator,
    states: &[(&Path, State)],
    other: &str,
) -> Result<(), Failure> {
    for (path, state) in states {
        evaluator.merge(state).map_err(|error| match error {
            Error::State(StateError::Mismatch { what, ours, theirs }) => {
                differ(path, other, what, ours, theirs)
            }
            error => refused(path, &error),
        })?;
    }
    Ok(())
}

/// Why a state cannot be merged with another, or with the evaluation in progress.
pub fn differ(
    path: &Path,
    other: &str,
    what: &'static str,
    ours: String,
    theirs: String,
) -> Failure {
    let [ours, theirs] =
        [ours, theirs].map(|text| if text.is_empty() { "none".to_owned() } else { text });
    Failure::StatesDiffer { file: name(path), other: other.to_owned(), what, theirs, ours }
}

/// Why a state is refused.
pub fn refused(path: &Path, error: &Error) -> Failure {
    Failure::State { file: name(path), reason: error.to_string() }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// A path in a message.
pub fn name(path: &Path) -> String {
    path.display().to_string()
}
