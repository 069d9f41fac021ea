//! The command: metrics of a file of predictions, unweighted and weighted side by side.
//!
//! Exit code 0, or 2 for wrong usage and faulty data: then there is one sentence on stderr and
//! nothing on stdout.

mod arguments;
mod classes;
mod error;
mod evaluate;
mod infer_classes;
mod input;
mod labels;
mod list;
mod merge;
mod panics;
#[cfg(feature = "plot")]
mod plot;
mod samples;
mod states;

use arguments::{Arguments, Command};
use clap::Parser;
use error::Failure;
use std::io::{self, Write};
use std::process::ExitCode;

/// Exit code for wrong usage and faulty data.
const FAULTY: u8 = 2;

fn main() -> ExitCode {
    panics::keep_quiet();
    quiet_drivers();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return arguments::explain(&error),
    };
    let run = || match arguments.command {
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Merge(merge) => merge.run(),
        Command::Metrics { task } => Ok(list::metrics(task.map(Into::into))),
        Command::Devices => list::devices(),
    };
    match panics::guarded(run) {
        Ok(Ok(text)) => print(&text),
        Ok(Err(failure)) => fail(&failure.to_string()),
        Err(crash) => fail(&format!("this is a bug in weighbridge, please report it: {crash}")),
    }
}

/// Keeps Mesa's layer that asks the display server for its favourite device from complaining on
/// stderr where there is none: devices are chosen here.
fn quiet_drivers() {
    // SAFETY: no other thread runs yet that could read or write the environment.
    unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
}

/// Most characters of a sentence on stderr: names in files can be of any length.
const MAX_CHARACTERS: usize = 2000;

/// Says in one line what went wrong.
fn fail(sentence: &str) -> ExitCode {
    say(&format!("error: {}", error::shortened(sentence, MAX_CHARACTERS)));
    FAULTY.into()
}

/// A line on stderr; if nobody can read it, nothing is left to be done.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Text on stdout. A reader that has seen enough (`| head`) is no fault.
fn print(text: &str) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            fail(&Failure::Output { reason: error.to_string() }.to_string())
        }
        _ => ExitCode::SUCCESS,
    }
}
