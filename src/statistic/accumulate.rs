//! The trait of kinds of statistics, so that engines need not know which kinds there are.

use super::merge::Merge;
use super::shader::{Calls, Site};
use super::slots::{SlotContents, Slots};
use crate::error::{BuildError, Error};
use crate::kernel::Fragment;
use crate::kernel::value::{MathModule, Operands, ValueSpec};
use crate::task::Task;
use std::fmt;

/// A kind of statistic with its parameters. Its `Display` is its name in states.
pub(crate) trait Accumulate: fmt::Display {
    /// The type of its totals.
    type Accumulator: Merge;

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

    /// The number of classes that it counts, if it counts by class.
    fn classes(&self) -> Option<u32> {
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
        self.value().map_or(0, |value| value.parameter.bits())
    }

    /// Its total of no samples.
    fn empty(&self) -> Self::Accumulator;

    /// The slots that it needs on a device.
    fn slots(&self) -> Slots;

    /// Decodes its total from its slots; an internal error if there are others than it declares.
    fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error>;

    /// Appends the WGSL that adds a sample to it; an internal error if the site has fewer slots
    /// than it declares.
    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error>;
}

/// The error for a parameter that a statistic does not take.
pub(super) fn invalid(
    statistic: impl Into<String>,
    parameter: &'static str,
    value: impl fmt::Display,
    expected: impl Into<String>,
) -> Error {
    let (metric, value, expected) = (statistic.into(), value.to_string(), expected.into());
    Error::Build(BuildError::InvalidParameter { metric, parameter, value, expected })
}

/// Fails in any other task than `tasks`.
pub(super) fn check_task(statistic: &'static str, task: Task, tasks: &[Task]) -> Result<(), Error> {
    if tasks.contains(&task) {
        return Ok(());
    }
    let tasks: Vec<_> = tasks.iter().map(|task| task.name()).collect();
    Err(Error::Build(BuildError::WrongTask { metric: statistic, task, tasks: tasks.join(", ") }))
}

/// Fails if a value cannot be accumulated in this task, or does not accept its parameter.
pub(super) fn check_value(value: ValueSpec, task: Task) -> Result<(), Error> {
    let ValueSpec { function, parameter } = value;
    if let Some(of_rows) = function.task_of_rows() {
        check_task(function.name(), task, &[of_rows])?;
    }
    if function.takes(parameter) {
        return Ok(());
    }
    let ranges = function.parameter_ranges().into_iter();
    let ranges = ranges.map(|range| format!("from {:e} to {:e}", range.start(), range.end()));
    let expected = format!("a number {}", ranges.collect::<Vec<_>>().join(" or "));
    Err(invalid(function.name(), "parameter", parameter, expected))
}
