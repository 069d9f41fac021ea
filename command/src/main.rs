//! The command `weighbridge`: metrics of files of predictions, unweighted and weighted side by
//! side.
//!
//! The exit code is 0 on success and 2 for bad usage or bad data. An error is one sentence on
//! stderr, with nothing on stdout.

mod arguments;
mod classes;
mod devices;
mod error;
mod evaluate;
mod infer_classes;
mod input;
mod labels;
mod merge;
mod metrics;
mod output;
mod panics;
#[cfg(feature = "plot")]
mod plot;
mod samples;
mod states;
mod words;

use arguments::{Arguments, Command};
use clap::Parser;
use error::Failure;
use std::io::{self, Write};
use std::process::ExitCode;

/// Exit code for bad usage and bad data.
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    panics::record_locations();
    quiet_drivers();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return arguments::explain(&error),
    };
    let run = || match arguments.command {
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Merge(merge) => merge.run(),
        Command::Metrics { task } => Ok(metrics::list(task)),
        Command::Devices => devices::list(),
    };
    match panics::guarded(run) {
        Ok(Ok(text)) => print(&text),
        Ok(Err(failure)) => fail(&failure.to_string()),
        Err(panic) => fail(&format!("a bug in weighbridge, please report it: {panic}")),
    }
}

/// Silences Mesa's device-selection layer, which complains on stderr if there is no display server.
/// Devices are selected here anyway.
fn quiet_drivers() {
    // SAFETY: no other thread runs yet that could read or write the environment.
    unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
}

/// Longest sentence on stderr: names in files can have any length.
const MAX_CHARACTERS: usize = 2000;

/// Prints an error in one line.
fn fail(sentence: &str) -> ExitCode {
    eprint(&format!("error: {}", words::shortened(sentence, MAX_CHARACTERS)));
    FAILURE.into()
}

/// Prints a line on stderr. A closed stderr is ignored.
fn eprint(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints text on stdout. A reader that has closed the pipe (`| head`) is not an error.
fn print(text: &str) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            fail(&Failure::Output { reason: words::io_reason(&error) }.to_string())
        }
        _ => ExitCode::SUCCESS,
    }
}
