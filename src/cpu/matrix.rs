//! Counts of a block per truth and prediction.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::Tally;
use super::cells;
use crate::statistic::Cells;
pub(super) use crate::statistic::matrix::Kind;

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
            [Some(truth * classes + prediction)]
        });
    }

    fn flush(&self, total: &mut Cells, tally: &mut Tally) {
        cells::flush(total, tally);
    }
}
