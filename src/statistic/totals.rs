//! The totals of a plan: plain integers, so that merging is addition and equality is by bits.

use super::accumulator::Accumulator;
use super::kinds::Statistic;
use super::merge::{Merge, add};
use super::scores::StoredScores;
use super::sides::Sides;
use crate::error::Error;
use crate::exact::ExactSum;
use serde::{Deserialize, Serialize};

/// The totals of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Samples and their weights.
    pub weights: Weights,
    /// One for each statistic of the plan, in its order.
    pub statistics: Vec<Total>,
}

/// Samples, their weights, and the faults that affect every value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// Samples seen, masked and faulty ones included.
    pub samples: u64,
    /// Samples that are masked, or whose truth is the ignored label. They are excluded from every
    /// value, and from every other count here.
    pub masked: u64,
    /// Samples of weight zero.
    pub zero_weight: u64,
    /// Samples whose weight is negative, NaN, infinite, or 2^64 or more: left out of weighted
    /// values.
    pub invalid_weight: u64,
    /// Samples whose label is not a class: left out of every value.
    pub invalid_label: Sides<u64>,
    /// Σw over samples with a valid label.
    pub sum: ExactSum,
    /// Σw² over samples with a valid label.
    pub square_sum: ExactSum,
}

/// Samples that a statistic left out, or flushed to zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Prediction or truth NaN or infinite.
    pub nonfinite: Sides<u64>,
    /// The value is too large for an `f32`.
    pub overflow: Sides<u64>,
    /// The inputs lie outside the domain of the value.
    pub outside: Sides<u64>,
    /// An input or the value is not zero but is flushed to zero.
    pub underflow: u64,
    /// The value clips an input.
    pub clipped: u64,
    /// A row's probabilities do not sum to 1.
    pub unnormalized: u64,
}

/// The total of a statistic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Samples left out, and samples flushed to zero.
    pub faults: Faults,
    /// The accumulated content.
    pub content: Accumulator,
}

impl Totals {
    /// The totals of no samples, for these statistics.
    pub fn empty(statistics: &[Statistic]) -> Self {
        let total =
            |statistic: &Statistic| Total { faults: Faults::default(), content: statistic.empty() };
        Self { weights: Weights::default(), statistics: statistics.iter().map(total).collect() }
    }

    /// Adds the totals of other samples of the same statistics; an internal error if they are of
    /// others. Counts saturate at `u64::MAX`, which no real data reaches, but totals read from
    /// files may.
    pub(crate) fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let [ours, theirs] = [self.statistics.len(), other.statistics.len()];
        if ours != theirs {
            let reason = format!("totals of {theirs} statistics are added to totals of {ours}");
            return Err(Error::internal(reason));
        }
        self.weights.merge(&other.weights);
        for (total, other) in self.statistics.iter_mut().zip(&other.statistics) {
            total.faults.merge(&other.faults);
            total.content.merge(&other.content)?;
        }
        self.clear_faults_of_dropped();
        Ok(())
    }

    /// Sets the faults of dropped scores to zero: the number of samples that were examined before
    /// depends on the order of batches. The bins that replace the scores count all of them.
    pub(crate) fn clear_faults_of_dropped(&mut self) {
        for Total { faults, content } in &mut self.statistics {
            if matches!(content, Accumulator::Scores(scores) if scores.is_dropped()) {
                *faults = Faults::default();
            }
        }
    }

    /// Whether scores were dropped for lack of memory.
    pub(crate) fn has_dropped_scores(&self) -> bool {
        let mut contents = self.statistics.iter().map(|total| &total.content);
        contents
            .any(|content| matches!(content, Accumulator::Scores(scores) if scores.is_dropped()))
    }

    /// Whether there are stored scores in double precision.
    pub(crate) fn has_double_scores(&self) -> bool {
        let mut contents = self.statistics.iter().map(|total| &total.content);
        contents
            .any(|content| matches!(content, Accumulator::Scores(scores) if scores.has_double()))
    }

    /// Totals of no samples, with weights and faults only.
    pub(crate) fn empty_without_content(statistics: &[Statistic]) -> Self {
        let statistics = statistics.iter().map(|_| Total::of_faults(Faults::default()));
        Self { weights: Weights::default(), statistics: statistics.collect() }
    }

    /// The same weights and faults, which a report needs, without accumulated content.
    pub(crate) fn without_content(&self) -> Self {
        let statistics = self.statistics.iter().map(|total| Total::of_faults(total.faults));
        Self { weights: self.weights, statistics: statistics.collect() }
    }

    /// Sorts stored scores into canonical order.
    pub(crate) fn sort_scores(&mut self) {
        self.scores().for_each(StoredScores::sort);
    }

    /// Makes room for the stored scores of `samples` more samples.
    pub(crate) fn reserve_scores(&mut self, samples: usize) {
        self.scores().for_each(|scores| scores.reserve(samples));
    }

    /// Makes room for the stored scores of `samples` more samples in double precision.
    pub(crate) fn reserve_double_scores(&mut self, samples: usize) {
        self.scores().for_each(|scores| scores.reserve_double(samples));
    }

    /// Drops all stored scores, including later ones.
    pub(crate) fn drop_scores(&mut self) {
        self.scores().for_each(|scores| *scores = StoredScores::dropped());
        self.clear_faults_of_dropped();
    }

    /// Sets stored scores that were read separately.
    #[cfg(feature = "gpu")]
    pub(crate) fn set_scores(&mut self, read: StoredScores) {
        self.scores().for_each(|scores| scores.clone_from(&read));
        self.clear_faults_of_dropped();
    }

    /// Whether there is a stored score for each sample with a score, unless scores were dropped.
    pub(crate) fn have_their_scores(&self) -> bool {
        let weights = &self.weights;
        let sound = weights.unmasked().saturating_sub(weights.invalid_label.unweighted);
        self.statistics.iter().all(|Total { faults, content }| match content {
            Accumulator::Scores(scores) if scores.is_dropped() => {
                scores.is_empty() && *faults == Faults::default()
            }
            Accumulator::Scores(scores) => {
                scores.len() as u64 + faults.nonfinite.unweighted == sound
            }
            _ => true,
        })
    }

    fn scores(&mut self) -> impl Iterator<Item = &mut StoredScores> {
        self.statistics.iter_mut().filter_map(|total| match &mut total.content {
            Accumulator::Scores(scores) => Some(scores),
            _ => None,
        })
    }

    /// Whether the totals have one entry of the right kind for each of these statistics, and
    /// contain only values that samples can produce.
    pub fn is_valid_for(&self, statistics: &[Statistic]) -> bool {
        let is_valid = |(total, statistic): (&Total, &Statistic)| {
            total.content.is_valid_for(&statistic.empty())
        };
        self.statistics.len() == statistics.len()
            && self.statistics.iter().zip(statistics).all(is_valid)
            && self.have_their_scores()
    }
}

impl Total {
    /// A total with these faults and no content.
    fn of_faults(faults: Faults) -> Self {
        Self { faults, content: Accumulator::Sum(Sides::default()) }
    }
}

impl Weights {
    /// Samples that are not masked.
    pub fn unmasked(&self) -> u64 {
        self.samples.saturating_sub(self.masked)
    }

    fn merge(&mut self, other: &Self) {
        add(&mut self.samples, other.samples);
        add(&mut self.masked, other.masked);
        add(&mut self.zero_weight, other.zero_weight);
        add(&mut self.invalid_weight, other.invalid_weight);
        self.invalid_label.merge(&other.invalid_label);
        self.sum.merge(&other.sum);
        self.square_sum.merge(&other.square_sum);
    }
}

impl Faults {
    fn merge(&mut self, other: &Self) {
        self.nonfinite.merge(&other.nonfinite);
        self.overflow.merge(&other.overflow);
        self.outside.merge(&other.outside);
        add(&mut self.underflow, other.underflow);
        add(&mut self.clipped, other.clipped);
        add(&mut self.unnormalized, other.unnormalized);
    }
}

/// Adds the totals of other samples of the same plan; an internal error if they are of another one.
pub(crate) fn merge_all(totals: &mut [Totals], added: &[Totals]) -> Result<(), Error> {
    let [ours, theirs] = [totals.len(), added.len()];
    if ours != theirs {
        return Err(Error::internal(format!("{theirs} totals are added to {ours}")));
    }
    totals.iter_mut().zip(added).try_for_each(|(totals, other)| totals.merge(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::value::ValueFn;
    use crate::statistic::Binning;

    #[test]
    fn totals_of_other_statistics_are_not_merged() {
        let histogram = |bins| Statistic::Histogram { binning: Binning::uniform(false, bins) };
        let sum = Statistic::sum(ValueFn::Error);
        let [mut few, one] = [Totals::empty(&[histogram(2)]), Totals::empty(&[histogram(2)])];
        assert_eq!(few.merge(&one), Ok(()));
        for others in [&[histogram(3)][..], &[sum], &[histogram(2), sum]] {
            let error = few.merge(&Totals::empty(others)).expect_err("other statistics");
            assert!(error.to_string().starts_with("internal error: "), "{error}");
        }
        let error = merge_all(&mut [few], &[]).expect_err("no totals").to_string();
        assert!(error.contains("0 totals are added to 1"), "{error}");
    }
}
