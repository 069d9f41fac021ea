//! Decodes the totals in a state buffer by the layout of its entries.

use super::{
    CELL_BITS, CELL_COUNT_ENTRIES, CELL_SUM_ENTRIES, CONVERTED, DUE, FAULT_CLIPPED,
    FAULT_NONFINITE, FAULT_OUTSIDE, FAULT_OVERFLOW, FAULT_UNDERFLOW, FAULT_UNNORMALIZED,
    FamilyLayout, INVALID_LABEL, INVALID_WEIGHT, LIMB_BITS, Layout, LimbRange, MASKED, PRODUCT,
    Pass, REDUCED, SAMPLES, SMALL_WEIGHT, VALUE, WEIGHT, WEIGHT_SQUARE, ZERO_WEIGHT,
};
use crate::error::Error;
use crate::exact::ExactSum;
use crate::exact::layout::{SINGLE_UNIT_EXPONENT, UNIT_EXPONENT};
use crate::statistic::{
    Cells, Family, Faults, Plan, Sides, SlotContents, Slots, Total, Totals, Weights,
};
use std::ops::Range;

/// The position in an exact sum of the last bit of the first limb.
const LOWEST_LIMB_BIT: u32 = (SINGLE_UNIT_EXPONENT - UNIT_EXPONENT) as u32;

/// The contents of a state buffer.
pub(in crate::gpu) struct StateContents {
    pub totals: Vec<Totals>,
    /// Number of weights that became zero when multiplied by the weight of their class.
    pub lossy_weights: u64,
    /// A kernel that did not process all of its samples, if there is one.
    pub unfinished: Option<&'static str>,
}

/// Decodes a state buffer of a plan.
pub(in crate::gpu) fn decode(
    layout: &Layout,
    plan: &Plan,
    state: &[u64],
) -> Result<StateContents, Error> {
    let [entries, expected] = [state.len() as u64, layout.state_size_bytes(plan) / 8];
    if entries != expected {
        return Err(Error::internal(format!("a state has {entries} entries, not {expected}")));
    }
    let totals = layout.families(plan).flat_map(|(family, layout)| {
        (0..family.totals.len()).map(|index| {
            let first = layout.entry_of(index) as usize;
            decode_total(layout, family, &state[first..first + layout.entries as usize])
        })
    });
    // The totals of binary problems count the same weights again.
    let lossy_weights = plan.views().map(|view| {
        let entry = layout.entry_of(plan, view.total)? + SMALL_WEIGHT;
        Ok::<_, Error>(state[entry as usize])
    });
    let lossy_weights = lossy_weights.sum::<Result<_, _>>()?;
    let totals = totals.collect::<Result<_, _>>()?;
    Ok(StateContents { totals, lossy_weights, unfinished: unfinished(layout, plan, state) })
}

/// A kernel that did not process all samples that it was dispatched for, or that others processed,
/// if there is one.
fn unfinished(layout: &Layout, plan: &Plan, state: &[u64]) -> Option<&'static str> {
    layout.families(plan).find_map(|(family, layout)| {
        (0..family.totals.len()).find_map(|index| {
            let entry = |entry| state[(layout.entry_of(index) + entry) as usize];
            // Stored scores have a check of their own, and are not stored where they are dropped.
            let passes = layout.passes.iter().filter(|pass| !pass.stores);
            let mut passes = passes.flat_map(Pass::copies);
            if entry(CONVERTED) != 0 {
                Some("the conversion of buffers")
            } else if entry(REDUCED) != 0 {
                Some("the reduction of rows")
            } else if entry(SAMPLES) != entry(DUE)
                || passes.any(|pass| entry(pass.processed) != entry(SAMPLES))
            {
                Some("a pass over the samples")
            } else {
                None
            }
        })
    })
}

/// The total in its part of a state buffer, which has all of its entries.
fn decode_total(layout: &FamilyLayout, family: &Family, state: &[u64]) -> Result<Totals, Error> {
    let entry = |entry: u32| state[entry as usize];
    let pair = |first| Sides { unweighted: entry(first), weighted: entry(first + 1) };
    let sum = |table: LimbRange, first_entry: u32| {
        let mut sum = ExactSum::ZERO;
        for limb in 0..table.limbs() {
            let position = LOWEST_LIMB_BIT + (table.first_limb() + limb) * LIMB_BITS;
            sum.add_shifted((entry(first_entry + limb) as i64).into(), position);
        }
        sum
    };
    let cell_sum = |table: LimbRange, first_entry: u32| {
        let mut sum = ExactSum::ZERO;
        for limb in 0..table.cell_limbs() {
            let position = LOWEST_LIMB_BIT + (table.first_cell_limb() + limb) * CELL_BITS;
            sum.add_shifted(entry(first_entry + limb).into(), position);
        }
        sum
    };
    let mut totals = Totals::empty(&family.statistics);
    for pass in layout.passes.iter().flat_map(Pass::copies) {
        if pass.weights {
            totals.weights = Weights {
                samples: entry(SAMPLES),
                masked: entry(MASKED),
                zero_weight: entry(ZERO_WEIGHT),
                invalid_weight: entry(INVALID_WEIGHT),
                invalid_label: pair(INVALID_LABEL),
                sum: sum(WEIGHT, pass.first_entry),
                square_sum: sum(WEIGHT_SQUARE, pass.first_entry + WEIGHT.limbs()),
            };
        }
        for place in &pass.places {
            let Slots { counters, maxima, cells, sum_cells, .. } = place.slots;
            let count = |first: u32, entries: u32| first..first + entries;
            let vector = |entries: Range<u32>| entries.map(entry).collect::<Vec<_>>();
            let counters = vector(count(pass.first_entry + place.row, counters));
            let sums = place.sums().map(|(range, row)| sum(range, pass.first_entry + row));
            let maxima = count(place.maxima(), maxima).map(|at| entry(at) as u32);
            let cells = (0..cells).map(|cell| place.cells + cell * CELL_COUNT_ENTRIES);
            let cells = Cells {
                counts: cells.clone().map(entry).collect(),
                weights: cells.map(|cell| cell_sum(WEIGHT, cell + 1)).collect(),
            };
            let sum_cells = (0..sum_cells).map(|cell| place.sum_cells() + cell * CELL_SUM_ENTRIES);
            let sum_cells = sum_cells.map(|cell| Sides {
                unweighted: cell_sum(VALUE, cell),
                weighted: cell_sum(PRODUCT, cell + VALUE.cell_limbs()),
            });
            let content = family.statistics[place.index].decode(SlotContents {
                counters,
                sums: sums.collect(),
                maxima: maxima.collect(),
                cells,
                sum_cells: sum_cells.collect(),
            })?;
            let faults = Faults {
                nonfinite: pair(place.faults + FAULT_NONFINITE),
                overflow: pair(place.faults + FAULT_OVERFLOW),
                outside: pair(place.faults + FAULT_OUTSIDE),
                underflow: entry(place.faults + FAULT_UNDERFLOW),
                clipped: entry(place.faults + FAULT_CLIPPED),
                unnormalized: entry(place.faults + FAULT_UNNORMALIZED),
            };
            totals.statistics[place.index] = Total { faults, content };
        }
    }
    Ok(totals)
}
