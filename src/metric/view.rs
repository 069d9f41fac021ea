//! One side of the totals, unweighted or weighted, as the metrics' formulas read it.

use crate::error::Undefined;
use crate::exact::ratio::ratio;
use crate::exact::{AnyWeightSum, ExactSum, WeightSum};
use crate::statistic::{
    Accumulator, CalibrationBin, Confusion, Extremes, Family, Key, Sides, Statistic, StoredScores,
    Total, Totals,
};
use num_bigint::BigInt;

/// The totals over all samples, or over weighted samples, of one evaluator.
///
/// Formulas are written once and evaluated for each side: the number of samples is the sum of
/// weights 1. Every accessor fails with the reason if a fault affects the total, so a formula that
/// uses `?` cannot compute a number from bad data.
#[derive(Clone, Copy, Debug)]
pub struct TotalsView<'a> {
    family: &'a Family,
    totals: &'a Totals,
    weighted: bool,
}

impl<'a> TotalsView<'a> {
    /// The unweighted or weighted side of one of the totals of a family.
    pub fn new(family: &'a Family, totals: &'a Totals, weighted: bool) -> Self {
        Self { family, totals, weighted }
    }

    /// The sum of weights (of ones on the unweighted side): positive.
    pub fn weight(&self) -> Result<ExactSum, Undefined> {
        let weights = &self.totals.weights;
        match self.side(weights.invalid_label) {
            0 => {}
            count => return Err(Undefined::InvalidLabel { count }),
        }
        if self.weighted && weights.invalid_weight > 0 {
            return Err(Undefined::InvalidWeight { count: weights.invalid_weight });
        }
        let samples = weights.unmasked();
        if samples == 0 {
            return Err(Undefined::NoSamples);
        }
        let sum = if self.weighted { weights.sum } else { ExactSum::from_count(samples) };
        if sum.is_zero() { Err(Undefined::ZeroWeights) } else { Ok(sum) }
    }

    /// The number of samples that are not masked, whatever their weights.
    pub fn samples(&self) -> u64 {
        self.totals.weights.unmasked()
    }

    /// The exact sum of a [`Statistic::Sum`] or [`Statistic::Moment`].
    pub fn sum(&self, statistic: Statistic) -> Result<ExactSum, Undefined> {
        match self.total(statistic)?.content {
            Accumulator::Sum(pair) => Ok(self.side(pair)),
            _ => Err(undeclared(statistic)),
        }
    }

    /// The mean of a [`Statistic::Sum`] or [`Statistic::Moment`], rounded once.
    pub fn mean(&self, statistic: Statistic) -> Result<f64, Undefined> {
        Ok(ratio(&self.sum(statistic)?.to_integer(), &self.weight()?.to_integer()))
    }

    /// The largest value of a [`Statistic::Maximum`].
    pub fn maximum(&self, statistic: Statistic) -> Result<f64, Undefined> {
        match self.total(statistic)?.content {
            Accumulator::Maximum(pair) => Ok(self.side(pair).number().unwrap_or_default()),
            _ => Err(undeclared(statistic)),
        }
    }

    /// The smallest and the largest value of a [`Statistic::Extremes`].
    pub fn extremes(&self, statistic: Statistic) -> Result<[f64; 2], Undefined> {
        let Accumulator::Extremes(Extremes { largest, smallest }) = self.total(statistic)?.content
        else {
            return Err(undeclared(statistic));
        };
        match [self.side(smallest).reversed(), self.side(largest)].map(Key::number) {
            [Some(smallest), Some(largest)] => Ok([smallest, largest]),
            // Totals have samples but no value only if the state comes from a file.
            _ => Err(Undefined::NoSamples),
        }
    }

    /// Sums of weights per cell of a [`Statistic::Confusion`], in the order of its cells.
    pub fn cells(&self, statistic: Statistic) -> Result<[ExactSum; 4], Undefined> {
        match self.total(statistic)?.content {
            Accumulator::Confusion(Confusion { weights, .. }) if self.weighted => Ok(weights),
            Accumulator::Confusion(Confusion { counts, .. }) => {
                Ok(counts.map(ExactSum::from_count))
            }
            _ => Err(undeclared(statistic)),
        }
    }

    /// Sums of weights per cell of a statistic that counts by class, in units of the exact sum.
    pub(super) fn cell_sums(&self, statistic: Statistic) -> Result<Vec<BigInt>, Undefined> {
        match &self.total(statistic)?.content {
            Accumulator::Cells(cells) if self.weighted => {
                Ok(cells.weights.iter().map(|sum| sum.to_integer()).collect())
            }
            Accumulator::Cells(cells) => {
                let count = |&count: &u64| ExactSum::from_count(count).to_integer();
                Ok(cells.counts.iter().map(count).collect())
            }
            _ => Err(undeclared(statistic)),
        }
    }

    /// The samples of a [`Statistic::Scores`], in order.
    pub(super) fn scores(&self, statistic: Statistic) -> Result<&'a StoredScores, Undefined> {
        match &self.total(statistic)?.content {
            Accumulator::Scores(scores) => Ok(scores),
            _ => Err(undeclared(statistic)),
        }
    }

    /// Whether it is the weighted side.
    pub(super) fn is_weighted(&self) -> bool {
        self.weighted
    }

    /// The index of each nonempty bin of a [`Statistic::Histogram`], and its sum of weights by
    /// label.
    pub(super) fn bins(
        &self,
        statistic: Statistic,
    ) -> Result<impl DoubleEndedIterator<Item = (u32, [AnyWeightSum; 2])>, Undefined> {
        let Accumulator::Cells(cells) = &self.total(statistic)?.content else {
            return Err(undeclared(statistic));
        };
        let pairs = cells.counts.chunks_exact(2).zip(cells.weights.chunks_exact(2));
        let weighted = self.weighted;
        let sums = move |(bin, (counts, weights)): (usize, (&[u64], &[ExactSum]))| {
            let any = counts.iter().any(|&count| count > 0);
            let sums = match weighted {
                _ if !any => return None,
                true => [weights[0], weights[1]],
                false => [counts[0], counts[1]].map(ExactSum::from_count),
            };
            let sums = sums.map(|sum| AnyWeightSum::of(&sum));
            sums.iter().any(|sum| !sum.is_zero()).then_some((bin as u32, sums))
        };
        Ok(pairs.enumerate().filter_map(sums))
    }

    /// The bins of a [`Statistic::Calibration`], in units of the exact sum.
    pub(super) fn calibration(
        &self,
        statistic: Statistic,
    ) -> Result<impl Iterator<Item = Bin>, Undefined> {
        let Accumulator::Calibration(bins) = &self.total(statistic)?.content else {
            return Err(undeclared(statistic));
        };
        let weight_of = |bin: &CalibrationBin, label: usize| {
            let count = ExactSum::from_count(bin.counts[label]);
            if self.weighted { bin.weights[label] } else { count }.to_integer()
        };
        Ok(bins.iter().map(move |bin| Bin {
            negatives: weight_of(bin, 0),
            positives: weight_of(bin, 1),
            probability: self.side(bin.probability).to_integer(),
        }))
    }

    /// The total of a statistic that is not affected by faults and contains positive weight.
    fn total(&self, statistic: Statistic) -> Result<&'a Total, Undefined> {
        self.weight()?;
        let index = self.family.statistics.iter().position(|s| *s == statistic);
        let total = index.and_then(|index| self.totals.statistics.get(index));
        let total = total.ok_or_else(|| undeclared(statistic))?;
        let faults = &total.faults;
        let counts =
            [faults.nonfinite, faults.overflow, faults.outside].map(|pair| self.side(pair));
        match counts {
            [0, 0, 0] => Ok(total),
            [0, 0, count] => {
                Err(Undefined::OutsideDomain { count, domain: statistic.domain().to_owned() })
            }
            [0, count, _] => Err(Undefined::Overflow { count }),
            [count, ..] => Err(Undefined::NonFinite { count }),
        }
    }

    /// The value of this side.
    fn side<T>(&self, pair: Sides<T>) -> T {
        if self.weighted { pair.weighted } else { pair.unweighted }
    }
}

/// A bin of a calibration: sums of weights by label, and of weight × probability.
pub(super) struct Bin {
    pub negatives: BigInt,
    pub positives: BigInt,
    pub probability: BigInt,
}

/// The error for a metric whose `finish` reads a statistic that its `statistics` does not declare,
/// or reads it as another kind.
fn undeclared(statistic: Statistic) -> Undefined {
    let reason =
        format!("a metric reads {statistic}, which it did not declare or which is of another kind");
    Undefined::internal(reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::Constant;
    use crate::statistic::{Plan, Task, ValueFn, ValueSpec};

    #[test]
    fn a_statistic_that_was_not_declared_is_an_internal_error() {
        let error = Statistic::sum(ValueFn::Error);
        let plan = Plan::new(Task::Regression, [error]);
        let mut totals = plan.empty_totals().remove(0);
        totals.weights.samples = 1;
        let view = TotalsView::new(&plan.families[0], &totals, false);
        assert!(view.sum(error).is_ok());
        let maximum =
            Statistic::Maximum(ValueSpec { function: ValueFn::Error, parameter: Constant::ZERO });
        for statistic in [maximum, Statistic::Scores] {
            let reason = view.sum(statistic).expect_err("undeclared").to_string();
            assert!(reason.contains(&format!("a metric reads {statistic}, which")), "{reason}");
        }
        let reason = view.maximum(error).expect_err("a sum").to_string();
        assert!(reason.starts_with("internal error"), "{reason}");
    }
}
