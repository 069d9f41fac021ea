//! Counts of a block per truth and prediction.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::Tally;
use super::cells;
use super::cells::{add_to_cell, classified, sums_in_memory};
use super::normalize::Block;
pub(super) use crate::statistic::matrix::Kind;
use crate::statistic::{Cells, Faults};

impl AddBlocks for Kind {
    type Memory = Tally;

    fn memory(&self, place: Place<'_>) -> Tally {
        Tally::new(sums_in_memory(self.cells() as usize, place.samples))
    }

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Cells,
        tally: &mut Tally,
        work: Work<'_, '_>,
    ) {
        add_matrix(total, work.block, self.classes as usize, tally, work.faults);
    }

    fn flush(&self, total: &mut Cells, tally: &mut Tally) {
        cells::flush(total, tally);
    }
}

/// Counts each sample per truth and prediction.
fn add_matrix(
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
