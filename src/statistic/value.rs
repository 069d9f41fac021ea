//! A per-sample value with its parameter.

use super::kind::{check_task, invalid};
use super::{Task, ValueFn};
use crate::error::Error;
use std::fmt;

/// A per-sample value and its parameter (δ of the Huber loss, the power of the Tweedie deviance; 0
/// where there is none).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueSpec {
    /// Which value.
    pub function: ValueFn,
    /// Its parameter.
    pub parameter: f32,
}

impl ValueSpec {
    /// Its domain in words, for samples outside it.
    pub fn domain(self) -> &'static str {
        let like = match self.function {
            ValueFn::TweedieDeviance if self.parameter >= 2.0 => ValueFn::GammaDeviance,
            ValueFn::TweedieDeviance if self.parameter > 0.0 => ValueFn::PoissonDeviance,
            function => function,
        };
        like.domain()
    }

    /// Fails in another task than that of its rows, or with a parameter that it does not take.
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

/// Its name, and its parameter if that is not 0.
impl fmt::Display for ValueSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, parameter } = self;
        f.write_str(function.name())?;
        if *parameter == 0.0 { Ok(()) } else { write!(f, ":{parameter}") }
    }
}
