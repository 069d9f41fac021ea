//! Bins of predicted probabilities, of equal width or of equal weight. The ends of bins of equal
//! width are rounded to the precision of the scores: see
//! [`expected_calibration_error`](super::expected_calibration_error).

use super::bin::Bin;
use super::equal_mass;
use crate::error::Undefined;
use crate::metric::parameter::choice;
use crate::metric::{Arguments, Better, Key, MetricDef, Settings, TotalsView, UndeclaredParameter};
use crate::statistic::calibration::MAX_BINS;
use crate::statistic::{Constant, Statistic, Task, ValueFn, ValueSpec};
use num_bigint::Sign;

/// The number of bins of probabilities.
pub const PROBABILITY_BINS: Key<u32> = Key {
    name: "bins",
    default: 15,
    domain: [1, MAX_BINS],
    summary: "the number of bins of probabilities",
};

/// How bins divide probabilities.
pub const STRATEGY: Key<BinStrategy> = Key {
    name: "strategy",
    default: BinStrategy::Uniform,
    domain: &[BinStrategy::Uniform, BinStrategy::Quantile],
    summary: "bins of equal width over [0, 1], or of equal weight, which stores all scores",
};

/// How bins divide probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinStrategy {
    /// Bins of equal width, whose ends are rounded to the precision of the scores.
    Uniform,
    /// Bins of equal weight.
    Quantile,
}

choice!(BinStrategy, "strategy of bins", "uniform" => Uniform, "quantile" => Quantile);

/// The common parts of metrics of single probabilities.
pub(in crate::metric) const BINARY_CALIBRATION: MetricDef = MetricDef {
    tasks: &[Task::Binary, Task::Multilabel],
    parameters: &[&PROBABILITY_BINS, &STRATEGY],
    statistics: |arguments| Ok(vec![statistic(arguments)?]),
    better: Better::Lower,
    range: [0.0, 1.0],
    ..MetricDef::BASE
};

/// The common parts of metrics of the largest probability of a row. Scores of rows are not stored.
pub(in crate::metric) const TOP_LABEL_CALIBRATION: MetricDef = MetricDef {
    tasks: &[Task::Multiclass],
    parameters: &[&PROBABILITY_BINS],
    ..BINARY_CALIBRATION
};

/// The bins of positive weight, the lowest probabilities first. There is at least one.
pub(in crate::metric) fn bins(
    arguments: &Arguments,
    view: &TotalsView<'_>,
) -> Result<Vec<Bin>, Undefined> {
    let bins = match statistic(arguments)? {
        Statistic::Scores => {
            equal_mass::bins(view, probability(arguments), arguments.get(&PROBABILITY_BINS)?)?
        }
        calibration => uniform_bins(arguments, view, calibration)?,
    };
    // A view has samples of positive weight, but a state from a file may lack their bins.
    if bins.is_empty() { Err(Undefined::NoSamples) } else { Ok(bins) }
}

fn uniform_bins(
    arguments: &Arguments,
    view: &TotalsView<'_>,
    statistic: Statistic,
) -> Result<Vec<Bin>, Undefined> {
    let number = f64::from(arguments.get(&PROBABILITY_BINS)?);
    let bins = view.calibration(statistic)?.enumerate().map(|(index, bin)| Bin {
        ends: [index, index + 1].map(|end| end as f64 / number),
        weight: bin.negatives + &bin.positives,
        positives: bin.positives,
        probability: bin.probability,
    });
    Ok(bins.filter(|bin| bin.weight.sign() != Sign::NoSign).collect())
}

/// The statistic that the bins are computed from.
fn statistic(arguments: &Arguments) -> Result<Statistic, UndeclaredParameter> {
    let bins = arguments.get(&PROBABILITY_BINS)?;
    Ok(match arguments.declared(&STRATEGY) {
        Some(BinStrategy::Quantile) => Statistic::Scores,
        // Bins of rows have equal width, and no strategy.
        Some(BinStrategy::Uniform) | None => {
            Statistic::Calibration { probability: probability(arguments), bins }
        }
    })
}

/// The probability that is binned.
fn probability(arguments: &Arguments) -> ValueSpec {
    let Settings { task, from_logits, .. } = arguments.settings;
    let function = match (task, from_logits) {
        (Task::Multiclass, true) => ValueFn::MaxSoftmax,
        (Task::Multiclass, false) => ValueFn::MaxProbability,
        (_, true) => ValueFn::Logistic,
        (_, false) => ValueFn::Probability,
    };
    ValueSpec { function, parameter: Constant::ZERO }
}
