//! Counts of a block per bin of the score and label.
//!
//! A histogram also computes a [confusion](super::confusion) count: the side of the threshold is
//! known for every bin except the one that contains it.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::{Counts, Split};
use super::cells::{leave_out_nonfinite, sums_in_memory};
use super::normalize::Block;
use super::normalize::SAMPLES;
use crate::kernel::binning::{logit_bin, probability_bin};
use crate::kernel::bits::{ONE, flushed};
pub(super) use crate::statistic::histogram::Kind;
use crate::statistic::{Accumulator, Binning, Cells, Faults, Statistic};

/// Memory of a histogram for a range of samples.
pub(super) struct Memory {
    counts: Box<Counts>,
    /// The confusion count that this histogram also computes.
    confusion: Option<usize>,
}

impl AddBlocks for Kind {
    type Memory = Memory;

    fn memory(&self, place: Place<'_>) -> Memory {
        let counted = counted_threshold(place).filter(|counted| counted.histogram == place.index);
        let split = counted.map(|counted| {
            let least = flushed(counted.threshold.to_bits());
            Split { threshold: f32::from_bits(least), bin: self.division.bin(least) }
        });
        let sums = sums_in_memory(self.cells() as usize, place.samples);
        let confusion = counted.map(|counted| counted.confusion);
        Memory { counts: Counts::new(sums, split).into(), confusion }
    }

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Cells,
        memory: &mut Memory,
        work: Work<'_, '_>,
    ) {
        let Work { block, value, faults, .. } = work;
        add_histogram(total, block, self.division, value, &mut memory.counts, faults);
    }

    #[cold]
    #[inline(never)]
    fn flush(&self, total: &mut Cells, memory: &mut Memory) {
        memory.counts.flush(total);
    }

    fn counted_for_another(memory: Memory) -> Option<(usize, Accumulator)> {
        let Memory { counts, confusion } = memory;
        Some((confusion?, counts.confusion.into()))
    }
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
        let Statistic::Confusion { threshold } = statistic else { return None };
        Some((index, *threshold))
    });
    let (confusion, threshold) = confusions.clone().next().filter(|_| confusions.count() == 1)?;
    let is_histogram = |statistic: &Statistic| matches!(statistic, Statistic::Histogram { .. });
    let histogram = statistics.iter().position(is_histogram)?;
    let has_memory = sums_in_memory(statistics[histogram].cells(), samples) > 0;
    has_memory.then_some(CountedThreshold { confusion, threshold, histogram })
}

/// Counts each sample per bin of its score and label.
#[inline(always)]
fn add_histogram(
    cells: &mut Cells,
    block: &Block<'_>,
    division: Binning,
    cell: &mut [u32],
    counts: &mut Counts,
    faults: &mut Faults,
) {
    let Binning { of_logits, even, side } = division;
    let samples = cell.iter_mut().zip(block.prediction).zip(block.truth);
    let cell_of = |bin: u32, label: u32| 2 * bin + u32::from(label == ONE);
    // Separate loops, since a loop with a branch does not vectorise.
    if of_logits {
        samples.for_each(|((cell, &z), &y)| *cell = cell_of(logit_bin(z, even, side), y));
    } else {
        samples.for_each(|((cell, &p), &y)| *cell = cell_of(probability_bin(p, even, side), y));
    }
    if let Some(Split { threshold, bin }) = counts.split {
        let own = 2 * division.bins();
        for (cell, &score) in cell.iter_mut().zip(block.prediction) {
            let is_own = (f32::from_bits(score) > threshold) & (*cell >> 1 == bin);
            *cell = if is_own { own + (*cell & 1) } else { *cell };
        }
    }
    if block.unusual.is_some() {
        leave_out_nonfinite(block, cell, u32::MAX, faults);
    }
    counts.add(cell, block.weight.unwrap_or(&[ONE; SAMPLES]), cells);
}
