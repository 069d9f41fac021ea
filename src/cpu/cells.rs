//! Samples of which each goes to one of several cells: confusion, calibration, counts by class.

use super::block_sum;
use super::cell_sums::{Counts, MAX_NUMBERS, Split, Tally};
use super::normalize::Block;
use super::normalize::SAMPLES;
use super::value::{fill, kept};
use crate::exact::ExactSum;
use crate::kernel::bits::{ONE, flushed, ordered};
use crate::statistic::calibration::bin;
use crate::statistic::histogram::{logit_bin, probability_bin};
use crate::statistic::{
    Accumulator, Binning, CalibrationBin, Cells, Confusion, Faults, Operands, Pair, Statistic,
    StoredSample, StoredScores, Total, ValueSpec,
};

/// Memory for what the cells of a statistic take in a range.
pub(super) enum Memory {
    /// For sums of one number each.
    Tally(Tally),
    /// For counts of weights.
    Counts(Box<Counts>),
}

/// Memory for the cells of a statistic; none where there are more of them than samples. A histogram may
/// count what is above a threshold as well.
pub(super) fn memory(statistic: Statistic, samples: usize, threshold: Option<f32>) -> Memory {
    let sums = match statistic {
        Statistic::Calibration { bins, .. } => BIN_SUMS * bins as usize,
        _ => statistic.cells(),
    };
    let sums = if sums <= samples && samples <= MAX_NUMBERS { sums } else { 0 };
    match statistic {
        Statistic::Histogram { division } => {
            let split = |threshold: f32| {
                let least = flushed(threshold.to_bits());
                Split { threshold: f32::from_bits(least), bin: division.bin(least) }
            };
            Memory::Counts(Counts::new(sums, threshold.map(split)).into())
        }
        _ => Memory::Tally(Tally::new(sums)),
    }
}

/// Sums of a bin: weights by label, probabilities, those times the weights.
const BIN_SUMS: usize = 4;

/// Moves what the cells of a statistic have taken to its total.
#[cold]
#[inline(never)]
pub(super) fn flush(total: &mut Total, memory: &mut Memory) {
    match (&mut total.content, memory) {
        (Accumulator::Calibration(bins), Memory::Tally(tally)) => {
            for (index, bin) in bins.iter_mut().enumerate() {
                let [zero, one] = &mut bin.weights;
                let Pair { unweighted, weighted } = &mut bin.probability;
                let sums = (BIN_SUMS * index..).zip([zero, one, unweighted, weighted]);
                sums.for_each(|(index, sum)| tally.flush(index, sum));
            }
        }
        (Accumulator::Cells(cells), Memory::Tally(tally)) => {
            cells.weights.iter_mut().enumerate().for_each(|(cell, sum)| tally.flush(cell, sum));
        }
        (Accumulator::Cells(cells), Memory::Counts(counts)) => counts.flush(cells),
        _ => {}
    }
}

/// Counts a block by label and by whether the score is above the threshold.
#[inline(always)]
pub(super) fn add_confusion(
    confusion: &mut Confusion,
    block: &Block<'_>,
    threshold: f32,
    cell: &mut [u32],
    faults: &mut Faults,
) {
    let least = ordered(flushed(threshold.to_bits()));
    for ((cell, &score), &label) in cell.iter_mut().zip(block.prediction).zip(block.truth) {
        let positive = u32::from(ordered(score) > least);
        *cell = 2 * u32::from(label == ONE) + positive;
    }
    if block.unusual.is_some() {
        leave_out_nonfinite(block, cell, 4, faults);
    }
    for index in 0..4 {
        let count = cell.iter().fold(0, |count, &cell| count + u32::from(cell == index));
        let (counts, weights) = (&mut confusion.counts, &mut confusion.weights);
        counts[index as usize] += u64::from(count);
        let weight = match (block.weight, block.weight_span) {
            (None, _) => ExactSum::from_count(count.into()),
            (Some(weight), Some(span)) => {
                let own = |(&cell, &w): (&u32, &u32)| if cell == index { w } else { 0 };
                let own = cell.iter().zip(weight).map(own);
                block_sum::sum(own.map(|w| f32::from_bits(w).into()), span)
            }
            (Some(_), None) => continue,
        };
        weights[index as usize].merge(&weight);
    }
}

/// Gives samples without a finite score a cell of their own, which nothing counts.
#[cold]
#[inline(never)]
fn leave_out_nonfinite(block: &Block<'_>, cell: &mut [u32], own: u32, faults: &mut Faults) {
    for (index, cell) in cell.iter_mut().enumerate() {
        if is_nonfinite(block, index, faults) {
            *cell = own;
        }
    }
}

/// Counts samples without a finite score, of a statistic that is counted by another.
#[cold]
#[inline(never)]
pub(super) fn count_nonfinite(block: &Block<'_>, faults: &mut Faults) {
    for index in 0..block.prediction.len() {
        is_nonfinite(block, index, faults);
    }
}

/// Whether a sample has no finite score, or counted as underflow a score that is taken as zero.
fn is_nonfinite(block: &Block<'_>, index: usize, faults: &mut Faults) -> bool {
    let (nonfinite, subnormal) = block.notes(index, Operands::Prediction);
    if nonfinite {
        faults.nonfinite.count(block.weighs(index));
    } else if subnormal {
        faults.underflow += 1;
    }
    nonfinite
}

/// Adds each sample to the bin of its probability, one by one.
pub(super) fn add_calibration(
    bins: &mut [CalibrationBin],
    block: &Block<'_>,
    probability: ValueSpec,
    value: &mut [u32],
    faults: &mut Faults,
    tally: &mut Tally,
) {
    fill(probability, block, value);
    let number = bins.len() as u32;
    for (index, &bits) in value.iter().enumerate() {
        let Some(bits) = kept(bits, index, probability, block, faults) else { continue };
        let bin_index = bin(bits, number) as usize;
        let (bin, first) = (&mut bins[bin_index], BIN_SUMS * bin_index);
        let label = usize::from(if block.rows.is_empty() {
            block.truth[index] == ONE
        } else {
            block.truth[index] == block.prediction[index]
        });
        let weight = block.weight.map_or(ONE, |weight| weight[index]);
        let (p, w) = (f64::from(f32::from_bits(bits)), f64::from(f32::from_bits(weight)));
        bin.counts[label] += 1;
        tally.add(first + label, w, &mut bin.weights[label]);
        tally.add(first + 2, p, &mut bin.probability.unweighted);
        tally.add(first + 3, p * w, &mut bin.probability.weighted);
    }
}

/// Counts each sample by the bin of its score, and by its label.
#[inline(always)]
pub(super) fn add_histogram(
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
    // Loops of their own, since one that chooses does not vectorise.
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

/// Stores each sample that has a finite score.
#[inline(always)]
pub(super) fn store(scores: &mut StoredScores, block: &Block<'_>, faults: &mut Faults) {
    let samples = block.prediction.iter().zip(block.truth);
    let stored = |((&score, &label), &weight): ((&u32, &u32), &u32)| {
        StoredSample::new(score, label == ONE, weight)
    };
    match (block.unusual, block.weight) {
        (None, None) => scores.extend(samples.zip(&[ONE; SAMPLES]).map(stored)),
        (None, Some(weight)) => scores.extend(samples.zip(weight).map(stored)),
        (Some(_), weight) => {
            let weights = weight.unwrap_or(&[ONE; SAMPLES]);
            let samples = samples.zip(weights).enumerate();
            let finite = samples.filter(|&(index, _)| !is_nonfinite(block, index, faults));
            scores.extend(finite.map(|(_, sample)| stored(sample)));
        }
    }
}

/// The classes and the weight of a sample that has any: prediction, truth, weight.
#[inline(always)]
fn classified(block: &Block<'_>, index: usize, faults: &mut Faults) -> Option<(usize, usize, f64)> {
    if block.unusual.is_some() && is_nonfinite(block, index, faults) {
        return None;
    }
    let class = |bits: u32| f32::from_bits(bits) as usize;
    let weight = block.weight.map_or(ONE, |weight| weight[index]);
    let weight = f32::from_bits(weight).into();
    Some((class(block.prediction[index]), class(block.truth[index]), weight))
}

/// Counts each sample by its truth, by its prediction, and as a hit if they are equal.
pub(super) fn add_margins(
    cells: &mut Cells,
    block: &Block<'_>,
    classes: usize,
    tally: &mut Tally,
    faults: &mut Faults,
) {
    for index in 0..block.prediction.len() {
        let Some((prediction, truth, weight)) = classified(block, index, faults) else { continue };
        if prediction == truth {
            add_to_cell(cells, truth, weight, tally);
        }
        add_to_cell(cells, classes + truth, weight, tally);
        add_to_cell(cells, 2 * classes + prediction, weight, tally);
    }
}

/// Counts each sample by its truth and prediction together.
pub(super) fn add_matrix(
    cells: &mut Cells,
    block: &Block<'_>,
    classes: usize,
    tally: &mut Tally,
    faults: &mut Faults,
) {
    for index in 0..block.prediction.len() {
        let Some((prediction, truth, weight)) = classified(block, index, faults) else { continue };
        add_to_cell(cells, truth * classes + prediction, weight, tally);
    }
}

#[inline(always)]
fn add_to_cell(cells: &mut Cells, cell: usize, weight: f64, tally: &mut Tally) {
    cells.counts[cell] += 1;
    tally.add(cell, weight, &mut cells.weights[cell]);
}
