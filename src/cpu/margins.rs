//! Counts of a block per truth, per prediction, and of correct predictions.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::Tally;
use super::cells;
use super::cells::{add_to_cell, classified, sums_in_memory};
use super::normalize::Block;
pub(super) use crate::statistic::margins::Kind;
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
        add_margins(total, work.block, self.classes as usize, tally, work.faults);
    }

    fn flush(&self, total: &mut Cells, tally: &mut Tally) {
        cells::flush(total, tally);
    }
}

/// Counts each sample per truth, per prediction, and as correct if they are equal.
fn add_margins(
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
