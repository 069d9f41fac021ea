//! Samples and their weights in many cells. Each sample counts in one or a few of them.

use super::merge::{Merge, add};
use crate::exact::ExactSum;
use crate::kernel::{Fragment, fragment};
use serde::{Deserialize, Serialize};

/// The WGSL that adds to cells, and converts numbers to classes.
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has shaders"))]
pub(super) const CELLS: Fragment = fragment!("statistic/cells.wgsl");

/// Bytes of a cell on the host: a count and an exact sum.
pub(crate) const CELL_BYTES: u64 = 8 + size_of::<ExactSum>() as u64;

/// Samples and their weights per cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    /// Samples per cell.
    pub counts: Vec<u64>,
    /// Σw per cell.
    pub weights: Vec<ExactSum>,
}

impl Cells {
    pub(super) fn new(cells: u32) -> Self {
        let cells = cells as usize;
        Self { counts: vec![0; cells], weights: vec![ExactSum::ZERO; cells] }
    }
}

impl Merge for Cells {
    fn has_shape_of(&self, other: &Self) -> bool {
        self.counts.len() == other.counts.len() && self.weights.len() == other.weights.len()
    }

    fn merge(&mut self, other: &Self) {
        let counts = self.counts.iter_mut().zip(&other.counts);
        counts.for_each(|(count, &other)| add(count, other));
        let weights = self.weights.iter_mut().zip(&other.weights);
        weights.for_each(|(weight, other)| weight.merge(other));
    }
}

/// The accumulator of a kind that counts samples in `self.cells()` cells, and its slots.
macro_rules! counts_in_cells {
    () => {
        type Accumulator = Cells;

        fn empty(&self) -> Self::Accumulator {
            Cells::new(self.cells())
        }

        fn slots(&self) -> Slots {
            Slots { cells: self.cells(), ..Slots::NONE }
        }

        fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error> {
            slots.cells(self.cells())
        }
    };
}

pub(super) use counts_in_cells;
