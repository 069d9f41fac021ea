//! The memory layout of a plan's sums: limbs in workgroup memory, entries in the state buffer, and
//! the assignment of statistics to passes over the data.
//!
//! Everything here follows from the layout of the exact sum and from two sizes: the radix of a limb
//! and the workgroup memory that every WebGPU device has.

pub(super) mod convert;
mod decode;
pub(super) mod sort;

pub(super) use self::decode::StateContents;

use crate::error::Error;
use crate::exact::layout::{EXPONENT_BIAS, LIMIT_EXPONENT, UNIT_EXPONENT};
use crate::statistic::{Family, Plan, Schema, Slots, Statistic, Summand};
use std::ops::Range;

/// Bits of a limb: 8 fewer than a word has, so that carries can be deferred.
pub(in crate::gpu) const LIMB_BITS: u32 = 24;

/// Bits of a limb of a cell, which all threads of a workgroup share: 16 fewer than a word has, so
/// that 2^16 samples can be added to it.
pub(in crate::gpu) const CELL_BITS: u32 = 16;

/// Workgroup memory that every WebGPU device has, in words.
const WORKGROUP_WORDS: u32 = 16384 / 4;

/// The number of additions, each below 2^24, to a limb below 2^24 between two carry passes.
const CARRY_TERMS: u32 = 127;

/// Samples of a thread between two carry passes if each sample adds `terms` terms to a sum: a
/// multiple of 4.
const fn carry_samples(terms: u32) -> u32 {
    CARRY_TERMS / terms / 4 * 4
}

/// The largest number of samples of a workgroup: the last limb of each table has room for this
/// many.
pub(in crate::gpu) const GROUP_SAMPLES: u32 = 1 << 20;

/// A kind of sum: the limbs of the whole integer that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gpu) struct LimbRange {
    /// Bits below this one, counted from the unit of an exact sum, are never set.
    first_bit: u32,
    /// Each term is below 2^`end_bit`.
    end_bit: u32,
}

/// Σ of values: multiples of 2^-149 below 2^128.
pub(in crate::gpu) const VALUE: LimbRange = LimbRange::new(1 - EXPONENT_BIAS, 128);
/// Σ of weight × value.
pub(in crate::gpu) const PRODUCT: LimbRange = LimbRange::new(UNIT_EXPONENT, LIMIT_EXPONENT + 128);
/// Σ of weights.
pub(in crate::gpu) const WEIGHT: LimbRange = LimbRange::new(1 - EXPONENT_BIAS, LIMIT_EXPONENT);
/// Σ of squared weights.
pub(in crate::gpu) const WEIGHT_SQUARE: LimbRange =
    LimbRange::new(UNIT_EXPONENT, 2 * LIMIT_EXPONENT);

impl LimbRange {
    const fn new(first_exponent: i32, end_exponent: i32) -> Self {
        Self {
            first_bit: (first_exponent - UNIT_EXPONENT) as u32,
            end_bit: (end_exponent - UNIT_EXPONENT) as u32,
        }
    }

    /// The first limb, as an index into the limbs of the whole integer.
    pub const fn first_limb(self) -> u32 {
        self.first_bit / LIMB_BITS
    }

    /// The first limb of a cell's table.
    pub const fn first_cell_limb(self) -> u32 {
        self.first_bit / CELL_BITS
    }

    /// Number of limbs of a cell's table. Less than 2^16 is added to each at a time: 48 bits of a
    /// term may touch one more limb than they need.
    pub const fn cell_limbs(self) -> u32 {
        self.end_bit.div_ceil(CELL_BITS) + 1 - self.first_cell_limb()
    }

    /// Number of limbs. With a sign and twice [`GROUP_SAMPLES`] terms (a moment has two per
    /// sample), the last limb fits 32 bits.
    pub const fn limbs(self) -> u32 {
        let end_bit = self.end_bit + GROUP_SAMPLES.ilog2() + 2;
        (end_bit - 32).div_ceil(LIMB_BITS) + 1 - self.first_limb()
    }
}

impl From<Summand> for LimbRange {
    fn from(summand: Summand) -> Self {
        match summand {
            Summand::Value => VALUE,
            Summand::WeightedValue => PRODUCT,
            Summand::Weight => WEIGHT,
        }
    }
}

/// Entries of the state buffer, 64 bits each. The first ones belong to all samples.
///
/// A workgroup adds less than 2^31 to an entry, so an entry has room for more than 2^32 workgroups.
/// A full workgroup has at least 2^13 samples, so there is room for 2^45 samples between two
/// resets.
pub(in crate::gpu) const SAMPLES: u32 = 0;
pub(in crate::gpu) const ZERO_WEIGHT: u32 = 1;
pub(in crate::gpu) const INVALID_WEIGHT: u32 = 2;
pub(in crate::gpu) const INVALID_LABEL: u32 = 3;
pub(in crate::gpu) const MASKED: u32 = 5;
/// Never written: the zero of the shaders' rounding barrier.
pub(in crate::gpu) const ZERO: u32 = 6;
/// Number of weights that became zero when multiplied by the weight of their class.
pub(in crate::gpu) const SMALL_WEIGHT: u32 = 7;
const FIRST_ENTRIES: u32 = 8;

/// Entries of a statistic's faults: three pairs (unweighted, weighted) and three counts.
pub(in crate::gpu) const FAULT_NONFINITE: u32 = 0;
pub(in crate::gpu) const FAULT_OVERFLOW: u32 = 2;
pub(in crate::gpu) const FAULT_OUTSIDE: u32 = 4;
pub(in crate::gpu) const FAULT_UNDERFLOW: u32 = 6;
pub(in crate::gpu) const FAULT_CLIPPED: u32 = 7;
pub(in crate::gpu) const FAULT_UNNORMALIZED: u32 = 8;
const FAULT_ENTRIES: u32 = 9;

/// Entries of a cell with a count and a sum of weights.
pub(in crate::gpu) const CELL_COUNT_ENTRIES: u32 = 1 + WEIGHT.cell_limbs();
/// Entries of a cell with an unweighted and a weighted sum.
pub(in crate::gpu) const CELL_SUM_ENTRIES: u32 = VALUE.cell_limbs() + PRODUCT.cell_limbs();

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
    /// Whether this pass stores scores; it then does nothing else.
    pub stores: bool,
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

/// Threads of a workgroup of the conversion kernel.
pub(in crate::gpu) const CONVERT_GROUP: u32 = 256;

/// Threads of a workgroup that reduces rows of scores.
pub(in crate::gpu) const ROW_GROUP: u32 = 64;

/// Number of threads that share a row of `classes` scores: a power of two, chosen so that each has
/// at least 16 scores.
pub(in crate::gpu) fn team(classes: u32) -> u32 {
    1 << (classes / 16).max(1).ilog2().min(ROW_GROUP.ilog2())
}

/// The memory layout of a plan.
#[derive(Clone, Debug)]
pub(in crate::gpu) struct Layout {
    /// One for each family.
    pub families: Vec<FamilyLayout>,
}

/// The memory layout of a family.
#[derive(Clone, Debug)]
pub(in crate::gpu) struct FamilyLayout {
    /// Threads of a workgroup.
    pub group: u32,
    /// The passes.
    pub passes: Vec<Pass>,
    /// Entries of the state buffer for each total.
    pub entries: u32,
    /// The entry at which the first total begins.
    pub first_entry: u64,
}

/// Rows of the sums of samples' weights and of their squares, at the start of the first pass.
const WEIGHT_ROWS: u32 = WEIGHT.limbs() + WEIGHT_SQUARE.limbs();

/// Number of rows of workgroup memory that slots need.
fn rows(slots: &Slots) -> u32 {
    let limbs = slots.sums.iter().map(|&summand| LimbRange::from(summand).limbs());
    slots.counters + limbs.sum::<u32>()
}

/// Number of entries of the cells of slots.
fn cell_entries(slots: &Slots) -> u32 {
    slots.cells * CELL_COUNT_ENTRIES + slots.sum_cells * CELL_SUM_ENTRIES
}

/// Whether cells with this number of entries are in workgroup memory. Cells that do not fit beside
/// an array of limbs, which has at least one word, are only in the state.
fn is_shared(cell_entries: u32) -> bool {
    0 < cell_entries && cell_entries < WORKGROUP_WORDS
}

impl Layout {
    /// The layout of a plan.
    pub fn new(plan: &Plan) -> Self {
        let mut next_entry = 0;
        let layout = |family: &Family| {
            let layout = FamilyLayout::new(family, next_entry);
            next_entry += u64::from(layout.entries) * family.totals.len() as u64;
            layout
        };
        Self { families: plan.families.iter().map(layout).collect() }
    }

    /// The families of a plan with their layouts.
    pub fn families<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl Iterator<Item = (&'a Family, &'a FamilyLayout)> {
        plan.families.iter().zip(&self.families)
    }

    /// The first entry of a total.
    pub fn entry_of(&self, plan: &Plan, total: usize) -> Result<u32, Error> {
        let family = self.families(plan).find(|(family, _)| family.totals.contains(&total));
        let entry = family.map(|(family, layout)| layout.entry_of(total - family.totals.start));
        entry.ok_or_else(|| Error::internal(format!("no family of the plan has total {total}")))
    }

    /// Size of the state buffer.
    pub fn state_size_bytes(&self, plan: &Plan) -> u64 {
        let families = self.families(plan);
        let entries =
            families.map(|(family, layout)| u64::from(layout.entries) * family.totals.len() as u64);
        8 * entries.sum::<u64>()
    }
}

impl FamilyLayout {
    /// The first entry of a total of the family.
    pub fn entry_of(&self, index: usize) -> u32 {
        self.first_entry as u32 + self.entries * index as u32
    }

    /// The layout with the fewest passes and, for that number of passes, the largest workgroups.
    fn new(family: &Family, first_entry: u64) -> Self {
        let [wide, narrow] = [64, 32].map(|group| Self::with_group(family, group));
        let chosen = if wide.passes.len() <= narrow.passes.len() { wide } else { narrow };
        Self { first_entry, ..chosen }
    }

    fn with_group(family: &Family, group: u32) -> Self {
        let pass = |weights| Pass {
            weights,
            stores: false,
            places: Vec::new(),
            rows: if weights { WEIGHT_ROWS } else { 0 },
            first_entry: 0,
            carry_samples: carry_samples(1),
            cell_words: 0,
            first_cell: 0,
        };
        let mut passes = vec![pass(true)];
        let mut entries = FIRST_ENTRIES;
        for (index, statistic) in family.statistics.iter().enumerate() {
            let slots = statistic.slots();
            let (rows, cells) = (rows(&slots), cell_entries(&slots));
            let words = if is_shared(cells) { cells } else { 0 };
            let fitting = passes.iter().position(|pass| {
                if slots.stores || pass.stores {
                    return false;
                }
                if slots.exclusive && pass.places.iter().any(|place| place.slots.exclusive) {
                    return false;
                }
                let limbs = (pass.rows + rows) * group;
                if cells == 0 && !pass.places.iter().any(|place| place.slots.has_cells()) {
                    return limbs <= WORKGROUP_WORDS;
                }
                limbs.max(1) + (pass.cell_words + words).max(1) <= WORKGROUP_WORDS
            });
            let chosen = fitting.unwrap_or_else(|| {
                passes.push(pass(false));
                passes.len() - 1
            });
            let chosen = &mut passes[chosen];
            let (row, faults) = (chosen.rows, entries);
            entries += FAULT_ENTRIES + slots.maxima;
            // Cells in workgroup memory get their entries below; the cells of a pass are
            // contiguous.
            let first_cell = if words == 0 { entries } else { chosen.cell_words };
            chosen.places.push(Place { index, slots, row, faults, cells: first_cell });
            chosen.stores = slots.stores;
            chosen.rows += rows;
            chosen.cell_words += words;
            chosen.carry_samples = chosen.carry_samples.min(carry_samples(slots.terms));
            if words == 0 {
                entries += cells;
            }
        }
        for pass in &mut passes {
            pass.first_entry = entries;
            entries += pass.rows;
            pass.first_cell = entries;
            entries += pass.cell_words;
            for place in &mut pass.places {
                if is_shared(cell_entries(&place.slots)) {
                    place.cells += pass.first_cell;
                }
            }
        }
        Self { group, passes, entries, first_entry: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::{Task, ValueFn, ValueSpec};

    #[test]
    fn weights_and_one_sum_fit_one_pass_of_64_threads() {
        let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::SquaredError)]);
        let layout = Layout::new(&plan).families.remove(0);
        assert_eq!((layout.group, layout.passes.len()), (64, 1));
    }

    #[test]
    fn every_pass_fits_workgroup_memory_and_rows_do_not_overlap() {
        let deltas = (1..=24).map(|delta| {
            Statistic::Sum(ValueSpec { function: ValueFn::Huber, parameter: delta as f32 })
        });
        let plan = Plan::new(Task::Regression, deltas);
        let layout = Layout::new(&plan).families.remove(0);
        let mut entries = 0;
        for pass in &layout.passes {
            assert!(pass.rows * layout.group <= WORKGROUP_WORDS);
            assert!(pass.places.windows(2).all(|pair| pair[1].row - pair[0].row == 34));
            entries += pass.rows;
        }
        assert!(entries < layout.entries);
        assert_eq!(layout.passes.iter().map(|pass| pass.places.len()).sum::<usize>(), 24);
    }
}
