//! What a statistic occupies on a device, and what is read from there.

use super::{Cells, Pair};
use crate::exact::ExactSum;

/// What a sum adds up: it says how many limbs the sum needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Summand {
    /// Values.
    Value,
    /// Values times weights.
    WeightedValue,
    /// Weights.
    Weight,
}

/// What a statistic occupies on a device besides its faults. Everything is read back in this order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    /// Counts of samples, one for each thread of a workgroup.
    pub counters: u32,
    /// Exact sums, one for each thread of a workgroup.
    pub sums: &'static [Summand],
    /// Words that only rise.
    pub maxima: u32,
    /// Cells of a count and a sum of weights, shared by the threads of a workgroup.
    pub cells: u32,
    /// Cells of a sum of values and a sum of weighted values, which follow the others.
    pub sum_cells: u32,
    /// Whether samples are stored one by one: then nothing else is done in the same pass.
    pub stores: bool,
    /// Terms that a sample adds to one sum: carries are passed on as much more often.
    pub terms: u32,
    /// Whether there is at most one of its kind in a pass. Some compilers take minutes and gigabytes
    /// for several in one module.
    pub exclusive: bool,
}

impl Slots {
    /// Nothing: what kinds build on.
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

/// What was read from the slots of a statistic; each is taken in its order.
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
