//! The order of scores, and the sums over it that must be exact.

use super::super::{Arguments, Side};
use super::groups::{Group, Samples};
use super::statistics;
use crate::error::Undefined;
use crate::exact::{AnyWeightSum, ProductSum, WeightSum};
use crate::statistic::{Statistic, StoredScores};
use num_bigint::{BigInt, Sign};
use rayon::prelude::*;

/// Groups of samples in the order of scores.
pub struct Ranking<'a> {
    order: Order<'a>,
    /// Sums of weights of all samples by label, in units of the order.
    pub negatives: BigInt,
    pub positives: BigInt,
}

enum Order<'a> {
    /// Samples by themselves, whose sums have no more bits than a narrow integer.
    Few(Ranges<'a, u128>),
    Any(Ranges<'a, AnyWeightSum>),
    /// Bins, those of the highest scores first.
    Bins(Vec<Group<AnyWeightSum>>),
}

/// Ranges of samples and the sums of all before each, and those of all.
type Ranges<'a, S> = (Vec<(Samples<'a>, Group<S>)>, Group<S>);

/// What is ranked above a threshold: sums of weights, each rounded once.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The least score above; none of bins.
    pub score: Option<f32>,
    pub false_positives: f64,
    pub true_positives: f64,
    /// Those of all samples.
    pub negatives: f64,
    pub positives: f64,
}

impl Point {
    pub fn false_positive_rate(&self) -> f64 {
        self.false_positives / self.negatives
    }

    pub fn true_positive_rate(&self) -> f64 {
        self.true_positives / self.positives
    }

    pub fn precision(&self) -> f64 {
        self.true_positives / (self.true_positives + self.false_positives)
    }
}

impl<'a> Ranking<'a> {
    /// The order of a metric's scores.
    pub fn of(arguments: &Arguments, side: &Side<'a>) -> Result<Self, Undefined> {
        match statistics(arguments)[..] {
            [Statistic::Scores, ref fallback @ ..] => {
                let scores = side.scores(Statistic::Scores)?;
                match fallback.first() {
                    Some(histogram) if scores.is_dropped() => Self::of_bins(side, *histogram),
                    None if scores.is_dropped() => Err(Undefined::ScoresDropped),
                    _ => Ok(Self::of_scores(scores, side.is_weighted())),
                }
            }
            [histogram, ..] => Self::of_bins(side, histogram),
            [] => Err(Undefined::NoSamples),
        }
    }

    /// The order of scores that are settled.
    pub fn of_scores(scores: &'a StoredScores, weighted: bool) -> Self {
        let samples = Samples::new(scores, weighted);
        // Twice a sum has one bit more.
        if samples.bits < u128::BITS {
            let (ranges, all) = samples.ranges();
            Self::over(Order::Few((ranges, all)), all)
        } else {
            let (ranges, all) = samples.ranges();
            Self::over(Order::Any((ranges, all)), all)
        }
    }

    fn of_bins(side: &Side<'a>, histogram: Statistic) -> Result<Self, Undefined> {
        let group =
            |[negatives, positives]: [AnyWeightSum; 2]| Group { score: None, negatives, positives };
        let bins: Vec<_> = side.bins(histogram)?.map(group).rev().collect();
        let all = bins.iter().fold(Group::NONE, |all, bin| all.plus(*bin));
        Ok(Self::over(Order::Bins(bins), all))
    }

    fn over<S: WeightSum>(order: Order<'a>, all: Group<S>) -> Self {
        let (negatives, positives) = (all.negatives.to_integer(), all.positives.to_integer());
        Self { order, negatives, positives }
    }

    /// The groups of bins, those of the highest scores first; none of scores by themselves.
    pub fn bins(&self) -> Option<&[Group<AnyWeightSum>]> {
        match &self.order {
            Order::Bins(bins) => Some(bins),
            Order::Few(_) | Order::Any(_) => None,
        }
    }

    /// The same, if there is weight of label 1.
    pub fn with_positives(self) -> Result<Self, Undefined> {
        match self.positives.sign() {
            Sign::NoSign => Err(Undefined::OneLabel { label: 0 }),
            _ => Ok(self),
        }
    }

    /// The same, if there is weight of both labels.
    pub fn with_both(self) -> Result<Self, Undefined> {
        let ranking = self.with_positives()?;
        match ranking.negatives.sign() {
            Sign::NoSign => Err(Undefined::OneLabel { label: 1 }),
            _ => Ok(ranking),
        }
    }

    /// The weight of samples of label 1, in units that are the same for all.
    pub fn support(self) -> BigInt {
        let unit = match &self.order {
            Order::Few((ranges, _)) => ranges.first().map_or(0, |(samples, _)| samples.unit()),
            Order::Any((ranges, _)) => ranges.first().map_or(0, |(samples, _)| samples.unit()),
            Order::Bins(_) => 0,
        };
        self.positives << unit
    }

    /// Pairs of samples of either label, in weights: twice those that are in order, where half of those
    /// that are equal count.
    pub fn twice_ordered_pairs(&self) -> BigInt {
        match &self.order {
            Order::Few(ranges) => over_ranges(ranges, add_ordered_pairs),
            Order::Any(ranges) => over_ranges(ranges, add_ordered_pairs),
            Order::Bins(bins) => over_bins(bins, add_ordered_pairs),
        }
    }

    /// The precision at each sample of label 1, in units of a 2^62nd, times its weight.
    pub fn sum_of_precisions(&self) -> BigInt {
        match &self.order {
            Order::Few(ranges) => over_ranges(ranges, add_precision),
            Order::Any(ranges) => over_ranges(ranges, add_precision),
            Order::Bins(bins) => over_bins(bins, add_precision),
        }
    }

    /// What is ranked above the end of each group, the highest scores first; there is weight of both labels.
    pub fn each_point(&self, mut pass: impl FnMut(Point)) {
        match &self.order {
            Order::Few(ranges) => points_of_ranges(ranges, &mut pass),
            Order::Any(ranges) => points_of_ranges(ranges, &mut pass),
            Order::Bins(bins) => {
                let all = bins.iter().fold(Group::NONE, |all, bin| all.plus(*bin));
                let mut above = Group::NONE;
                for bin in bins {
                    above = above.plus(*bin);
                    pass(point(above, all));
                }
            }
        }
    }
}

#[inline(always)]
fn point<S: WeightSum>(above: Group<S>, all: Group<S>) -> Point {
    Point {
        score: above.score,
        false_positives: above.negatives.to_f64(),
        true_positives: above.positives.to_f64(),
        negatives: all.negatives.to_f64(),
        positives: all.positives.to_f64(),
    }
}

fn points_of_ranges<S: WeightSum>((ranges, all): &Ranges<'_, S>, mut pass: impl FnMut(Point)) {
    for (samples, before) in ranges {
        let mut above = *before;
        samples.each_group(|group| {
            above = above.plus(group);
            pass(point(above, *all));
        });
    }
}

/// Adds what a group adds to a sum, from what is ranked above it.
type AddGroup<S> = fn(&mut ProductSum, Group<S>, Group<S>);

/// Pairs of its samples of label 0 with what is ranked above it, the samples of label 1 there being right,
/// and with its own, of which half are.
#[inline(always)]
fn add_ordered_pairs<S: WeightSum>(sum: &mut ProductSum, above: Group<S>, group: Group<S>) {
    let twice = above.positives.plus(above.positives).plus(group.positives);
    sum.add(group.negatives, twice);
}

#[inline(always)]
fn add_precision<S: WeightSum>(sum: &mut ProductSum, above: Group<S>, group: Group<S>) {
    if !group.positives.is_zero() {
        let Group { negatives, positives, .. } = above.plus(group);
        sum.add_times(group.positives, positives.share_of(positives.plus(negatives)));
    }
}

#[inline(always)]
fn over_ranges<S: WeightSum>(
    (ranges, _): &Ranges<'_, S>,
    add: impl Fn(&mut ProductSum, Group<S>, Group<S>) + Sync,
) -> BigInt {
    let sums = ranges.par_iter().map(|(samples, before)| {
        let (mut sum, mut above) = (ProductSum::default(), *before);
        samples.each_group(|group| {
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

fn over_bins<S: WeightSum>(bins: &[Group<S>], add: AddGroup<S>) -> BigInt {
    let (mut sum, mut above) = (ProductSum::default(), Group::NONE);
    for &bin in bins {
        add(&mut sum, above, bin);
        above = above.plus(bin);
    }
    sum.to_integer()
}
