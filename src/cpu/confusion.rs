//! Counts of a block per label and side of the threshold.

use super::add_blocks::{AddBlocks, Place, Work};
use super::block_sum::{self, BitRange, numbers};
use super::cells::{is_double_nonfinite, is_nonfinite, leave_out_nonfinite};
use super::double::DoubleBlock;
use super::double::{self, DoubleWork};
use super::histogram::counted_threshold;
use super::normalize::Block;
use crate::exact::ExactSum;
use crate::kernel::bits::{ONE, flushed, ordered};
use crate::statistic::confusion::Kind;
use crate::statistic::{Confusion, Faults};

impl AddBlocks for Kind {
    /// Whether a histogram also computes this confusion count.
    type Partial = bool;

    fn begin(&self, place: Place<'_>) -> bool {
        counted_threshold(place).is_some_and(|counted| counted.confusion == place.index)
    }

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Confusion,
        is_counted_elsewhere: &mut bool,
        work: Work<'_, '_>,
    ) {
        let Work { block, value, faults, .. } = work;
        if !*is_counted_elsewhere {
            add_confusion(total, block, self.threshold.single, value, faults);
        } else if block.flags.is_some() {
            count_nonfinite(block, faults);
        }
        if self.probabilities {
            // Unsigned, so that negative numbers are above 1, too.
            let mut max = 0;
            for &score in block.prediction {
                max = score.max(max);
            }
            if max > ONE {
                count_outside(block, faults);
            }
        }
    }

    /// No histogram computes this count in double precision.
    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Confusion,
        _: &mut bool,
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, value: selected, factor: cell, faults } = work;
        let threshold = self.threshold.double;
        for ((cell, &score), &label) in cell.iter_mut().zip(block.prediction).zip(block.truth) {
            *cell = 2.0 * label + if score > threshold { 1.0 } else { 0.0 };
        }
        if block.flags.is_some() {
            for (index, cell) in cell.iter_mut().enumerate() {
                if is_double_nonfinite(block, index, faults) {
                    *cell = f64::NAN;
                }
            }
        }
        if self.probabilities {
            let mut outside = 0_u64;
            for &score in block.prediction {
                outside |= u64::from(!is_probability(score));
            }
            if outside != 0 {
                count_double_outside(block, faults);
            }
        }
        let mut counts = [0; 4];
        for &cell in &*cell {
            for (index, count) in counts.iter_mut().enumerate() {
                *count += u64::from(cell == index as f64);
            }
        }
        let sums = match block.weight {
            None => counts.map(ExactSum::from_count),
            Some(weight) => double::sums_by_cell(cell, weight, counts, block.weights, selected),
        };
        for index in 0..4 {
            total.counts[index] += counts[index];
            total.weights[index].merge(&sums[index]);
        }
    }
}

/// Counts the samples of a block per label and side of the threshold.
#[inline(always)]
fn add_confusion(
    confusion: &mut Confusion,
    block: &Block<'_>,
    threshold: f32,
    cell: &mut [u32],
    faults: &mut Faults,
) {
    let threshold = ordered(flushed(threshold.to_bits()));
    for ((cell, &score), &label) in cell.iter_mut().zip(block.prediction).zip(block.truth) {
        let positive = u32::from(ordered(score) > threshold);
        *cell = 2 * u32::from(label == ONE) + positive;
    }
    if block.flags.is_some() {
        leave_out_nonfinite(block, cell, 4, faults);
    }
    let mut counts = [0; 4];
    for (index, total) in (0..).zip(&mut counts) {
        let mut count = 0_u32;
        for &cell in &*cell {
            count += u32::from(cell == index);
        }
        *total = count.into();
    }
    let sums = match (block.weight, block.weight_bits) {
        (None, _) => counts.map(ExactSum::from_count),
        (Some(_), None) => [ExactSum::ZERO; 4],
        (Some(weight), Some(bits)) => {
            let pairs = numbers(weight).zip(cell.iter().map(|&cell| u64::from(cell)));
            let is = |cell: u64, index: usize| cell == index as u64;
            block_sum::sums_by_cell(pairs, is, counts, bits)
                .unwrap_or_else(|| sums_of_scattered(cell, weight, bits))
        }
    };
    for index in 0..4 {
        confusion.counts[index] += counts[index];
        confusion.weights[index].merge(&sums[index]);
    }
}

/// The sums of weights of a block that differ too much in magnitude for one pass.
#[cold]
#[inline(never)]
fn sums_of_scattered(cell: &[u32], weight: &[u32], bits: BitRange) -> [ExactSum; 4] {
    [0, 1, 2, 3].map(|index| {
        let weights = numbers(weight).zip(cell);
        block_sum::sum(weights.map(|(w, &cell)| if cell == index { w } else { 0.0 }), bits)
    })
}

/// Whether a score is a probability.
#[inline(always)]
fn is_probability(score: f64) -> bool {
    (0.0..=1.0).contains(&score)
}

/// Counts samples whose score is not a probability. Scores that are not finite are 0 in a block.
#[cold]
#[inline(never)]
fn count_outside(block: &Block<'_>, faults: &mut Faults) {
    let scores = block.prediction.iter().enumerate();
    let outside = scores.filter(|&(_, &score)| score > ONE);
    outside.for_each(|(index, _)| faults.outside.count(block.weighs(index)));
}

/// Counts samples whose score is not a probability, in double precision.
#[cold]
#[inline(never)]
fn count_double_outside(block: &DoubleBlock<'_>, faults: &mut Faults) {
    let scores = block.prediction.iter().enumerate();
    let outside = scores.filter(|&(_, &score)| !is_probability(score));
    outside.for_each(|(index, _)| faults.outside.count(block.weighs(index)));
}

/// Counts samples without a finite score, for a confusion count that is computed by a histogram.
#[cold]
#[inline(never)]
fn count_nonfinite(block: &Block<'_>, faults: &mut Faults) {
    for index in 0..block.prediction.len() {
        is_nonfinite(block, index, faults);
    }
}
