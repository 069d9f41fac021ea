//! Counts of a block per bin of the score and label.
//!
//! A histogram also computes a [confusion](super::confusion) count: the side of the threshold is
//! known for every bin except the one that contains it.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::{Counts, Split};
use super::cells::{integer_sums, is_double_nonfinite, leave_out_nonfinite};
use super::double::DoubleWork;
use super::normalize::BLOCK_SAMPLES;
use super::normalize::Block;
use crate::kernel::binning::{logit_bin, probability_bin};
use crate::kernel::bits::{ONE, flushed};
use crate::statistic::histogram::Kind;
use crate::statistic::{Accumulator, Binning, Cells, Faults, Statistic};

/// The counts of a histogram over a range of samples.
pub(super) struct Partial {
    counts: Box<Counts>,
    /// The confusion count that this histogram also computes.
    confusion: Option<usize>,
}

impl AddBlocks for Kind {
    type Partial = Partial;

    fn begin(&self, place: Place<'_>) -> Partial {
        let counted = counted_threshold(place).filter(|counted| counted.histogram == place.index);
        let split = counted.map(|counted| {
            let threshold = flushed(counted.threshold.to_bits());
            Split { threshold: f32::from_bits(threshold), bin: self.binning.bin(threshold) }
        });
        let sums = integer_sums(self.cells() as usize, place.samples);
        let confusion = counted.map(|counted| counted.confusion);
        Partial { counts: Counts::new(sums, split).into(), confusion }
    }

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Cells,
        partial: &mut Partial,
        work: Work<'_, '_>,
    ) {
        let Work { block, value, faults, .. } = work;
        add_histogram(total, block, self.binning, value, &mut partial.counts, faults);
    }

    /// Scores are rounded up to `f32`: those above the end of a bin are then still above it.
    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Cells,
        _: &mut Partial,
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, faults, .. } = work;
        for (index, (&score, &label)) in block.prediction.iter().zip(block.truth).enumerate() {
            if is_double_nonfinite(block, index, faults) {
                continue;
            }
            let bin = self.binning.bin(flushed(rounded_up(score).to_bits()));
            let cell = 2 * bin as usize + label as usize;
            total.counts[cell] += 1;
            total.weights[cell].add_f64(block.weight_of(index));
        }
    }

    #[cold]
    #[inline(never)]
    fn flush(&self, total: &mut Cells, partial: &mut Partial) {
        partial.counts.flush(total);
    }

    fn counted_for_another(partial: Partial) -> Option<(usize, Accumulator)> {
        let Partial { counts, confusion } = partial;
        Some((confusion?, counts.confusion.into()))
    }
}

/// The smallest finite `f32` that is not below a number; the largest if every one is.
fn rounded_up(x: f64) -> f32 {
    let rounded = (x as f32).clamp(f32::MIN, f32::MAX);
    if f64::from(rounded) < x { rounded.next_up().min(f32::MAX) } else { rounded }
}

/// A confusion count that a histogram also computes.
#[derive(Clone, Copy)]
pub(super) struct CountedThreshold {
    /// The index of the confusion count.
    pub confusion: usize,
    threshold: f32,
    /// The index of the histogram.
    histogram: usize,
}

/// The confusion count of a plan, if there is one, and a histogram whose cells have integers.
pub(super) fn counted_threshold(place: Place<'_>) -> Option<CountedThreshold> {
    let Place { statistics, samples, .. } = place;
    let confusions = statistics.iter().enumerate().filter_map(|(index, statistic)| {
        let Statistic::Confusion { threshold, .. } = statistic else { return None };
        Some((index, *threshold))
    });
    let (confusion, threshold) = confusions.clone().next().filter(|_| confusions.count() == 1)?;
    let is_histogram = |statistic: &Statistic| matches!(statistic, Statistic::Histogram { .. });
    let histogram = statistics.iter().position(is_histogram)?;
    let has_integers = integer_sums(statistics[histogram].cells(), samples) > 0;
    has_integers.then_some(CountedThreshold { confusion, threshold: threshold.single, histogram })
}

/// Counts each sample per bin of its score and label.
#[inline(always)]
fn add_histogram(
    cells: &mut Cells,
    block: &Block<'_>,
    binning: Binning,
    cell: &mut [u32],
    counts: &mut Counts,
    faults: &mut Faults,
) {
    let Binning { of_logits, even, side } = binning;
    let samples = cell.iter_mut().zip(block.prediction).zip(block.truth);
    let cell_of = |bin: u32, label: u32| 2 * bin + u32::from(label == ONE);
    // Separate loops, since a loop with a branch does not vectorise.
    if of_logits {
        samples.for_each(|((cell, &z), &y)| *cell = cell_of(logit_bin(z, even, side), y));
    } else {
        samples.for_each(|((cell, &p), &y)| *cell = cell_of(probability_bin(p, even, side), y));
    }
    if let Some(Split { threshold, bin }) = counts.split {
        let extra_cells = 2 * binning.bins();
        for (cell, &score) in cell.iter_mut().zip(block.prediction) {
            let is_above = (f32::from_bits(score) > threshold) & (*cell >> 1 == bin);
            *cell = if is_above { extra_cells + (*cell & 1) } else { *cell };
        }
    }
    if block.flags.is_some() {
        leave_out_nonfinite(block, cell, u32::MAX, faults);
    }
    counts.add(cell, block.weight.unwrap_or(&[ONE; BLOCK_SAMPLES]), cells);
}
