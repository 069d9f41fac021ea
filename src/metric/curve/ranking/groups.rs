//! Groups of samples that no threshold separates, the highest scores first.

use crate::error::Undefined;
use crate::exact::{ProductSum, WeightSum, place};
use crate::kernel::bits::ONE;
use crate::statistic::{StoredSample, StoredScores};
use rayon::prelude::*;

/// Samples that have the same score, or whose scores share a bin.
#[derive(Clone, Copy, Debug)]
pub struct Group<S> {
    /// The least and the largest score that such samples have, or may have; infinite if they are
    /// not known.
    pub scores: [f32; 2],
    /// Sums of their weights by label.
    pub negatives: S,
    pub positives: S,
}

impl<S: WeightSum> Group<S> {
    /// A group that weighs nothing.
    pub const NONE: Self =
        Self { scores: [f32::INFINITY; 2], negatives: S::ZERO, positives: S::ZERO };

    /// The sums of this one and the next, with the scores of the latter.
    #[inline(always)]
    pub fn plus(self, next: Self) -> Self {
        let (negatives, positives) =
            (self.negatives.plus(next.negatives), self.positives.plus(next.positives));
        Self { negatives, positives, ..next }
    }

    /// Whether label 0 and label 1 have the same share in another group.
    #[inline(always)]
    pub fn is_like(&self, other: &Self) -> bool {
        let [ours, theirs] =
            [(self, other), (other, self)].map(|(a, b)| ProductSum::of(a.negatives, b.positives));
        ours == theirs
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
    pub fn new(scores: &'a StoredScores, weighted: bool) -> Result<Self, Undefined> {
        let samples = scores.sorted()?;
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
        Ok(Self { samples, weighted, unit, bits: most - unit + 24 + of_count })
    }

    /// The distance, in bits, of the unit of sums from the unit of the smallest weight.
    pub fn unit(&self) -> u32 {
        self.unit
    }

    /// The samples in ranges, of which none divides a group, the highest scores first; with the
    /// sums of all before each.
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

    fn sum<S: WeightSum>(&self) -> Group<S> {
        let sum_of = |weigh: fn(StoredSample) -> u32| {
            let [mut negatives, mut positives] = [S::ZERO; 2];
            for &sample in self.samples {
                let custom: [S; 2] = by_label(sample, weigh(sample), self.unit);
                (negatives, positives) = (negatives.plus(custom[0]), positives.plus(custom[1]));
            }
            Group { negatives, positives, ..Group::NONE }
        };
        if self.weighted { sum_of(StoredSample::weight) } else { sum_of(|_| ONE) }
    }

    /// Passes each group that weighs anything, the highest scores first.
    #[inline(always)]
    pub fn each_group<S: WeightSum>(&self, pass: impl FnMut(Group<S>)) {
        if self.weighted {
            self.each_group_by(StoredSample::weight, pass);
        } else {
            self.each_group_by(|_| ONE, pass);
        }
    }

    #[inline(always)]
    fn each_group_by<S: WeightSum>(
        &self,
        weigh: impl Fn(StoredSample) -> u32,
        mut pass: impl FnMut(Group<S>),
    ) {
        let mut rest = self.samples;
        while let [others @ .., last] = rest {
            let [mut negatives, mut positives]: [S; 2] = by_label(*last, weigh(*last), self.unit);
            rest = others;
            while let [others @ .., next] = rest
                && next.key() == last.key()
            {
                let custom: [S; 2] = by_label(*next, weigh(*next), self.unit);
                (negatives, positives) = (negatives.plus(custom[0]), positives.plus(custom[1]));
                rest = others;
            }
            if !negatives.is_zero() || !positives.is_zero() {
                pass(Group { scores: [last.score(); 2], negatives, positives });
            }
        }
    }
}

/// What a sample weighs as one of label 0, and as one of label 1.
#[inline(always)]
fn by_label<S: WeightSum>(sample: StoredSample, weight: u32, unit: u32) -> [S; 2] {
    let (mantissa, position) = place(weight);
    // Bits, not branches: nobody can foresee a label. A weight of zero has none, wherever they
    // stand.
    let of_label = 0_u32.wrapping_sub(sample.label() as u32);
    let position = position.saturating_sub(unit);
    [mantissa & !of_label, mantissa & of_label].map(|mantissa| S::placed(mantissa, position))
}
