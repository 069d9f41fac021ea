//! Compares metrics of burn tensors with metrics of slices of the same data on the CPU.
//!
//! burn's device can be created only once per process, so all tests that need it are here. Without
//! an adapter one test fails and says how to get one; `WEIGHBRIDGE_GPU=off` skips all of them
//! visibly.

mod agreement;
mod data;
mod faults;
mod learner;
mod silent;
mod threads;

use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use weighbridge_burn::Gpu;

/// A test function.
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
    // The device must be idle when the process ends.
    if gpu.is_ok_and(|gpu| gpu.device().sync().is_err()) {
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}
