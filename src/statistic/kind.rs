//! What a kind of statistic states about itself, so that engines need not know which kinds there are.

use super::shader::{Calls, Site};
use super::slots::{SlotReader, Slots};
use super::totals::Content;
use super::{MathModule, Operands, Task, ValueSpec};
use crate::error::{BuildError, Error};
use crate::kernel::Fragment;
use std::fmt;

/// A kind of statistic with its parameters. Its prints are its name in states.
pub(crate) trait Accumulate: fmt::Display {
    /// What it accumulates.
    type Accumulator: Content;

    /// The WGSL that adds samples to it, and what that stands on.
    const FRAGMENTS: &'static [Fragment];

    /// The arithmetic that its WGSL needs besides that of its value.
    const MATH: &'static [MathModule] = &[];

    /// Fails if no engine can accumulate it in this task.
    fn check(&self, task: Task) -> Result<(), Error>;

    /// The per-sample value that it is made of, if it is made of one.
    fn value(&self) -> Option<ValueSpec> {
        None
    }

    /// Which inputs it looks at, if it is not made of a value.
    fn operands(&self) -> Operands {
        Operands::Both
    }

    /// Its domain in words, if it is not made of a value.
    fn domain(&self) -> &'static str {
        "any number"
    }

    /// The parameter that its WGSL is given, as bits.
    fn parameter(&self) -> u32 {
        self.value().map_or(0, |value| value.parameter.to_bits())
    }

    /// What it has accumulated of no samples.
    fn empty(&self) -> Self::Accumulator;

    /// What it occupies on a device.
    fn slots(&self) -> Slots;

    /// What it has accumulated there.
    fn decode(&self, slots: SlotReader) -> Self::Accumulator;

    /// Adds a sample to it, in WGSL.
    fn call(&self, site: &Site, calls: &mut Calls);
}

/// The error for a parameter that a statistic does not take.
pub(super) fn invalid(
    statistic: &'static str,
    parameter: &'static str,
    value: impl fmt::Display,
    expected: impl Into<String>,
) -> Error {
    let (value, expected) = (value.to_string(), expected.into());
    Error::Build(BuildError::InvalidParameter { metric: statistic, parameter, value, expected })
}

/// Fails in other tasks than these.
pub(super) fn check_task(statistic: &'static str, task: Task, tasks: &[Task]) -> Result<(), Error> {
    if tasks.contains(&task) {
        return Ok(());
    }
    let tasks: Vec<_> = tasks.iter().map(|task| task.name()).collect();
    Err(Error::Build(BuildError::WrongTask { metric: statistic, task, tasks: tasks.join(", ") }))
}
