//! Searches for the threshold with the best value.

use super::order::{Point, Ranking};
use crate::error::{Undefined, shortest_number};
use crate::metric::{Arguments, AtThreshold, Axes, Key, Range, Value};

/// Columns of the table of labels.
pub const THRESHOLD_AXES: Axes = Axes::Labels(&["value", "threshold"]);

/// The parameter with the smallest value of a rate at which another rate is maximized.
pub const fn min_rate(name: &'static str, summary: &'static str) -> Key<f64> {
    Key { name, default: 0.5, domain: Range::UNIT, summary }
}

/// The best value of a rate, over the thresholds at which another rate is at least the value of a
/// parameter.
pub fn best_rate(
    arguments: &Arguments,
    ranking: &Ranking<'_>,
    rate: fn(&Point) -> f64,
    (other_rate, key): (fn(&Point) -> f64, &Key<f64>),
) -> Result<Value, Undefined> {
    let min = arguments.get(key)?;
    let mut search = Search::default();
    ranking.for_each_threshold(|point| {
        if other_rate(&point) >= min {
            search.offer(rate(&point), &point);
        }
    });
    let unreached =
        || Undefined::Unreached { rate: key.name.to_owned(), min: shortest_number(min) };
    Ok(search.found.ok_or_else(unreached)?.into())
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
            self.found = Some(AtThreshold { value, threshold: point.threshold });
        }
    }
}
