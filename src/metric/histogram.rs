//! Sums of weights by label, in the order of scores, as far as a histogram knows it; and numbers that are
//! certain within bounds.

use super::{AVERAGE, Arguments, Axes, Definition, Parameter, Settings, Side};
use crate::error::Undefined;
use crate::statistic::histogram::MOST_BINS;
use crate::statistic::{Division, Statistic, Task};
use num_bigint::{BigInt, Sign};

/// The number of bins of a histogram of scores.
pub const HISTOGRAM_BINS: Parameter = Parameter {
    name: "bins",
    default: Some(4096.0),
    least: 2.0,
    greatest: MOST_BINS as f64,
    whole: true,
    summary: "the number of bins that scores are counted in",
    ..Parameter::NUMBER
};

/// How the bins of a histogram divide the line of scores.
pub const SPACING: Parameter = Parameter {
    name: "spacing",
    default: Some(0.0),
    choices: &["adaptive", "uniform"],
    summary: "half of the bins of equal width and half narrower where scores crowd (adaptive), or all of \
              equal width",
    ..Parameter::NUMBER
};

/// What metrics over a histogram of scores have in common.
pub(super) const HISTOGRAM: Definition = Definition {
    tasks: &[Task::Binary, Task::Multilabel],
    parameters: &[HISTOGRAM_BINS, SPACING],
    axes: Axes::Labels(&["value", "low", "high"]),
    label_average: Some(&AVERAGE),
    statistics: |arguments| vec![statistic(arguments)],
    support: |arguments, side| Ok(Ranked::of(arguments, side)?.positives),
    ..Definition::PLAIN
};

fn statistic(arguments: &Arguments) -> Statistic {
    let Settings { from_logits, .. } = arguments.settings;
    let bins = arguments.number(HISTOGRAM_BINS.name) as u32;
    let uniform = arguments.number(SPACING.name) == 1.0;
    let division = if uniform { Division::uniform } else { Division::adaptive };
    Statistic::Histogram { division: division(from_logits, bins) }
}

/// Weights by label, in units of the exact sum.
pub(super) struct Ranked {
    /// [negatives, positives] of each bin that holds any, those of the highest scores first.
    pub bins: Vec<[BigInt; 2]>,
    pub negatives: BigInt,
    pub positives: BigInt,
}

impl Ranked {
    /// The bins of a metric's histogram.
    pub fn of(arguments: &Arguments, side: &Side<'_>) -> Result<Self, Undefined> {
        let mut bins = side.histogram(statistic(arguments))?;
        bins.reverse();
        let total = |label: usize| bins.iter().map(|bin| &bin[label]).sum();
        let (negatives, positives) = (total(0), total(1));
        Ok(Self { bins, negatives, positives })
    }

    /// The same, if there is weight of label 1.
    pub fn with_positives(self) -> Result<Self, Undefined> {
        if self.positives.sign() == Sign::NoSign {
            Err(Undefined::OneLabel { label: 0 })
        } else {
            Ok(self)
        }
    }

    /// The same, if there is weight of both labels.
    pub fn with_both(self) -> Result<Self, Undefined> {
        let ranked = self.with_positives()?;
        if ranked.negatives.sign() == Sign::NoSign {
            return Err(Undefined::OneLabel { label: 1 });
        }
        Ok(ranked)
    }
}
