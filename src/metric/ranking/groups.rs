//! Samples in groups that no threshold tells apart, those of the highest scores first.

use crate::exact::{WeightSum, place};
use crate::statistic::bits::ONE;
use crate::statistic::{StoredSample, StoredScores};
use rayon::prelude::*;

/// Samples that have the same score, or whose scores share a bin.
#[derive(Clone, Copy, Debug)]
pub struct Group<S> {
    /// The score; none of a bin, whose samples have several.
    pub score: Option<f32>,
    /// Sums of their weights by label.
    pub negatives: S,
    pub positives: S,
}

impl<S: WeightSum> Group<S> {
    /// A group that weighs nothing.
    pub const NONE: Self = Self { score: None, negatives: S::ZERO, positives: S::ZERO };

    /// The sums of both.
    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        let (negatives, positives) =
            (self.negatives.plus(other.negatives), self.positives.plus(other.positives));
        Self { score: other.score, negatives, positives }
    }
}

/// Stored samples in order, as one side sees them.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    samples: &'a [StoredSample],
    weighted: bool,
    /// How many places the unit of sums stands above the last bit of the smallest weight there is.
    unit: u32,
    /// Bits that the sum of all weights may have.
    pub bits: u32,
}

/// Samples that are taken at a time by one thread.
const RANGE: usize = 1 << 15;

impl<'a> Samples<'a> {
    pub fn new(scores: &'a StoredScores, weighted: bool) -> Self {
        let samples = scores.samples();
        let positions = |weight: u32| [place(weight).1; 2];
        let [least, most] = match weighted {
            false => positions(ONE),
            true => samples
                .par_chunks(RANGE)
                .map(|samples| {
                    samples.iter().fold([u32::MAX, 0], |[least, most], sample| {
                        let weight = sample.weight();
                        let position = place(weight).1;
                        let least = if weight == 0 { least } else { least.min(position) };
                        [least, most.max(position)]
                    })
                })
                .reduce(|| [u32::MAX, 0], |[a, b], [c, d]| [a.min(c), b.max(d)]),
        };
        let unit = least.min(most);
        let of_count = usize::BITS - samples.len().leading_zeros();
        Self { samples, weighted, unit, bits: most - unit + 24 + of_count }
    }

    /// How many places the unit of sums stands above that of the smallest of all weights.
    pub fn unit(&self) -> u32 {
        self.unit
    }

    /// The samples in ranges, of which none divides a group, the highest scores first; with the sums of all
    /// before each.
    pub fn ranges<S: WeightSum>(&self) -> (Vec<(Self, Group<S>)>, Group<S>) {
        let mut ranges = Vec::new();
        let mut rest = self.samples;
        while !rest.is_empty() {
            let mut start = rest.len().saturating_sub(RANGE);
            while start > 0 && rest[start - 1].key() == rest[start].key() {
                start -= 1;
            }
            let (others, range) = rest.split_at(start);
            ranges.push(Self { samples: range, ..*self });
            rest = others;
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

    #[inline(always)]
    fn weight<S: WeightSum>(&self, sample: StoredSample) -> S {
        let (mantissa, position) = place(if self.weighted { sample.weight() } else { ONE });
        // A weight of zero has no bits, wherever they stand.
        S::placed(mantissa, position.saturating_sub(self.unit))
    }

    fn sum<S: WeightSum>(&self) -> Group<S> {
        let mut sums = [S::ZERO; 2];
        for &sample in self.samples {
            let sum = &mut sums[sample.label()];
            *sum = sum.plus(self.weight(sample));
        }
        Group { score: None, negatives: sums[0], positives: sums[1] }
    }

    /// Passes each group that weighs anything, the highest scores first.
    #[inline(always)]
    pub fn each_group<S: WeightSum>(&self, mut pass: impl FnMut(Group<S>)) {
        let mut rest = self.samples;
        while let [others @ .., last] = rest {
            let mut sums = [S::ZERO; 2];
            sums[last.label()] = self.weight(*last);
            rest = others;
            while let [others @ .., next] = rest
                && next.key() == last.key()
            {
                let sum = &mut sums[next.label()];
                *sum = sum.plus(self.weight(*next));
                rest = others;
            }
            let [negatives, positives] = sums;
            if !negatives.is_zero() || !positives.is_zero() {
                pass(Group { score: Some(last.score()), negatives, positives });
            }
        }
    }
}
