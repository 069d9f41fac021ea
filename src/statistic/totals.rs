//! The totals of a plan: plain integers, so that merging is addition and equality is by bits.

use super::{CalibrationBin, Cells, Confusion, Extremes, Statistic, StoredScores};
use crate::exact::ExactSum;
use serde::{Deserialize, Serialize};

/// The same total over all samples and over those with positive weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair<T> {
    /// Every sample once.
    pub unweighted: T,
    /// Samples of positive weight; sums are multiplied by the weight.
    pub weighted: T,
}

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
    pub invalid_label: Pair<u64>,
    /// Σw over samples with a valid label.
    pub sum: ExactSum,
    /// Σw² over samples with a valid label.
    pub square_sum: ExactSum,
}

/// Samples that a statistic left out, or flushed to zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Prediction or truth NaN or infinite.
    pub nonfinite: Pair<u64>,
    /// The value is too large for an `f32`.
    pub overflow: Pair<u64>,
    /// The inputs lie outside the domain of the value.
    pub outside: Pair<u64>,
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

/// Defines the accumulators of statistics.
macro_rules! accumulators {
    ($($(#[$doc:meta])* $name:ident($content:ty),)*) => {
        /// The accumulated data of a statistic. Several kinds may have the same type.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Accumulator {
            $($(#[$doc])* $name($content),)*
        }

        impl Accumulator {
            /// Adds the total of other samples of the same statistic.
            pub(crate) fn merge(&mut self, other: &Self) {
                match (self, other) {
                    $((Self::$name(content), Self::$name(other)) => content.merge(other),)*
                    _ => debug_assert!(false, "totals of different plans"),
                }
            }

            /// Whether samples can have produced it, where no samples produce `empty`.
            fn is_valid_for(&self, empty: &Self) -> bool {
                match (self, empty) {
                    $((Self::$name(content), Self::$name(empty)) => content.is_valid_for(empty),)*
                    _ => false,
                }
            }
        }

        $(
            impl From<$content> for Accumulator {
                fn from(content: $content) -> Self {
                    Self::$name(content)
                }
            }

            impl Content for $content {
                #[inline(always)]
                fn of(accumulator: &mut Accumulator) -> Option<&mut Self> {
                    match accumulator {
                        Accumulator::$name(content) => Some(content),
                        _ => None,
                    }
                }
            }
        )*
    };
}

accumulators! {
    /// An exact sum.
    Sum(Pair<ExactSum>),
    /// The bits of the largest value; 0 if there was none.
    Maximum(Pair<u32>),
    /// The largest and the smallest value.
    Extremes(Extremes),
    /// A binary confusion count.
    Confusion(Confusion),
    /// One entry for each bin of a calibration.
    Calibration(Vec<CalibrationBin>),
    /// Counts by class, or by bin and label.
    Cells(Cells),
    /// Stored scores.
    Scores(StoredScores),
}

/// Data that is merged by addition.
pub(crate) trait Merge {
    /// Adds the data of other samples of the same statistic.
    fn merge(&mut self, other: &Self);

    /// Whether samples can have produced it, where no samples produce `empty`: a state may come
    /// from a file.
    fn is_valid_for(&self, _empty: &Self) -> bool {
        true
    }
}

/// The content of an [`Accumulator`].
pub(crate) trait Content: Merge + Into<Accumulator> + Sized {
    /// The content of an accumulator, if it has this type.
    fn of(accumulator: &mut Accumulator) -> Option<&mut Self>;
}

impl Totals {
    /// The totals of no samples, for these statistics.
    pub fn empty(statistics: &[Statistic]) -> Self {
        let total =
            |statistic: &Statistic| Total { faults: Faults::default(), content: statistic.empty() };
        Self { weights: Weights::default(), statistics: statistics.iter().map(total).collect() }
    }

    /// Adds the totals of other samples of the same plan. Counts saturate at `u64::MAX`, which no
    /// real data reaches, but totals read from files may.
    pub fn merge(&mut self, other: &Self) {
        self.weights.merge(&other.weights);
        for (total, other) in self.statistics.iter_mut().zip(&other.statistics) {
            total.faults.merge(&other.faults);
            total.content.merge(&other.content);
        }
        self.clear_faults_of_dropped();
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

    /// Totals of no samples, with weights and faults only.
    pub(crate) fn nothing(statistics: &[Statistic]) -> Self {
        let statistics = statistics.iter().map(|_| Total::of_faults(Faults::default()));
        Self { weights: Weights::default(), statistics: statistics.collect() }
    }

    /// The same weights and faults, which a report needs, without accumulated content.
    pub(crate) fn without_content(&self) -> Self {
        let statistics = self.statistics.iter().map(|total| Total::of_faults(total.faults));
        Self { weights: self.weights, statistics: statistics.collect() }
    }

    /// Sorts stored scores into canonical order.
    pub(crate) fn settle(&mut self) {
        self.scores().for_each(StoredScores::settle);
    }

    /// Makes room for the stored scores of `samples` more samples.
    pub(crate) fn reserve_scores(&mut self, samples: usize) {
        self.scores().for_each(|scores| scores.reserve(samples));
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
        Self { faults, content: Accumulator::Sum(Pair::default()) }
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
        self.invalid_label.merge(other.invalid_label);
        self.sum.merge(&other.sum);
        self.square_sum.merge(&other.square_sum);
    }
}

impl Faults {
    fn merge(&mut self, other: &Self) {
        self.nonfinite.merge(other.nonfinite);
        self.overflow.merge(other.overflow);
        self.outside.merge(other.outside);
        add(&mut self.underflow, other.underflow);
        add(&mut self.clipped, other.clipped);
        add(&mut self.unnormalized, other.unnormalized);
    }
}

/// Adds two counts. Real counts do not overflow, but a state may come from a file.
pub(super) fn add(count: &mut u64, other: u64) {
    *count = count.saturating_add(other);
}

impl Pair<u64> {
    fn merge(&mut self, other: Self) {
        add(&mut self.unweighted, other.unweighted);
        add(&mut self.weighted, other.weighted);
    }

    /// Counts one sample; on the weighted side only if its weight is positive.
    pub fn count(&mut self, in_weighted: bool) {
        self.unweighted += 1;
        self.weighted += u64::from(in_weighted);
    }
}
