//! The exact sum of a per-sample value.

use super::kind::Accumulate;
use super::shader::{Calls, Site};
use super::slots::{SlotReader, Slots, Summand};
use super::totals::Merge;
use super::{Pair, Task, ValueSpec};
use crate::error::Error;
use crate::exact::ExactSum;
use crate::kernel::{Fragment, fragment};
use std::fmt;

/// The sum of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub value: ValueSpec,
}

impl Accumulate for Kind {
    type Accumulator = Pair<ExactSum>;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/sum.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        self.value.check(task)
    }

    fn value(&self) -> Option<ValueSpec> {
        Some(self.value)
    }

    fn empty(&self) -> Self::Accumulator {
        Pair::default()
    }

    fn slots(&self) -> Slots {
        Slots { sums: &[Summand::Value, Summand::WeightedValue], ..Slots::NONE }
    }

    fn decode(&self, mut slots: SlotReader) -> Self::Accumulator {
        slots.sum_pair()
    }

    fn call(&self, site: &Site, calls: &mut Calls) {
        calls.count_clipped(self.value, site);
        let (value, [row, weighted_row]) = (site.settled(self.value), site.sum_rows());
        calls.accumulate(&format!("add_value({value}, {row}u, {weighted_row}u, sample.weight);"));
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sum:{}", self.value)
    }
}

impl Merge for Pair<ExactSum> {
    fn merge(&mut self, other: &Self) {
        self.unweighted.merge(&other.unweighted);
        self.weighted.merge(&other.weighted);
    }
}
