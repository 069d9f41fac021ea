//! Sums of a block per bin of a probability.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::CellSums;
use super::cells::integer_sums;
use super::double::{self, DoubleBlock, DoubleWork};
use super::normalize::Block;
use super::value::{fill, kept};
use crate::kernel::bits::ONE;
use crate::kernel::uniform_bin::uniform_bin;
use crate::kernel::uniform_bin_f64::double_uniform_bin;
use crate::statistic::calibration::Kind;
use crate::statistic::{CalibrationBin, Faults, Sides, ValueSpec};

/// Sums of a bin: weights per label, probabilities, and probabilities times weights.
const BIN_SUMS: usize = 4;

impl AddBlocks for Kind {
    type Partial = CellSums;

    fn begin(&self, place: Place<'_>) -> CellSums {
        CellSums::new(integer_sums(BIN_SUMS * self.bins as usize, place.samples))
    }

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Vec<CalibrationBin>,
        cell_sums: &mut CellSums,
        work: Work<'_, '_>,
    ) {
        let Work { block, value, faults, .. } = work;
        add_calibration(total, block, self.probability, value, faults, cell_sums);
    }

    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Vec<CalibrationBin>,
        cell_sums: &mut CellSums,
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, value, faults, .. } = work;
        let ValueSpec { function, parameter } = self.probability;
        function.fill_double(&block.inputs(), parameter.double, value);
        add_double_calibration(total, block, self.probability, value, faults, cell_sums);
    }

    #[cold]
    #[inline(never)]
    fn flush(&self, total: &mut Vec<CalibrationBin>, cell_sums: &mut CellSums) {
        for (index, bin) in total.iter_mut().enumerate() {
            let [zero, one] = &mut bin.weights;
            let Sides { unweighted, weighted } = &mut bin.probability;
            let sums = (BIN_SUMS * index..).zip([zero, one, unweighted, weighted]);
            sums.for_each(|(index, sum)| cell_sums.flush(index, sum));
        }
    }
}

/// Adds each sample to the bin of its probability, one by one.
fn add_calibration(
    bins: &mut [CalibrationBin],
    block: &Block<'_>,
    probability: ValueSpec,
    value: &mut [u32],
    faults: &mut Faults,
    cell_sums: &mut CellSums,
) {
    fill(probability, block, value);
    let number = bins.len() as u32;
    for (index, &bits) in value.iter().enumerate() {
        let Some(bits) = kept(bits, index, probability, block, faults) else { continue };
        let bin_index = uniform_bin(bits, number) as usize;
        let (bin, first) = (&mut bins[bin_index], BIN_SUMS * bin_index);
        let label = usize::from(if block.rows.is_empty() {
            block.truth[index] == ONE
        } else {
            block.truth[index] == block.prediction[index]
        });
        let weight = block.weight.map_or(ONE, |weight| weight[index]);
        let (p, w) = (f64::from(f32::from_bits(bits)), f64::from(f32::from_bits(weight)));
        bin.counts[label] += 1;
        cell_sums.add(first + label, w, &mut bin.weights[label]);
        cell_sums.add(first + 2, p, &mut bin.probability.unweighted);
        cell_sums.add(first + 3, p * w, &mut bin.probability.weighted);
    }
}

/// Adds each sample in double precision to the bin of its probability, one by one.
fn add_double_calibration(
    bins: &mut [CalibrationBin],
    block: &DoubleBlock<'_>,
    probability: ValueSpec,
    values: &[f64],
    faults: &mut Faults,
    cell_sums: &mut CellSums,
) {
    let number = bins.len() as u32;
    for (index, &value) in values.iter().enumerate() {
        let Some(p) = double::kept(value, index, probability, block, faults) else { continue };
        let bin_index = double_uniform_bin(p, number) as usize;
        let (bin, first) = (&mut bins[bin_index], BIN_SUMS * bin_index);
        let label = usize::from(if block.rows.is_empty() {
            block.truth[index] == 1.0
        } else {
            block.truth[index] == block.prediction[index]
        });
        let weight = block.weight_of(index);
        bin.counts[label] += 1;
        cell_sums.add(first + label, weight, &mut bin.weights[label]);
        cell_sums.add(first + 2, p, &mut bin.probability.unweighted);
        bin.probability.weighted.add_product_f64(weight, p);
    }
}
