//! The values that a statistic can accumulate.

use super::kind::{check_task, invalid};
use super::{Task, ValueSpec};
use crate::error::Error;

impl ValueSpec {
    /// Fails in a task other than the task of its rows, or with a parameter that it does not
    /// accept.
    pub(super) fn check(self, task: Task) -> Result<(), Error> {
        let Self { function, parameter } = self;
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
}
