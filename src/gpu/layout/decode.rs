//! The totals that a state buffer holds, by the layout of its entries.

use super::{
    CELL_BITS, CELL_COUNT_ENTRIES, CELL_SUM_ENTRIES, FAULT_CLIPPED, FAULT_NONFINITE, FAULT_OUTSIDE,
    FAULT_OVERFLOW, FAULT_UNDERFLOW, FAULT_UNNORMALIZED, INVALID_LABEL, INVALID_WEIGHT, LIMB_BITS,
    Layout, LimbRange, MASKED, PRODUCT, SAMPLES, VALUE, WEIGHT, WEIGHT_SQUARE, ZERO_WEIGHT,
};
use crate::exact::ExactSum;
use crate::statistic::{
    Accumulator, CalibrationBin, Cells, Confusion, Extremes, Faults, Pair, Plan, Statistic,
    StoredScores, Total, Totals, Weights,
};

impl Layout {
    /// All totals that a state buffer holds.
    pub fn read_all(&self, plan: &Plan, state: &[u64]) -> Vec<Totals> {
        let mut rest = state;
        let mut totals = Vec::new();
        let kinds = plan.contests.iter().zip(&self.contests);
        let kinds = kinds.map(|(contests, own)| (own, &contests.plan, contests.number()));
        for (layout, plan, number) in [(self, plan, plan.looks())].into_iter().chain(kinds) {
            let entries = layout.entries as usize;
            let (own, others) = rest.split_at(rest.len().min(entries * number));
            totals.extend(own.chunks(entries).map(|state| layout.read(plan, state)));
            rest = others;
        }
        totals
    }

    /// The totals that a part of a state buffer holds.
    fn read(&self, plan: &Plan, state: &[u64]) -> Totals {
        let entry = |entry: u32| state.get(entry as usize).copied().unwrap_or_default();
        let pair = |first| Pair { unweighted: entry(first), weighted: entry(first + 1) };
        let sum = |table: LimbRange, first_entry: u32| {
            let mut sum = ExactSum::ZERO;
            for limb in 0..table.limbs() {
                let position = (table.first_limb() + limb) * LIMB_BITS;
                sum.add_shifted((entry(first_entry + limb) as i64).into(), position);
            }
            sum
        };
        let cell_sum = |table: LimbRange, first_entry: u32| {
            let mut sum = ExactSum::ZERO;
            for limb in 0..table.cell_limbs() {
                let position = (table.first_cell_limb() + limb) * CELL_BITS;
                sum.add_shifted(entry(first_entry + limb).into(), position);
            }
            sum
        };
        let calibration_bin = |first: u32, bins: u32, bin: u32| {
            let cells = [0, 1].map(|label| first + (2 * bin + label) * CELL_COUNT_ENTRIES);
            let sums = first + 2 * bins * CELL_COUNT_ENTRIES + bin * CELL_SUM_ENTRIES;
            CalibrationBin {
                counts: cells.map(entry),
                weights: cells.map(|cell| cell_sum(WEIGHT, cell + 1)),
                probability: Pair {
                    unweighted: cell_sum(VALUE, sums),
                    weighted: cell_sum(PRODUCT, sums + VALUE.cell_limbs()),
                },
            }
        };
        let mut totals = Totals::empty(plan);
        for pass in &self.passes {
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
                let first = pass.first_entry + place.row;
                let content = match plan.statistics[place.index] {
                    Statistic::Sum(_) | Statistic::Moment(_) => Accumulator::Sum(Pair {
                        unweighted: sum(VALUE, first),
                        weighted: sum(PRODUCT, first + VALUE.limbs()),
                    }),
                    Statistic::Maximum(_) => Accumulator::Maximum(Pair {
                        unweighted: entry(place.maximum()) as u32,
                        weighted: entry(place.maximum() + 1) as u32,
                    }),
                    Statistic::Extremes(_) => {
                        let keys = |first| Pair {
                            unweighted: entry(first) as u32,
                            weighted: entry(first + 1) as u32,
                        };
                        let first = place.maximum();
                        Accumulator::Extremes(Extremes {
                            largest: keys(first),
                            least: keys(first + 2),
                        })
                    }
                    Statistic::Confusion { .. } => {
                        let cells = [0, 1, 2, 3];
                        Accumulator::Confusion(Confusion {
                            counts: cells.map(|cell| entry(first + cell)),
                            weights: cells
                                .map(|cell| sum(WEIGHT, first + 4 + cell * WEIGHT.limbs())),
                        })
                    }
                    statistic @ (Statistic::Histogram { .. }
                    | Statistic::Margins { .. }
                    | Statistic::Matrix { .. }) => {
                        let cells = 0..statistic.cells() as u32;
                        let cells = cells.map(|cell| place.cells + cell * CELL_COUNT_ENTRIES);
                        Accumulator::Cells(Cells {
                            counts: cells.clone().map(entry).collect(),
                            weights: cells.map(|cell| cell_sum(WEIGHT, cell + 1)).collect(),
                        })
                    }
                    // They are read by themselves.
                    Statistic::Scores => Accumulator::Scores(StoredScores::default()),
                    Statistic::Calibration { bins, .. } => Accumulator::Calibration(
                        (0..bins).map(|bin| calibration_bin(place.cells, bins, bin)).collect(),
                    ),
                };
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
        totals
    }
}
