//! Groups of samples that no threshold separates, the highest scores first.

use crate::exact::{MIN_PLACE, ProductSum, WeightSum};
use crate::statistic::Sample;
use rayon::prelude::*;

/// Samples that have the same score, or whose scores share a bin.
#[derive(Clone, Copy, Debug)]
pub struct Group<S> {
    /// The smallest and the largest score that its samples may have; infinite if unknown.
    pub scores: [f64; 2],
    /// Sums of their weights by label.
    pub negatives: S,
    pub positives: S,
}

impl<S: WeightSum> Group<S> {
    /// A group of weight 0.
    pub const NONE: Self =
        Self { scores: [f64::INFINITY; 2], negatives: S::ZERO, positives: S::ZERO };

    /// The sums of this group and the next, with the scores of the next.
    #[inline(always)]
    pub fn plus(self, next: Self) -> Self {
        let (negatives, positives) =
            (self.negatives.plus(next.negatives), self.positives.plus(next.positives));
        Self { negatives, positives, ..next }
    }

    /// Whether both labels have the same shares of the weight as in another group.
    #[inline(always)]
    pub fn is_like(&self, other: &Self) -> bool {
        let [one, two] =
            [(self, other), (other, self)].map(|(a, b)| ProductSum::of(a.negatives, b.positives));
        one == two
    }
}

/// Stored samples in order, with their weights or, unweighted, with weight 1.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a, T> {
    samples: &'a [T],
    weighted: bool,
    /// The exponent of the unit of sums, relative to the unit of weights.
    unit: u32,
    /// The largest number of bits of a sum of weights, in that unit.
    pub bits: u32,
}

/// Samples that a thread processes at a time.
const RANGE: usize = 1 << 15;

/// The mantissa and the position of the weight of a sample, if all weights are 1.
const ONE: (u64, u32) = (1, MIN_PLACE + 149);

impl<'a, T: Sample> Samples<'a, T> {
    /// Samples in canonical order.
    pub fn new(samples: &'a [T], weighted: bool) -> Self {
        let [min, max] = match weighted {
            false => [ONE.1; 2],
            true => samples
                .par_chunks(RANGE)
                .map(|samples| {
                    samples.iter().fold([u32::MAX, 0], |[min, max], sample| {
                        let (mantissa, position) = sample.weight_parts();
                        let min = if mantissa == 0 { min } else { min.min(position) };
                        [min, max.max(position)]
                    })
                })
                .reduce(|| [u32::MAX, 0], |[a, b], [c, d]| [a.min(c), b.max(d)]),
        };
        let unit = min.min(max);
        let carries = usize::BITS - samples.len().leading_zeros();
        let mantissa_bits = if weighted { T::MANTISSA_BITS } else { 1 };
        Self { samples, weighted, unit, bits: max - unit + mantissa_bits + carries }
    }

    /// The exponent of the unit of sums, relative to the unit of weights.
    pub fn unit(&self) -> u32 {
        self.unit
    }

    /// The samples in ranges that keep groups whole, the highest scores first, each with the sums
    /// of the samples before it; and the sums of all samples.
    pub fn ranges<S: WeightSum>(&self) -> (Vec<(Self, Group<S>)>, Group<S>) {
        let mut ranges = Vec::new();
        let mut rest = self.samples;
        while !rest.is_empty() {
            let mut start = rest.len().saturating_sub(RANGE);
            while start > 0 && rest[start - 1].key() == rest[start].key() {
                start -= 1;
            }
            let (lower, range) = rest.split_at(start);
            ranges.push(Self { samples: range, ..*self });
            rest = lower;
        }
        let sums: Vec<_> = ranges.par_iter().map(Self::sum).collect();
        let mut before = Group::NONE;
        let with_sums = ranges.into_iter().zip(sums).map(|(range, sum)| {
            let start = before;
            before = before.plus(sum);
            (range, start)
        });
        let ranges = with_sums.collect();
        (ranges, before)
    }

    fn sum<S: WeightSum>(&self) -> Group<S> {
        let sum_of = |weigh: fn(T) -> (u64, u32)| {
            let [mut negatives, mut positives] = [S::ZERO; 2];
            for &sample in self.samples {
                let [negative, positive]: [S; 2] = by_label(sample, weigh(sample), self.unit);
                (negatives, positives) = (negatives.plus(negative), positives.plus(positive));
            }
            Group { negatives, positives, ..Group::NONE }
        };
        if self.weighted { sum_of(T::weight_parts) } else { sum_of(|_| ONE) }
    }

    /// Passes each group of positive weight, the highest scores first.
    #[inline(always)]
    pub fn each_group<S: WeightSum>(&self, pass: impl FnMut(Group<S>)) {
        if self.weighted {
            self.each_group_by(T::weight_parts, pass);
        } else {
            self.each_group_by(|_| ONE, pass);
        }
    }

    #[inline(always)]
    fn each_group_by<S: WeightSum>(
        &self,
        weigh: impl Fn(T) -> (u64, u32),
        mut pass: impl FnMut(Group<S>),
    ) {
        let mut rest = self.samples;
        while let [lower @ .., last] = rest {
            let [mut negatives, mut positives]: [S; 2] = by_label(*last, weigh(*last), self.unit);
            rest = lower;
            while let [lower @ .., next] = rest
                && next.key() == last.key()
            {
                let [negative, positive]: [S; 2] = by_label(*next, weigh(*next), self.unit);
                (negatives, positives) = (negatives.plus(negative), positives.plus(positive));
                rest = lower;
            }
            if !negatives.is_zero() || !positives.is_zero() {
                pass(Group { scores: [last.score(); 2], negatives, positives });
            }
        }
    }
}

/// The weight of a sample for label 0 and for label 1: one of them is 0.
#[inline(always)]
fn by_label<S: WeightSum>(
    sample: impl Sample,
    (mantissa, position): (u64, u32),
    unit: u32,
) -> [S; 2] {
    // A mask instead of a branch, since labels are unpredictable. The position of a weight of 0
    // does not matter.
    let is_positive = 0_u64.wrapping_sub(sample.label() as u64);
    let position = position.saturating_sub(unit);
    [mantissa & !is_positive, mantissa & is_positive].map(|mantissa| S::placed(mantissa, position))
}
