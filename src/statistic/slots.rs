//! Slots: the memory of a statistic on a device, and reading it back.

use super::{Cells, Pair};
use crate::exact::ExactSum;

/// The terms of a sum, which determine the number of its limbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Summand {
    /// Values.
    Value,
    /// Values times weights.
    WeightedValue,
    /// Weights.
    Weight,
}

/// The memory of a statistic on a device, without its faults. It is read back in this order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    /// Number of counters of samples, one per thread of a workgroup.
    pub counters: u32,
    /// Exact sums, one per thread of a workgroup.
    pub sums: &'static [Summand],
    /// Number of words that only increase.
    pub maxima: u32,
    /// Number of cells with a count and a sum of weights, shared by the threads of a workgroup.
    pub cells: u32,
    /// Number of cells with a sum of values and a sum of weighted values, which follow the others.
    pub sum_cells: u32,
    /// Whether samples are stored individually; the pass then does nothing else.
    pub stores: bool,
    /// Terms that a sample adds to one sum. Carries are propagated that much more often.
    pub terms: u32,
    /// Whether a pass can contain at most one statistic of its kind. Some compilers take minutes
    /// and gigabytes for several in one module.
    pub exclusive: bool,
}

impl Slots {
    /// No slots: the base of other definitions.
    pub const NONE: Self = Self {
        counters: 0,
        sums: &[],
        maxima: 0,
        cells: 0,
        sum_cells: 0,
        stores: false,
        terms: 1,
        exclusive: false,
    };

    /// Whether it has cells.
    pub fn has_cells(&self) -> bool {
        self.cells + self.sum_cells > 0
    }
}

/// The contents of a statistic's slots, read in order.
#[derive(Debug, Default)]
pub(crate) struct SlotReader {
    pub counters: std::vec::IntoIter<u64>,
    pub sums: std::vec::IntoIter<ExactSum>,
    pub maxima: std::vec::IntoIter<u32>,
    pub cells: Cells,
    pub sum_cells: Vec<Pair<ExactSum>>,
}

impl SlotReader {
    /// The next counter.
    pub fn counter(&mut self) -> u64 {
        self.counters.next().unwrap_or_default()
    }

    /// The next sum.
    pub fn sum(&mut self) -> ExactSum {
        self.sums.next().unwrap_or_default()
    }

    /// The next two sums, of values and of weighted values.
    pub fn sum_pair(&mut self) -> Pair<ExactSum> {
        Pair { unweighted: self.sum(), weighted: self.sum() }
    }

    /// The next two maxima.
    pub fn maximum_pair(&mut self) -> Pair<u32> {
        let mut next = || self.maxima.next().unwrap_or_default();
        Pair { unweighted: next(), weighted: next() }
    }
}
