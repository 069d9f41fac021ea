//! Reductions of the losses of samples to one number.

use super::arguments::Arguments;
use super::definition::{Better, Law, MetricDef};
use super::parameter::{Key, choice};
use super::value::Value;
use super::view::TotalsView;
use crate::error::Undefined;
use crate::exact::ExactSum;
use crate::exact::ratio::ratio;
use crate::statistic::{Statistic, Task};
use num_bigint::BigInt;

/// The reduction of the losses of samples.
pub const REDUCTION: Key<Reduction> = Key {
    name: "reduction",
    default: Reduction::WeightedMean,
    domain: &[Reduction::WeightedMean, Reduction::SumOverBatchSize, Reduction::Sum],
    summary: "how losses are combined: Σwx / Σw, Σwx / N, or Σwx",
};

/// Reduces the losses of samples to one number, exactly and for any split into batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Σwx / Σw.
    #[default]
    WeightedMean,
    /// Σwx / N, with N the number of unmasked samples, whatever their weights: the default of
    /// Keras's losses, for one batch.
    SumOverBatchSize,
    /// Σwx.
    Sum,
}

choice!(
    Reduction, "reduction", "weighted_mean" => WeightedMean,
    "sum_over_batch_size" => SumOverBatchSize, "sum" => Sum
);

impl Reduction {
    /// The laws that it breaks, and why.
    pub(super) const fn exemptions(self) -> &'static [(Law, &'static str)] {
        match self {
            Self::WeightedMean => &[],
            Self::SumOverBatchSize => &[
                (Law::Repetition, "the batch size counts samples, not their weights"),
                (Law::Deletion, "a sample of weight zero counts in the batch size"),
                (Law::Scaling, "the sum grows with the weights, and the batch size does not"),
            ],
            Self::Sum => &[(Law::Scaling, "the sum grows with the weights")],
        }
    }

    /// The divisor of the sum, in units of the exact sum.
    pub(super) fn divisor(self, view: &TotalsView<'_>) -> Result<BigInt, Undefined> {
        let divisor = match self {
            Self::WeightedMean => view.weight()?,
            Self::SumOverBatchSize => ExactSum::from_count(view.samples()),
            Self::Sum => ExactSum::from_count(1),
        };
        Ok(divisor.to_integer())
    }

    /// The reduced sum of a statistic, rounded once.
    pub(super) fn reduce(self, sum: Statistic, view: &TotalsView<'_>) -> Result<f64, Undefined> {
        Ok(ratio(&view.sum(sum)?.to_integer(), &self.divisor(view)?))
    }
}

/// The value of a loss: its sum, reduced as requested. Metrics with [`REDUCTION`] finish with it.
pub(super) fn reduced(
    arguments: &Arguments,
    sum: Statistic,
    view: &TotalsView<'_>,
) -> Result<Value, Undefined> {
    Ok(arguments.get(&REDUCTION)?.reduce(sum, view)?.into())
}

/// The common parts of losses of the regression task.
pub(super) const LOSS: MetricDef = MetricDef {
    tasks: &[Task::Regression],
    parameters: &[&REDUCTION],
    better: Better::Lower,
    range: [0.0, f64::INFINITY],
    ..MetricDef::BASE
};
