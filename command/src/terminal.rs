//! What is printed: reports on stdout, errors and warnings on stderr.

use crate::error::Failure;
use crate::words::{io_reason, one_line, shortened};
use std::io::{self, Write};
use std::process::ExitCode;

/// Exit code for bad usage and bad data.
const FAILURE: u8 = 2;

/// Longest sentence on stderr: names in files can have any length.
const MAX_CHARACTERS: usize = 2000;

/// Prints text on stdout. A reader that has closed the pipe (`| head`) is not an error.
pub fn print(text: &str) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            fail(&Failure::Output { reason: io_reason(&error) }.to_string())
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Prints an error in one line.
pub fn fail(sentence: &str) -> ExitCode {
    note(&format!("error: {}", shortened(sentence, MAX_CHARACTERS)));
    FAILURE.into()
}

/// Prints a warning in one line.
pub fn warn(sentence: &str) {
    note(&format!("warning: {}", one_line(sentence)));
}

/// Prints a line on stderr. A closed stderr is ignored.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
