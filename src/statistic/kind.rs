//! The trait of kinds of statistics, so that engines need not know which kinds there are.

use super::shader::{Calls, Site};
use super::slots::{SlotReader, Slots};
use super::totals::Content;
use super::{MathModule, Operands, Task, ValueSpec};
use crate::error::{BuildError, Error};
use crate::kernel::Fragment;
use std::fmt;

/// A kind of statistic with its parameters. Its `Display` is its name in states.
pub(crate) trait Accumulate: fmt::Display {
    /// The type of its totals.
    type Accumulator: Content;

    /// The WGSL that adds samples to it, with dependencies.
    const FRAGMENTS: &'static [Fragment];

    /// The arithmetic that its WGSL needs, in addition to that of its value.
    const MATH: &'static [MathModule] = &[];

    /// Fails if no engine can accumulate it in this task.
    fn check(&self, task: Task) -> Result<(), Error>;

    /// The per-sample value that it accumulates, if any.
    fn value(&self) -> Option<ValueSpec> {
        None
    }

    /// The inputs that it reads, if it does not accumulate a value.
    fn operands(&self) -> Operands {
        Operands::Both
    }

    /// A description of its domain, if it does not accumulate a value.
    fn domain(&self) -> &'static str {
        "any number"
    }

    /// The parameter of its WGSL, as bits.
    fn parameter(&self) -> u32 {
        self.value().map_or(0, |value| value.parameter.to_bits())
    }

    /// Its total of no samples.
    fn empty(&self) -> Self::Accumulator;

    /// The slots that it needs on a device.
    fn slots(&self) -> Slots;

    /// Decodes its total from its slots.
    fn decode(&self, slots: SlotReader) -> Self::Accumulator;

    /// Appends the WGSL that adds a sample to it.
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

/// Fails in any other task than `tasks`.
pub(super) fn check_task(statistic: &'static str, task: Task, tasks: &[Task]) -> Result<(), Error> {
    if tasks.contains(&task) {
        return Ok(());
    }
    let tasks: Vec<_> = tasks.iter().map(|task| task.name()).collect();
    Err(Error::Build(BuildError::WrongTask { metric: statistic, task, tasks: tasks.join(", ") }))
}
