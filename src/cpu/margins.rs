//! Counts of a block per truth, per prediction, and of correct predictions.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::Tally;
use super::cells;
use crate::statistic::Cells;
pub(super) use crate::statistic::margins::Kind;

impl AddBlocks for Kind {
    type Memory = Tally;

    fn memory(&self, place: Place<'_>) -> Tally {
        Tally::new(cells::sums_in_memory(self.cells() as usize, place.samples))
    }

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Cells,
        tally: &mut Tally,
        work: Work<'_, '_>,
    ) {
        let classes = self.classes as usize;
        cells::count_classes(total, work.block, tally, work.faults, |prediction, truth| {
            let correct = (prediction == truth).then_some(truth);
            [correct, Some(classes + truth), Some(2 * classes + prediction)]
        });
    }

    fn flush(&self, total: &mut Cells, tally: &mut Tally) {
        cells::flush(total, tally);
    }
}
