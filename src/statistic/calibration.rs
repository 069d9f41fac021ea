//! Per bin of a probability: counts and sums of weights by label, and sums of the probability.

use super::accumulate::{Accumulate, check_task, invalid};
use super::cells::{CELLS, Cells};
use super::merge::{Merge, add};
use super::shader::{Calls, Site};
use super::sides::Sides;
use super::slots::{SlotContents, Slots, sized};
use crate::error::Error;
use crate::exact::ExactSum;
use crate::kernel::constant::Constant;
use crate::kernel::value::ValueSpec;
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The largest number of bins of a calibration: a mantissa of 24 bits times this number fits 32
/// bits.
pub const MAX_BINS: u32 = 256;

/// A calibration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub probability: ValueSpec,
    pub bins: u32,
}

/// One bin of a calibration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Samples by label.
    pub counts: [u64; 2],
    /// Σw by label.
    pub weights: [ExactSum; 2],
    /// Σ probability.
    pub probability: Sides<ExactSum>,
}

impl Accumulate for Kind {
    type Accumulator = Vec<CalibrationBin>;

    const FRAGMENTS: &'static [Fragment] =
        &[CELLS, fragment!("kernel/uniform_bin.wgsl"), fragment!("statistic/calibration.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("calibration", task, &[Task::Binary, Task::Multiclass])?;
        let &Self { probability: ValueSpec { function, .. }, bins } = self;
        let invalid_value = |expected| invalid("calibration", "value", function.name(), expected);
        if function.row_needs(Constant::ZERO).rows != (task == Task::Multiclass) {
            return Err(invalid_value("a probability of this task"));
        }
        if !function.is_probability() {
            return Err(invalid_value("a probability"));
        }
        if !(1..=MAX_BINS).contains(&bins) {
            let expected = format!("a whole number from 1 to {MAX_BINS}");
            return Err(invalid("calibration", "bins", bins, expected));
        }
        Ok(())
    }

    fn value(&self) -> Option<ValueSpec> {
        Some(self.probability)
    }

    fn empty(&self) -> Self::Accumulator {
        vec![CalibrationBin::default(); self.bins as usize]
    }

    fn slots(&self) -> Slots {
        Slots { cells: 2 * self.bins, sum_cells: self.bins, ..Slots::NONE }
    }

    fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error> {
        let SlotContents { cells: Cells { counts, weights }, sum_cells, .. } = slots;
        let (counts, weights) = (sized(counts, 2 * self.bins)?, sized(weights, 2 * self.bins)?);
        let probabilities = sized(sum_cells, self.bins)?;
        let by_label = counts.chunks_exact(2).zip(weights.chunks_exact(2));
        let bin = |((counts, weights), probability): ((&[u64], &[ExactSum]), _)| CalibrationBin {
            counts: [counts[0], counts[1]],
            weights: [weights[0], weights[1]],
            probability,
        };
        Ok(by_label.zip(probabilities).map(bin).collect())
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        let (Site { has_rows, cells, .. }, bins) = (site, self.bins);
        let kept = site.kept(self.probability);
        let label = if *has_rows { "sample.prediction" } else { "ONE" };
        calls.accumulate(&format!(
            "add_calibration({kept}, {bins}u, {cells}u, sample.truth == {label}, sample);"
        ));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "calibration:{}:bins={}", self.probability.function.name(), self.bins)
    }
}

impl Merge for Vec<CalibrationBin> {
    fn has_shape_of(&self, other: &Self) -> bool {
        self.len() == other.len()
    }

    fn merge(&mut self, other: &Self) {
        for (bin, other) in self.iter_mut().zip(other) {
            for label in 0..2 {
                add(&mut bin.counts[label], other.counts[label]);
                bin.weights[label].merge(&other.weights[label]);
            }
            bin.probability.merge(&other.probability);
        }
    }
}
