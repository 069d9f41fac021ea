//! The best number that a threshold reaches.

use super::order::Point;
use crate::error::{Undefined, shortest_number};
use crate::metric::{AtThreshold, Axes, Parameter, Value};

/// What stands in a row for each label.
pub const THRESHOLD_AXES: Axes = Axes::Labels(&["value", "threshold"]);

/// What one rate must be at least where another is looked for: what such parameters build on.
pub const MIN_RATE: Parameter =
    Parameter { default: Some(0.5), least: 0.0, greatest: 1.0, ..Parameter::NUMBER };

/// The best of what thresholds reach, and of several that do, the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search {
    pub found: Option<AtThreshold>,
}

impl Search {
    /// Looks at what a threshold reaches: nothing where it is NaN, a ratio of zeros.
    pub fn offer(&mut self, value: f64, point: &Point) {
        if !value.is_nan() && self.found.is_none_or(|found| found.value < value) {
            self.found = Some(AtThreshold { value, threshold: point.threshold.into() });
        }
    }

    /// The same, if it is good enough.
    pub fn offer_where(&mut self, is_good: bool, value: f64, point: &Point) {
        if is_good {
            self.offer(value, point);
        }
    }

    /// What was found, of thresholds with so much of a rate.
    pub fn reached(self, rate: &Parameter, least: f64) -> Result<Value, Undefined> {
        let unreached =
            || Undefined::Unreached { what: rate.name.to_owned(), least: shortest_number(least) };
        Ok(self.found.ok_or_else(unreached)?.into())
    }
}
