//! The exact sum of a per-sample value.

use super::accumulate::{Accumulate, check_value};
use super::shader::{Calls, Site};
use super::sides::Sides;
use super::slots::{SlotContents, Slots, Summand};
use crate::error::Error;
use crate::exact::ExactSum;
use crate::kernel::value::ValueSpec;
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use std::fmt;

/// The sum of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub value: ValueSpec,
}

impl Accumulate for Kind {
    type Accumulator = Sides<ExactSum>;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/sum.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_value(self.value, task)
    }

    fn value(&self) -> Option<ValueSpec> {
        Some(self.value)
    }

    fn empty(&self) -> Self::Accumulator {
        Sides::default()
    }

    fn slots(&self) -> Slots {
        Slots { sums: &[Summand::Value, Summand::WeightedValue], ..Slots::NONE }
    }

    fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error> {
        slots.sum()
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        calls.count_clipped(self.value, site);
        let (value, [row, weighted_row]) = (site.value_or_zero(self.value), site.sum_rows()?);
        calls.accumulate(&format!("add_value({value}, {row}u, {weighted_row}u, sample.weight);"));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sum:{}", self.value)
    }
}
