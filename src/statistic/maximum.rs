//! The largest per-sample value, which is never negative.

use super::kind::{Accumulate, invalid};
use super::shader::{Calls, Site};
use super::slots::{SlotReader, Slots};
use super::totals::Merge;
use super::{Pair, Task, ValueSpec};
use crate::error::Error;
use crate::kernel::{Fragment, fragment};
use std::fmt;

/// The largest of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub value: ValueSpec,
}

impl Accumulate for Kind {
    /// The bits of the largest value; 0 if there was none.
    type Accumulator = Pair<u32>;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/maximum.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        let function = self.value.function;
        if function.may_be_negative() {
            let expected = "a value that is never negative";
            return Err(invalid("maximum", "value", function.name(), expected));
        }
        self.value.check(task)
    }

    fn value(&self) -> Option<ValueSpec> {
        Some(self.value)
    }

    fn empty(&self) -> Self::Accumulator {
        Pair::default()
    }

    fn slots(&self) -> Slots {
        Slots { maxima: 2, ..Slots::NONE }
    }

    fn decode(&self, mut slots: SlotReader) -> Self::Accumulator {
        slots.maximum_pair()
    }

    fn call(&self, site: &Site, calls: &mut Calls) {
        calls.count_clipped(self.value, site);
        let Site { index, maxima, .. } = site;
        let (value, greatest) = (site.settled(self.value), format!("_greatest_{index}"));
        calls.variables.push_str(&format!("var<private> {greatest}: vec2<u32>;\n"));
        calls.accumulate(&format!("{greatest} = greatest({greatest}, {value}, sample.weight);"));
        calls.finish(&format!("raise({maxima}u, {greatest});"));
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "maximum:{}", self.value)
    }
}

impl Merge for Pair<u32> {
    fn merge(&mut self, other: &Self) {
        self.raise(*other);
    }

    /// A maximum is never negative, and always finite.
    fn is_valid_for(&self, _: &Self) -> bool {
        self.unweighted.max(self.weighted) < f32::INFINITY.to_bits()
    }
}

impl Pair<u32> {
    /// Raises both values to those of another.
    pub(crate) fn raise(&mut self, other: Self) {
        self.unweighted = self.unweighted.max(other.unweighted);
        self.weighted = self.weighted.max(other.weighted);
    }
}
