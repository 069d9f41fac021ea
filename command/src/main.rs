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
mod terminal;
mod words;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;
use terminal::{fail, print};

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
