//! Slots: the memory of a statistic on a device, and reading it back.

use super::cells::Cells;
use super::sides::Sides;
use crate::error::Error;
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

/// The memory of a statistic on a device, without its faults.
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
}

impl Slots {
    /// No slots: the base of other definitions.
    pub const NONE: Self =
        Self { counters: 0, sums: &[], maxima: 0, cells: 0, sum_cells: 0, stores: false, terms: 1 };

    /// Whether it has cells.
    pub fn has_cells(&self) -> bool {
        self.cells + self.sum_cells > 0
    }
}

/// The contents of a statistic's slots.
#[derive(Debug, Default)]
pub(crate) struct SlotContents {
    pub counters: Vec<u64>,
    pub sums: Vec<ExactSum>,
    pub maxima: Vec<u32>,
    pub cells: Cells,
    pub sum_cells: Vec<Sides<ExactSum>>,
}

impl SlotContents {
    /// The two sums of a statistic, of values and of weighted values.
    pub fn sum(self) -> Result<Sides<ExactSum>, Error> {
        let [unweighted, weighted] = exactly(self.sums)?;
        Ok(Sides { unweighted, weighted })
    }

    /// Its cells with a count and a sum of weights, of which there are `number`.
    pub fn cells(self, number: u32) -> Result<Cells, Error> {
        let Cells { counts, weights } = self.cells;
        let (counts, weights) = (sized(counts, number)?, sized(weights, number)?);
        Ok(Cells { counts, weights })
    }
}

/// The contents of N slots; an internal error if there are more or fewer.
pub(super) fn exactly<T, const N: usize>(contents: Vec<T>) -> Result<[T; N], Error> {
    <[T; N]>::try_from(contents).map_err(|contents| wrong_number(contents.len(), N))
}

/// The contents of `number` slots; an internal error if there are more or fewer.
pub(super) fn sized<T>(contents: Vec<T>, number: u32) -> Result<Vec<T>, Error> {
    let expected = number as usize;
    if contents.len() == expected {
        Ok(contents)
    } else {
        Err(wrong_number(contents.len(), expected))
    }
}

fn wrong_number(found: usize, expected: usize) -> Error {
    Error::internal(format!("a statistic has {found} slots of a type instead of {expected}"))
}

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use super::*;
    use crate::kernel::value::{ValueFn, ValueSpec};
    use crate::statistic::{Binning, Constant, Site, Statistic};

    #[test]
    fn slots_that_a_statistic_does_not_have_are_an_internal_error() {
        let value = ValueSpec { function: ValueFn::Probability, parameter: Constant::ZERO };
        let kinds = [
            Statistic::Sum(value),
            Statistic::Maximum(value),
            Statistic::Extremes(value),
            Statistic::Confusion { threshold: Constant::new(0.5), probabilities: false },
            Statistic::Calibration { probability: value, bins: 3 },
            Statistic::Histogram { binning: Binning::uniform(false, 2) },
        ];
        for statistic in kinds {
            let error = statistic.decode(SlotContents::default()).expect_err("no slots");
            assert!(error.to_string().starts_with("internal error: "), "{statistic}: {error}");
        }
        let sum = SlotContents { sums: vec![ExactSum::ZERO; 2], ..SlotContents::default() };
        assert!(Statistic::Sum(value).decode(sum).is_ok());
    }

    #[test]
    fn a_site_without_the_rows_of_a_sum_is_an_internal_error() {
        let site = Site {
            index: 0,
            parameter: String::new(),
            has_rows: false,
            notes: 0,
            faults: 0,
            clipped: 0,
            counters: 0,
            sums: vec![7],
            maxima: 0,
            cells: 0,
        };
        assert_eq!(site.sum_rows(), Ok([7]));
        let error = site.sum_rows::<2>().expect_err("one row").to_string();
        assert!(error.starts_with("internal error: "), "{error}");
    }
}
