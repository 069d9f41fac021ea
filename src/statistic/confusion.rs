//! Counts and sums of weights by label and by whether the score is above a threshold.

use super::accumulate::{Accumulate, check_task, invalid};
use super::merge::{Merge, add};
use super::shader::{Calls, Site};
use super::slots::{SlotContents, Slots, Summand, exactly};
use crate::error::Error;
use crate::exact::ExactSum;
use crate::kernel::constant::Constant;
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A confusion count at a threshold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub threshold: Constant,
    pub probabilities: bool,
}

/// Samples and weights by truth and prediction. The index is 2·label + (score > threshold): true
/// negatives, false positives, false negatives, true positives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Samples per cell.
    pub counts: [u64; 4],
    /// Σw per cell.
    pub weights: [ExactSum; 4],
}

impl Accumulate for Kind {
    type Accumulator = Confusion;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/confusion.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_task("confusion", task, &[Task::Binary])?;
        if self.threshold.is_finite() {
            return Ok(());
        }
        Err(invalid("confusion", "threshold", self.threshold, "a finite number"))
    }

    fn domain(&self) -> &'static str {
        "predictions from 0 to 1, unless from_logits or a threshold is set"
    }

    fn parameter(&self) -> u32 {
        self.threshold.bits()
    }

    fn empty(&self) -> Self::Accumulator {
        Confusion::default()
    }

    fn slots(&self) -> Slots {
        Slots { counters: 4, sums: &[Summand::Weight; 4], ..Slots::NONE }
    }

    fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error> {
        Ok(Confusion { counts: exactly(slots.counters)?, weights: exactly(slots.sums)? })
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        let Site { parameter, faults, counters, .. } = site;
        let ([weights], probabilities) = (site.sum_rows()?, self.probabilities);
        calls.accumulate(&format!(
            "add_confusion({parameter}, {probabilities}, {faults}u, {counters}u, {weights}u, \
             sample);"
        ));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "confusion:threshold={}", self.threshold)?;
        if self.probabilities { f.write_str(":probabilities") } else { Ok(()) }
    }
}

impl Merge for Confusion {
    fn merge(&mut self, other: &Self) {
        for cell in 0..4 {
            add(&mut self.counts[cell], other.counts[cell]);
            self.weights[cell].merge(&other.weights[cell]);
        }
    }
}
