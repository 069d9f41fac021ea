//! The order of scores, and exact sums over it.

use super::groups::{Group, Samples};
use super::statistics::statistics;
use crate::error::Undefined;
use crate::exact::{AnyWeightSum, ProductSum, WeightSum};
use crate::metric::{Arguments, TotalsView};
use crate::statistic::{
    Binning, DoubleSample, Sample, SortedSamples, Statistic, StoredSample, StoredScores,
};
use num_bigint::{BigInt, Sign};
use rayon::prelude::*;
use std::sync::Arc;

/// Groups of samples in the order of scores.
pub struct Ranking<'a> {
    groups: Box<dyn Ordered + 'a>,
    bins: Option<Arc<Vec<Group<AnyWeightSum>>>>,
    /// Sums of weights of all samples by label, in units of the order.
    pub negatives: BigInt,
    pub positives: BigInt,
    /// The exponent of the unit of sums, relative to the unit of weights.
    unit: u32,
}

/// Groups in order, with sums of any type.
trait Ordered {
    /// See [`Ranking::twice_concordant_pairs`].
    fn twice_concordant_pairs(&self) -> BigInt;

    /// See [`Ranking::sum_of_precisions`].
    fn sum_of_precisions(&self) -> BigInt;

    /// See [`Ranking::for_each_threshold`].
    fn for_each_threshold(&self, pass: &mut dyn FnMut(Point));
}

/// The sums of weights above and below a threshold, each rounded once.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Samples with larger scores are above it.
    pub threshold: f64,
    pub false_positives: f64,
    pub true_positives: f64,
    pub true_negatives: f64,
    pub false_negatives: f64,
    /// The sums of the group just above, which distinguish this point from the one before.
    pub added_negatives: f64,
    pub added_positives: f64,
    /// The sums of all samples.
    pub negatives: f64,
    pub positives: f64,
    /// Whether the line through all points has a corner here, or an end: of true against false
    /// positives, and of precision against recall.
    pub is_corner: bool,
    pub is_corner_of_precision: bool,
}

impl Point {
    pub fn false_positive_rate(&self) -> f64 {
        self.false_positives / self.negatives
    }

    pub fn true_positive_rate(&self) -> f64 {
        self.true_positives / self.positives
    }

    pub fn false_negative_rate(&self) -> f64 {
        self.false_negatives / self.positives
    }

    pub fn specificity(&self) -> f64 {
        self.true_negatives / self.negatives
    }

    /// NaN if nothing is ranked above the threshold.
    pub fn precision(&self) -> f64 {
        self.true_positives / (self.true_positives + self.false_positives)
    }
}

impl<'a> Ranking<'a> {
    /// The order of a metric's scores.
    pub fn new(arguments: &Arguments, view: &TotalsView<'a>) -> Result<Self, Undefined> {
        match statistics(arguments)?[..] {
            [Statistic::Scores, ref fallback @ ..] => {
                let scores = view.scores(Statistic::Scores)?;
                match fallback.first() {
                    Some(histogram) if scores.is_dropped() => Self::from_bins(view, *histogram),
                    None if scores.is_dropped() => Err(Undefined::ScoresDropped),
                    _ => Self::from_scores(scores, view.is_weighted()),
                }
            }
            [histogram, ..] => Self::from_bins(view, histogram),
            [] => Err(Undefined::internal("a curve has no statistics")),
        }
    }

    /// The order of sorted scores.
    pub fn from_scores(scores: &'a StoredScores, weighted: bool) -> Result<Self, Undefined> {
        Ok(match scores.sorted()? {
            SortedSamples::Single(samples) => Self::from_sorted(Samples::new(samples, weighted)),
            SortedSamples::Double(samples) => Self::from_sorted(Samples::new(samples, weighted)),
        })
    }

    fn from_sorted<T: OrderedSample + 'a>(samples: Samples<'a, T>) -> Self {
        // Twice a sum has one bit more.
        let bits = samples.bits + 1;
        if bits <= u64::BITS {
            Self::from_samples::<T, u64>(samples)
        } else if bits <= u128::BITS {
            Self::from_samples::<T, u128>(samples)
        } else {
            Self::from_samples::<T, AnyWeightSum>(samples)
        }
    }

    fn from_samples<T: OrderedSample + 'a, S: WeightSum + 'a>(samples: Samples<'a, T>) -> Self {
        let (ranges, all) = samples.ranges::<S>();
        let (negatives, positives) = (all.negatives.to_integer(), all.positives.to_integer());
        let groups = Box::new(Ranges { ranges, all });
        Self { groups, bins: None, negatives, positives, unit: samples.unit() }
    }

    fn from_bins(view: &TotalsView<'a>, histogram: Statistic) -> Result<Self, Undefined> {
        let Statistic::Histogram { binning } = histogram else {
            return Err(Undefined::internal(format!("{histogram} is read as a histogram")));
        };
        let capacity = binning.bins() as usize;
        let (mut numbers, mut groups) =
            (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
        for (bin, [negatives, positives]) in view.bins(histogram)?.rev() {
            numbers.push(bin);
            groups.push(Group { negatives, positives, ..Group::NONE });
        }
        let all = groups.iter().fold(Group::NONE, |all, bin| all.plus(*bin));
        let (negatives, positives) = (all.negatives.to_integer(), all.positives.to_integer());
        let groups = Arc::new(groups);
        let bins = Bins { binning, numbers, groups: groups.clone() };
        let order = Box::new(Ranges { ranges: vec![(bins, Group::NONE)], all });
        Ok(Self { groups: order, bins: Some(groups), negatives, positives, unit: 0 })
    }

    /// The groups of bins, from the highest scores down; none if scores are stored.
    pub fn bins(&self) -> Option<&[Group<AnyWeightSum>]> {
        self.bins.as_ref().map(|bins| bins.as_slice())
    }

    /// The same ranking; fails if no sample of positive weight has label 1.
    pub fn with_positives(self) -> Result<Self, Undefined> {
        match self.positives.sign() {
            Sign::NoSign => Err(Undefined::OneLabel { label: 0 }),
            _ => Ok(self),
        }
    }

    /// The same ranking; fails unless samples of positive weight have both labels.
    pub fn with_both(self) -> Result<Self, Undefined> {
        let ranking = self.with_positives()?;
        match ranking.negatives.sign() {
            Sign::NoSign => Err(Undefined::OneLabel { label: 1 }),
            _ => Ok(ranking),
        }
    }

    /// The weight of samples of label 1, in a unit that is the same for all rankings.
    pub fn support(self) -> BigInt {
        self.positives << self.unit
    }

    /// Twice the weight of the pairs of a sample of label 1 and one of label 0 in which label 1 has
    /// the higher score. Pairs of equal scores count half.
    pub fn twice_concordant_pairs(&self) -> BigInt {
        self.groups.twice_concordant_pairs()
    }

    /// The sum over samples of label 1 of weight × precision at their score, in units of 2^-62.
    pub fn sum_of_precisions(&self) -> BigInt {
        self.groups.sum_of_precisions()
    }

    /// Passes the point of each threshold between groups, the highest first. No sample is above the
    /// first threshold, and all are above the last.
    pub fn for_each_threshold(&self, mut pass: impl FnMut(Point)) {
        self.groups.for_each_threshold(&mut pass);
    }
}

/// Groups that can be passed one by one.
trait Groups<S>: Sync {
    /// Passes each group. Its scores may be missing.
    fn each_group(&self, pass: impl FnMut(Group<S>));

    /// The next number below a score, in the precision of the samples; the smallest number for
    /// itself.
    fn next_below(score: f64) -> f64;

    /// Passes each group with its scores.
    fn each_with_scores(&self, pass: impl FnMut(Group<S>)) {
        self.each_group(pass);
    }
}

impl<T: OrderedSample, S: WeightSum> Groups<S> for Samples<'_, T> {
    fn next_below(score: f64) -> f64 {
        T::next_below(score)
    }

    #[inline(always)]
    fn each_group(&self, pass: impl FnMut(Group<S>)) {
        Samples::each_group(self, pass);
    }
}

/// Bins with their numbers. Their ends are computed only for metrics that need thresholds.
struct Bins<S> {
    binning: Binning,
    numbers: Vec<u32>,
    groups: Arc<Vec<Group<S>>>,
}

impl<S: WeightSum> Groups<S> for Bins<S> {
    fn next_below(score: f64) -> f64 {
        StoredSample::next_below(score)
    }

    fn each_group(&self, pass: impl FnMut(Group<S>)) {
        self.groups.iter().copied().for_each(pass);
    }

    fn each_with_scores(&self, mut pass: impl FnMut(Group<S>)) {
        for (&bin, &group) in self.numbers.iter().zip(self.groups.iter()) {
            let below = bin.checked_sub(1).map(|below| self.binning.max_of_bin(below));
            let min = below.map_or(f32::MIN, f32::next_up);
            let scores = [min, self.binning.max_of_bin(bin)].map(f64::from);
            pass(Group { scores, ..group });
        }
    }
}

/// Ranges of groups, each with the sums of the groups before it, and the sums of all groups.
struct Ranges<G, S> {
    ranges: Vec<(G, Group<S>)>,
    all: Group<S>,
}

impl<S: WeightSum, G: Groups<S>> Ranges<G, S> {
    /// Sums the terms of all groups. A term depends on the group and on the sums above it.
    #[inline(always)]
    fn sum(&self, add: impl Fn(&mut ProductSum, Group<S>, Group<S>) + Sync) -> BigInt {
        let sums = self.ranges.par_iter().map(|(groups, before)| {
            let (mut sum, mut above) = (ProductSum::default(), *before);
            groups.each_group(|group| {
                add(&mut sum, above, group);
                above = above.plus(group);
            });
            sum
        });
        let merged = |mut sum: ProductSum, other: ProductSum| {
            sum.merge(&other);
            sum
        };
        sums.reduce(ProductSum::default, merged).to_integer()
    }
}

impl<S: WeightSum, G: Groups<S>> Ordered for Ranges<G, S> {
    fn twice_concordant_pairs(&self) -> BigInt {
        // The samples of label 0 in a group form pairs with the samples of label 1 above it, which
        // are in order, and with those in the group, which count half.
        self.sum(|sum, above, group| {
            let twice = above.positives.plus(above.positives).plus(group.positives);
            sum.add(group.negatives, twice);
        })
    }

    fn sum_of_precisions(&self) -> BigInt {
        self.sum(|sum, above, group| {
            if !group.positives.is_zero() {
                let Group { negatives, positives, .. } = above.plus(group);
                sum.add_times(group.positives, positives.share_of(positives.plus(negatives)));
            }
        })
    }

    fn for_each_threshold(&self, pass: &mut dyn FnMut(Point)) {
        let mut walk = Walk { above: Group::NONE, last: None, all: self.all };
        for (groups, _) in &self.ranges {
            groups.each_with_scores(|group| {
                pass(walk.point(Some(group), G::next_below));
                walk = Walk { above: walk.above.plus(group), last: Some(group), ..walk };
            });
        }
        pass(walk.point(None, G::next_below));
    }
}

/// A sample between whose scores there are thresholds.
trait OrderedSample: Sample {
    /// See [`Groups::next_below`].
    fn next_below(score: f64) -> f64;
}

impl OrderedSample for StoredSample {
    /// Skips subnormal numbers, which count as zero.
    fn next_below(score: f64) -> f64 {
        let next = match (score as f32).next_down() {
            f32::NEG_INFINITY => f32::MIN,
            next if next.is_normal() || next == 0.0 => next,
            _ if score > 0.0 => 0.0,
            _ => -f32::MIN_POSITIVE,
        };
        next.into()
    }
}

impl OrderedSample for DoubleSample {
    fn next_below(score: f64) -> f64 {
        score.next_down().max(f64::MIN)
    }
}

/// The state of a walk over groups, between two of them.
#[derive(Clone, Copy)]
struct Walk<S> {
    above: Group<S>,
    last: Option<Group<S>>,
    all: Group<S>,
}

impl<S: WeightSum> Walk<S> {
    /// The point between the last group and the next.
    #[inline(always)]
    fn point(&self, next: Option<Group<S>>, next_below: fn(f64) -> f64) -> Point {
        let &Self { above, last, all } = self;
        let added = last.unwrap_or(Group::NONE);
        let threshold = match next {
            Some(Group { scores: [_, largest], .. }) => largest,
            None => next_below(above.scores[0]),
        };
        let (is_corner, is_corner_of_precision) = match (last, next) {
            (Some(last), Some(next)) => {
                // Precision does not change if the added group has the same shares as all above it.
                let straight = last.positives.is_zero() && next.positives.is_zero()
                    || above.is_like(&last) && above.is_like(&next);
                (!last.is_like(&next), !straight)
            }
            _ => (true, true),
        };
        Point {
            threshold,
            false_positives: above.negatives.to_f64(),
            true_positives: above.positives.to_f64(),
            true_negatives: all.negatives.minus(above.negatives).to_f64(),
            false_negatives: all.positives.minus(above.positives).to_f64(),
            added_negatives: added.negatives.to_f64(),
            added_positives: added.positives.to_f64(),
            negatives: all.negatives.to_f64(),
            positives: all.positives.to_f64(),
            is_corner,
            is_corner_of_precision,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::StoredSample;

    /// Weights that span about the width of either integer type, in bits.
    #[test]
    fn sums_fit_the_integers_that_are_chosen_for_them() {
        for span in (1_u32..140).filter(|span| (30..50).contains(span) || *span > 90) {
            let largest = f32::from_bits((127 + 20) << 23 | 0x7f_ffff);
            let weights =
                [largest, 2_f32.powi(20 - span as i32), largest, largest, largest, largest];
            let samples = weights.iter().enumerate().map(|(index, weight)| {
                let score = (index % 4) as f32;
                StoredSample::new(score.to_bits(), index % 2 == 1, weight.to_bits())
            });
            let mut scores: StoredScores = samples.collect();
            scores.sort();
            let chosen = Ranking::from_scores(&scores, true).expect("sorted scores");
            let Ok(SortedSamples::Single(sorted)) = scores.sorted() else { panic!("not sorted") };
            let samples = Samples::new(sorted, true);
            let widest = Ranking::from_samples::<_, AnyWeightSum>(samples);
            assert_eq!(chosen.positives, widest.positives, "2^-{span}");
            assert_eq!(
                chosen.twice_concordant_pairs(),
                widest.twice_concordant_pairs(),
                "2^-{span}"
            );
            assert_eq!(chosen.sum_of_precisions(), widest.sum_of_precisions(), "2^-{span}");
        }
    }
}
