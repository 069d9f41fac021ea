//! Functions shared by the kinds of statistic that count samples in cells.

use super::cell_sums::{CellSums, MAX_TERMS};
use super::double::DoubleBlock;
use super::normalize::Block;
use crate::kernel::bits::ONE;
use crate::statistic::{Cells, Faults, Operands};

/// The number of sums with an integer of their own: all of `sums`, or 0 if there are more sums than
/// samples.
pub(super) fn integer_sums(sums: usize, samples: usize) -> usize {
    if sums <= samples && samples <= MAX_TERMS { sums } else { 0 }
}

/// Adds the integers of the cells to the sums.
#[cold]
#[inline(never)]
pub(super) fn flush(cells: &mut Cells, cell_sums: &mut CellSums) {
    cells.weights.iter_mut().enumerate().for_each(|(cell, sum)| cell_sums.flush(cell, sum));
}

/// Assigns samples without a finite score to an extra cell that is not counted.
#[cold]
#[inline(never)]
pub(super) fn leave_out_nonfinite(
    block: &Block<'_>,
    cell: &mut [u32],
    extra_cell: u32,
    faults: &mut Faults,
) {
    for (index, cell) in cell.iter_mut().enumerate() {
        if is_nonfinite(block, index, faults) {
            *cell = extra_cell;
        }
    }
}

/// Whether a sample has no finite score. Counts a score that is flushed to zero as underflow.
pub(super) fn is_nonfinite(block: &Block<'_>, index: usize, faults: &mut Faults) -> bool {
    let (nonfinite, subnormal) = block.input_flags(index, Operands::Prediction);
    if nonfinite {
        faults.nonfinite.count(block.weighs(index));
    } else if subnormal {
        faults.underflow += 1;
    }
    nonfinite
}

/// Counts each sample of a block in the cells of its prediction and truth, if its scores are
/// finite.
#[inline(always)]
pub(super) fn count_classes<const N: usize>(
    cells: &mut Cells,
    block: &Block<'_>,
    cell_sums: &mut CellSums,
    faults: &mut Faults,
    cells_of: impl Fn(usize, usize) -> [Option<usize>; N],
) {
    for index in 0..block.prediction.len() {
        let Some((prediction, truth, weight)) = classified(block, index, faults) else { continue };
        for cell in cells_of(prediction, truth).into_iter().flatten() {
            add_to_cell(cells, cell, weight, cell_sums);
        }
    }
}

/// The classes and the weight of a sample: (prediction, truth, weight). None, with the fault
/// counted, if its scores are not finite.
#[inline(always)]
fn classified(block: &Block<'_>, index: usize, faults: &mut Faults) -> Option<(usize, usize, f64)> {
    if block.flags.is_some() && is_nonfinite(block, index, faults) {
        return None;
    }
    let class = |bits: u32| f32::from_bits(bits) as usize;
    let weight = block.weight.map_or(ONE, |weight| weight[index]);
    let weight = f32::from_bits(weight).into();
    Some((class(block.prediction[index]), class(block.truth[index]), weight))
}

/// Counts each sample of a block in double precision, likewise.
#[inline(always)]
pub(super) fn count_double_classes<const N: usize>(
    cells: &mut Cells,
    block: &DoubleBlock<'_>,
    cell_sums: &mut CellSums,
    faults: &mut Faults,
    cells_of: impl Fn(usize, usize) -> [Option<usize>; N],
) {
    for (index, (&prediction, &truth)) in block.prediction.iter().zip(block.truth).enumerate() {
        if is_double_nonfinite(block, index, faults) {
            continue;
        }
        for cell in cells_of(prediction as usize, truth as usize).into_iter().flatten() {
            add_to_cell(cells, cell, block.weight_of(index), cell_sums);
        }
    }
}

/// Whether a sample in double precision has no finite score, which is then counted.
#[inline(always)]
pub(super) fn is_double_nonfinite(
    block: &DoubleBlock<'_>,
    index: usize,
    faults: &mut Faults,
) -> bool {
    let nonfinite = block.flags.is_some() && block.is_nonfinite(index, Operands::Prediction);
    if nonfinite {
        faults.nonfinite.count(block.weighs(index));
    }
    nonfinite
}

/// Counts a sample in a cell and adds its weight.
#[inline(always)]
fn add_to_cell(cells: &mut Cells, cell: usize, weight: f64, cell_sums: &mut CellSums) {
    cells.counts[cell] += 1;
    cell_sums.add(cell, weight, &mut cells.weights[cell]);
}
