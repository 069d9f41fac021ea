//! Tensors of burn, measured where they are, against slices of the same data on the CPU.
//!
//! burn's device can be made once in a process, so all tests that need it are here. No adapter is a red
//! test that says how to get one; `WEIGHBRIDGE_GPU=off` turns all of them into visible skips.

mod agreement;
mod data;
mod faults;
mod learner;
mod silent;
mod threads;

use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use weighbridge_burn::Gpu;

/// What a test is.
type Test = fn(&Gpu) -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests: Vec<(&str, Test)> =
        [agreement::TESTS, faults::TESTS, threads::TESTS, learner::TESTS].concat();
    if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
        let skipped = |(name, _)| Trial::test(name, || Ok(())).with_ignored_flag(true);
        return libtest_mimic::run(&arguments, tests.into_iter().map(skipped).collect())
            .exit_code();
    }
    let gpu = weighbridge_burn::init().map_err(|error| error.to_string());
    let trial = |(name, test): (&str, Test)| {
        let gpu = gpu.clone();
        Trial::test(name, move || test(&gpu?))
    };
    let conclusion = libtest_mimic::run(&arguments, tests.into_iter().map(trial).collect());
    // Nothing of the device may be under way when the process ends.
    if gpu.is_ok_and(|gpu| gpu.device().sync().is_err()) {
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}
