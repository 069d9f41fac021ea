//! The largest per-sample value, which is never negative.

use super::accumulate::{Accumulate, check_value, invalid};
use super::key::Key;
use super::merge::Merge;
use super::shader::{Calls, Site};
use super::sides::Sides;
use super::slots::{SlotContents, Slots, exactly};
use crate::error::Error;
use crate::kernel::value::ValueSpec;
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use std::fmt;

/// The largest of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub value: ValueSpec,
}

impl Accumulate for Kind {
    /// The key of the largest value; none if that is 0.
    type Accumulator = Sides<Key>;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/maximum.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        let function = self.value.function;
        if function.may_be_negative() {
            let expected = "a value that is never negative";
            return Err(invalid("maximum", "value", function.name(), expected));
        }
        check_value(self.value, task)
    }

    fn value(&self) -> Option<ValueSpec> {
        Some(self.value)
    }

    fn empty(&self) -> Self::Accumulator {
        Sides::default()
    }

    fn slots(&self) -> Slots {
        Slots { maxima: 2, ..Slots::NONE }
    }

    fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error> {
        let key = |bits| Key::of_magnitude(f32::from_bits(bits).into());
        let [unweighted, weighted] = exactly(slots.maxima)?.map(key);
        Ok(Sides { unweighted, weighted })
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        calls.count_clipped(self.value, site);
        let Site { index, maxima, .. } = site;
        let (value, maximum) = (site.value_or_zero(self.value), format!("_maximum_{index}"));
        calls.variables.push_str(&format!("var<private> {maximum}: vec2<u32>;\n"));
        calls.accumulate(&format!("{maximum} = larger({maximum}, {value}, sample.weight);"));
        calls.finish(&format!("raise({maxima}u, {maximum});"));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "maximum:{}", self.value)
    }
}

impl Merge for Sides<Key> {
    fn merge(&mut self, other: &Self) {
        self.raise(*other);
    }

    /// A maximum is never negative, and always finite.
    fn is_valid_for(&self, _: &Self) -> bool {
        [self.unweighted, self.weighted]
            .into_iter()
            .all(|key| key.is_valid() && key.number().is_none_or(|number| number > 0.0))
    }
}
