//! Counts of a block per truth and prediction.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cell_sums::CellSums;
use super::cells;
use super::double::DoubleWork;
use crate::statistic::Cells;
use crate::statistic::matrix::Kind;

impl AddBlocks for Kind {
    type Partial = CellSums;

    fn begin(&self, place: Place<'_>) -> CellSums {
        CellSums::new(cells::integer_sums(self.cells() as usize, place.samples))
    }

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut Cells,
        cell_sums: &mut CellSums,
        work: Work<'_, '_>,
    ) {
        let classes = self.classes as usize;
        cells::count_classes(total, work.block, cell_sums, work.faults, |prediction, truth| {
            [Some(truth * classes + prediction)]
        });
    }

    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut Cells,
        cell_sums: &mut CellSums,
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, faults, .. } = work;
        let classes = self.classes as usize;
        cells::count_double_classes(total, block, cell_sums, faults, |prediction, truth| {
            [Some(truth * classes + prediction)]
        });
    }

    fn flush(&self, total: &mut Cells, cell_sums: &mut CellSums) {
        cells::flush(total, cell_sums);
    }
}
