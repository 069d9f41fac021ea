//! The memory layout of a plan's sums: limbs in workgroup memory, entries in the state buffer, and
//! the assignment of statistics to passes over the data. Each statistic declares the memory that it
//! needs as [`Slots`](crate::statistic::Slots).
//!
//! Everything here follows from the slots, from the layout of the exact sum, and from two sizes:
//! the radix of a limb and the workgroup memory that every WebGPU device has.

pub(super) mod convert;
mod decode;
mod entries;
mod limbs;
mod pass;
pub(super) mod sort;
mod value_size;

pub(super) use self::decode::{StateContents, decode};
pub(super) use self::entries::*;
pub(super) use self::limbs::{
    CELL_BITS, GROUP_SAMPLES, LIMB_BITS, LimbRange, PRODUCT, VALUE, WEIGHT, WEIGHT_SQUARE,
};
pub(super) use self::pass::{Pass, Place};

use self::limbs::carry_samples;
use self::value_size::is_large;
use crate::error::Error;
use crate::statistic::{Family, Plan, Slots, Statistic};

/// Workgroup memory that every WebGPU device has, in words.
const WORKGROUP_WORDS: u32 = 16384 / 4;

/// Threads of a workgroup of the conversion kernel.
pub(in crate::gpu) const CONVERT_GROUP: u32 = 256;

/// The smallest number of threads of a workgroup of a pass.
pub(in crate::gpu) const MIN_GROUP: usize = 32;

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

/// Number of rows of workgroup memory that slots need.
fn rows(slots: &Slots) -> u32 {
    let limbs = slots.sums.iter().map(|&summand| LimbRange::from(summand).limbs());
    slots.counters + limbs.sum::<u32>()
}

/// Number of entries of the cells of slots.
fn cell_entries(slots: &Slots) -> u32 {
    slots.cells * CELL_COUNT_ENTRIES + slots.sum_cells * CELL_SUM_ENTRIES
}

/// Whether two statistics share a kernel of their own: sums of the same large value, with different
/// parameters.
fn share_a_kernel(family: &Family, a: Statistic, b: Statistic) -> bool {
    let (Statistic::Sum(first), Statistic::Sum(second)) = (a, b) else { return false };
    first.function == second.function && family.kind.is_view() && is_large(a)
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
        let [wide, narrow] =
            [2 * MIN_GROUP as u32, MIN_GROUP as u32].map(|group| Self::with_group(family, group));
        let chosen = if wide.passes.len() <= narrow.passes.len() { wide } else { narrow };
        Self { first_entry, ..chosen }
    }

    fn with_group(family: &Family, group: u32) -> Self {
        let first = Pass::new(true, SAMPLES);
        let mut layout =
            Self { group, passes: vec![first], entries: FIRST_ENTRIES, first_entry: 0 };
        let mut alone = Vec::new();
        let mut index = 0;
        for alike in family.statistics.chunk_by(|a, b| share_a_kernel(family, *a, *b)) {
            if let &[statistic] = alike {
                layout.add(index, statistic);
            } else {
                alone.push((index, alike));
            }
            index += alike.len();
        }
        layout.place_rows();
        for (index, alike) in alone {
            layout.add_copies(index, alike);
        }
        layout
    }

    /// Adds a statistic to the first pass that has room for it.
    fn add(&mut self, index: usize, statistic: Statistic) {
        let slots = statistic.slots();
        let (rows, cells) = (rows(&slots), cell_entries(&slots));
        let is_large = is_large(statistic);
        let words = if is_shared(cells) { cells } else { 0 };
        let group = self.group;
        let fitting = self.passes.iter().position(|pass| {
            if slots.stores || pass.stores || (is_large && pass.has_large_value) {
                return false;
            }
            let limbs = (pass.rows + rows) * group;
            if cells == 0 && !pass.places.iter().any(|place| place.slots.has_cells()) {
                return limbs <= WORKGROUP_WORDS;
            }
            limbs.max(1) + (pass.cell_words + words).max(1) <= WORKGROUP_WORDS
        });
        let chosen = fitting.unwrap_or_else(|| {
            self.passes.push(Pass::new(false, self.entries));
            self.entries += 1;
            self.passes.len() - 1
        });
        let chosen = &mut self.passes[chosen];
        let (row, faults) = (chosen.rows, self.entries);
        self.entries += FAULT_ENTRIES + slots.maxima;
        // Cells in workgroup memory get their entries from `place_rows`; the cells of a pass are
        // contiguous.
        let first_cell = if words == 0 { self.entries } else { chosen.cell_words };
        chosen.places.push(Place { index, slots, row, faults, cells: first_cell });
        chosen.stores = slots.stores;
        chosen.has_large_value |= is_large;
        chosen.rows += rows;
        chosen.cell_words += words;
        chosen.carry_samples = chosen.carry_samples.min(carry_samples(slots.terms));
        if words == 0 {
            self.entries += cells;
        }
    }

    /// Assigns entries to the rows and cells of workgroup memory of all passes.
    fn place_rows(&mut self) {
        for pass in &mut self.passes {
            pass.first_entry = self.entries;
            self.entries += pass.rows;
            pass.first_cell = self.entries;
            self.entries += pass.cell_words;
            for place in &mut pass.places {
                if is_shared(cell_entries(&place.slots)) {
                    place.cells += pass.first_cell;
                }
            }
        }
    }

    /// Adds a pass for statistics that share a kernel.
    fn add_copies(&mut self, index: usize, alike: &[Statistic]) {
        let slots = alike[0].slots();
        let processed = self.entries;
        let faults = processed + 1;
        let first_entry = faults + FAULT_ENTRIES + slots.maxima;
        let rows = rows(&slots);
        let first_cell = first_entry + rows;
        let (copies, copy_entries) = (alike.len() as u32, first_cell - processed);
        self.entries += copies * copy_entries;
        self.passes.push(Pass {
            copies,
            copy_entries,
            has_large_value: true,
            places: vec![Place { index, slots, row: 0, faults, cells: first_cell }],
            rows,
            first_entry,
            first_cell,
            carry_samples: carry_samples(slots.terms),
            ..Pass::new(false, processed)
        });
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
            Statistic::Sum(ValueSpec {
                function: ValueFn::Huber,
                parameter: f64::from(delta).into(),
            })
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

    #[test]
    fn values_with_different_parameters_share_a_kernel_only_if_they_are_large() {
        let statistics = |function| {
            let sum =
                move |power: f64| Statistic::Sum(ValueSpec { function, parameter: power.into() });
            [sum(1.5), sum(1.75), sum(3.0)]
        };
        let large = statistics(ValueFn::TweedieDeviance);
        let small = [Statistic::sum(ValueFn::SquaredError), statistics(ValueFn::Huber)[0]];
        let plan = Plan::new(Task::Regression, [large.as_slice(), &small].concat());
        let layout = Layout::new(&plan).families.remove(0);
        let copies: Vec<_> = layout.passes.iter().map(|pass| pass.copies).collect();
        assert_eq!(copies, [1, 3]);
        let family = &plan.families[0];
        let of_large: Vec<_> =
            layout.passes[1].copies().map(|pass| family.statistics[pass.places[0].index]).collect();
        assert_eq!(of_large, large);
        // No entry belongs to two statistics.
        let mut taken = vec![false; layout.entries as usize];
        let mut take = |entry: u32| {
            assert!(!std::mem::replace(&mut taken[entry as usize], true), "entry {entry}");
        };
        for pass in layout.passes.iter().flat_map(Pass::copies) {
            (pass.first_entry..pass.first_entry + pass.rows).for_each(&mut take);
            for place in &pass.places {
                (place.faults..place.faults + FAULT_ENTRIES).for_each(&mut take);
            }
            take(pass.processed);
        }
    }
}
