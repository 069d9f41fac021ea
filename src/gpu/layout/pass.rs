//! One pass over the data, and the places of its statistics.

use super::entries::{CELL_COUNT_ENTRIES, FAULT_ENTRIES};
use super::limbs::{LimbRange, WEIGHT, WEIGHT_SQUARE, carry_samples};
use crate::statistic::{Family, Schema, Slots, Statistic};
use std::ops::Range;

/// The location of a statistic in its pass and in the state.
#[derive(Clone, Copy, Debug)]
pub(in crate::gpu) struct Place {
    /// Index of the statistic in the plan.
    pub index: usize,
    /// The slots that it occupies.
    pub slots: Slots,
    /// First row of workgroup memory: the rows of its counters, then of its sums.
    pub row: u32,
    /// First entry of its faults, which the entries of its maxima follow.
    pub faults: u32,
    /// First entry of its cells.
    pub cells: u32,
}

impl Place {
    /// First entry of its maxima.
    pub fn maxima(&self) -> u32 {
        self.faults + FAULT_ENTRIES
    }

    /// Its sums, with the first row of each.
    pub fn sums(&self) -> impl Iterator<Item = (LimbRange, u32)> {
        let mut next = self.row + self.slots.counters;
        self.slots.sums.iter().map(move |&summand| {
            let (range, row) = (LimbRange::from(summand), next);
            next += range.limbs();
            (range, row)
        })
    }

    /// First entry of its cells that contain sums.
    pub fn sum_cells(&self) -> u32 {
        self.cells + self.slots.cells * CELL_COUNT_ENTRIES
    }
}

/// One pass over the data.
#[derive(Clone, Debug)]
pub(in crate::gpu) struct Pass {
    /// Whether this pass counts samples and adds weights.
    pub weights: bool,
    /// The number of statistics that its kernel computes, each in a row of workgroups. If there
    /// are several, they differ in their parameters, and `places` has the first of them.
    pub copies: u32,
    /// The number of entries from one copy to the next.
    pub copy_entries: u32,
    /// The entry in which it counts the samples that it has processed.
    pub processed: u32,
    /// Whether this pass stores scores; it then does nothing else.
    pub stores: bool,
    /// Whether it has a large value; a pass has at most one.
    pub has_large_value: bool,
    /// The statistics of this pass.
    pub places: Vec<Place>,
    /// Rows of workgroup memory.
    pub rows: u32,
    /// The state's entry of the first row.
    pub first_entry: u32,
    /// Samples of a thread between two carry passes.
    pub carry_samples: u32,
    /// Words of workgroup memory for cells.
    pub cell_words: u32,
    /// The state's entry of the first cell in workgroup memory.
    pub first_cell: u32,
}

impl Pass {
    /// A pass without statistics.
    pub fn new(weights: bool, processed: u32) -> Self {
        Self {
            weights,
            copies: 1,
            copy_entries: 0,
            processed,
            stores: false,
            has_large_value: false,
            places: Vec::new(),
            rows: if weights { WEIGHT.limbs() + WEIGHT_SQUARE.limbs() } else { 0 },
            first_entry: 0,
            carry_samples: carry_samples(1),
            cell_words: 0,
            first_cell: 0,
        }
    }

    /// The pass for each of the statistics that its kernel computes.
    pub fn copies(&self) -> impl Iterator<Item = Self> {
        (0..self.copies).map(|copy| {
            let mut pass = self.clone();
            let shift = copy * self.copy_entries;
            pass.processed += shift;
            pass.first_entry += shift;
            pass.first_cell += shift;
            for place in &mut pass.places {
                place.index += copy as usize;
                place.faults += shift;
                place.cells += shift;
            }
            pass
        })
    }

    /// The statistics of this pass for samples of this schema, with their places.
    pub fn statistics<'a>(
        &'a self,
        family: &'a Family,
        schema: Schema,
    ) -> impl Iterator<Item = (Statistic, &'a Place)> {
        let places = self.places.iter().map(|place| (family.statistics[place.index], place));
        places.filter(move |(statistic, _)| statistic.fits(schema))
    }

    /// The rows of each table; a counter is a table of one row.
    pub fn tables(&self) -> Vec<Range<u32>> {
        let mut tables = Vec::new();
        let mut push = |first: u32, rows: u32| {
            tables.push(first..first + rows);
            first + rows
        };
        if self.weights {
            let next = push(0, WEIGHT.limbs());
            push(next, WEIGHT_SQUARE.limbs());
        }
        for place in &self.places {
            (0..place.slots.counters).for_each(|counter| {
                push(place.row + counter, 1);
            });
            place.sums().for_each(|(range, row)| {
                push(row, range.limbs());
            });
        }
        tables
    }
}
