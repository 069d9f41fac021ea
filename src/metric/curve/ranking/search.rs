//! Searches for the threshold with the best value.

use super::order::{Point, Ranking};
use crate::error::{Undefined, shortest_number};
use crate::metric::{Arguments, AtThreshold, Axes, Key, Range, Value};

/// Columns of the table of labels.
pub const THRESHOLD_AXES: Axes = Axes::Labels(&["value", "threshold"]);

/// A parameter that says how large one rate must be where another is maximized.
pub const fn min_rate(name: &'static str, summary: &'static str) -> Key<f64> {
    Key { name, default: 0.5, domain: Range::UNIT, summary }
}

/// The best objective of the thresholds at which another rate is at least the value of a
/// parameter.
pub fn best_where(
    arguments: &Arguments,
    ranking: &Ranking<'_>,
    objective: impl Fn(&Point) -> Option<f64>,
    (rate, key): (impl Fn(&Point) -> Option<f64>, &Key<f64>),
) -> Result<Value, Undefined> {
    let min = arguments.get(key)?;
    let mut best = Search::default();
    ranking.for_each_threshold(|point| {
        if let Some(value) = objective(&point).filter(|_| rate(&point).is_some_and(|r| r >= min)) {
            best.offer(value, &point);
        }
    });
    let unreached =
        || Undefined::Unreached { what: key.name.to_owned(), least: shortest_number(min) };
    Ok(best.found.ok_or_else(unreached)?.into())
}

/// The best value over thresholds; the first of several equal ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search {
    found: Option<AtThreshold>,
}

impl Search {
    /// The best value over all thresholds of a curve, one of which has a value.
    pub fn best(self) -> Result<AtThreshold, Undefined> {
        self.found.ok_or_else(|| Undefined::internal("no threshold of a curve has a value"))
    }

    /// Considers the value at a threshold, unless it is NaN, a ratio of zeros.
    pub fn offer(&mut self, value: f64, point: &Point) {
        if !value.is_nan() && self.found.is_none_or(|found| found.value < value) {
            self.found = Some(AtThreshold { value, threshold: point.threshold.into() });
        }
    }
}
