//! Samples of which each goes to one of several cells: confusion, calibration, counts by class.

use super::regular::Block;
use super::tally::{MOST_NUMBERS, Tally};
use super::value::{fill, kept};
use super::window;
use crate::exact::ExactSum;
use crate::statistic::bits::{ONE, flushed, ordered};
use crate::statistic::calibration::bin;
use crate::statistic::{
    CalibrationBin, Cells, Confusion, Content, Division, Faults, Pair, Reads, SampleValue,
    Statistic, StoredSample, StoredScores, Total,
};

/// Memory for the sums of a statistic's cells; none where there are more of them than samples.
pub(super) fn tally(statistic: Statistic, samples: usize) -> Tally {
    let sums = match statistic {
        Statistic::Calibration { bins, .. } => BIN_SUMS * bins as usize,
        _ => statistic.cells(),
    };
    Tally::new(if sums <= samples && samples <= MOST_NUMBERS { sums } else { 0 })
}

/// Sums of a bin: weights by label, probabilities, those times the weights.
const BIN_SUMS: usize = 4;

/// Moves what the cells of a statistic have taken to its total.
#[cold]
#[inline(never)]
pub(super) fn flush(total: &mut Total, tally: &mut Tally) {
    match &mut total.content {
        Content::Calibration(bins) => {
            for (index, bin) in bins.iter_mut().enumerate() {
                let [zero, one] = &mut bin.weights;
                let Pair { unweighted, weighted } = &mut bin.probability;
                let sums = (BIN_SUMS * index..).zip([zero, one, unweighted, weighted]);
                sums.for_each(|(index, sum)| tally.flush(index, sum));
            }
        }
        Content::Cells(cells) => {
            cells.weights.iter_mut().enumerate().for_each(|(cell, sum)| tally.flush(cell, sum));
        }
        Content::Sum(_)
        | Content::Maximum(_)
        | Content::Extremes(_)
        | Content::Confusion(_)
        | Content::Scores(_) => {}
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
        leave_out_nonfinite(block, cell, faults);
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
                window::sum(own.map(|w| f32::from_bits(w).into()), span)
            }
            (Some(_), None) => continue,
        };
        weights[index as usize].merge(&weight);
    }
}

/// Gives samples without a finite score a cell of their own, 4, which nothing counts.
#[cold]
#[inline(never)]
fn leave_out_nonfinite(block: &Block<'_>, cell: &mut [u32], faults: &mut Faults) {
    for (index, cell) in cell.iter_mut().enumerate() {
        if is_nonfinite(block, index, faults) {
            *cell = 4;
        }
    }
}

/// Whether a sample has no finite score, or counted as underflow a score that is taken as zero.
fn is_nonfinite(block: &Block<'_>, index: usize, faults: &mut Faults) -> bool {
    let (nonfinite, subnormal) = block.notes(index, Reads::Prediction);
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
    probability: SampleValue,
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
    division: Division,
    cell: &mut [u32],
    tally: &mut Tally,
    faults: &mut Faults,
) {
    for ((cell, &score), &label) in cell.iter_mut().zip(block.prediction).zip(block.truth) {
        *cell = 2 * division.bin(score) + u32::from(label == ONE);
    }
    for (index, &cell) in cell.iter().enumerate() {
        if block.unusual.is_some() && is_nonfinite(block, index, faults) {
            continue;
        }
        let weight = block.weight.map_or(ONE, |weight| weight[index]);
        add_to_cell(cells, cell as usize, f32::from_bits(weight).into(), tally);
    }
}

/// Stores each sample that has a finite score.
#[inline(always)]
pub(super) fn store(scores: &mut StoredScores, block: &Block<'_>, faults: &mut Faults) {
    let sample = |index: usize| {
        let weight = block.weight.map_or(ONE, |weight| weight[index]);
        StoredSample::new(block.prediction[index], block.truth[index] == ONE, weight)
    };
    let indices = 0..block.prediction.len();
    if block.unusual.is_none() {
        scores.extend(indices.map(sample));
    } else {
        scores.extend(indices.filter(|&index| !is_nonfinite(block, index, faults)).map(sample));
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
