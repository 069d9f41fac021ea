//! The largest and the smallest per-sample value, of any sign.

use super::accumulate::{Accumulate, check_value};
use super::key::Key;
use super::merge::Merge;
use super::shader::{Calls, Site};
use super::sides::Sides;
use super::slots::{SlotContents, Slots, exactly};
use crate::error::Error;
use crate::kernel::bits::unordered;
use crate::kernel::value::ValueSpec;
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The largest and the smallest value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub value: ValueSpec,
}

/// The largest and the smallest value, as keys: the larger the key, the more extreme the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extremes {
    /// The largest.
    pub largest: Sides<Key>,
    /// The smallest, as a [reversed](Key::reversed) key.
    pub smallest: Sides<Key>,
}

impl Accumulate for Kind {
    type Accumulator = Extremes;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/extremes.wgsl")];

    fn check(&self, task: Task) -> Result<(), Error> {
        check_value(self.value, task)
    }

    fn value(&self) -> Option<ValueSpec> {
        Some(self.value)
    }

    fn empty(&self) -> Self::Accumulator {
        Extremes::default()
    }

    fn slots(&self) -> Slots {
        Slots { maxima: 4, ..Slots::NONE }
    }

    fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error> {
        let [largest, weighted_largest, smallest, weighted_smallest] = exactly(slots.maxima)?;
        Ok(Extremes::of_words(
            Sides { unweighted: largest, weighted: weighted_largest },
            Sides { unweighted: smallest, weighted: weighted_smallest },
        ))
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        calls.count_clipped(self.value, site);
        let Site { index, maxima, .. } = site;
        let (value, outermost) = (site.kept(self.value), format!("_outermost_{index}"));
        calls.variables.push_str(&format!("var<private> {outermost}: vec4<u32>;\n"));
        calls.accumulate(&format!("{outermost} = outermost({outermost}, {value}, sample.weight);"));
        calls.finish(&format!("raise({maxima}u, {outermost}.xy);"));
        calls.finish(&format!("raise({}u, {outermost}.zw);", maxima + 2));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "extremes:{}", self.value)
    }
}

impl Merge for Extremes {
    fn merge(&mut self, other: &Self) {
        self.largest.raise(other.largest);
        self.smallest.raise(other.smallest);
    }

    fn is_valid_for(&self, _: &Self) -> bool {
        let Self { largest, smallest } = self;
        [largest.unweighted, largest.weighted].into_iter().all(Key::is_valid)
            && [smallest.unweighted, smallest.weighted].into_iter().all(Key::is_valid_reversed)
    }
}

impl Extremes {
    /// The extremes of values in single precision, given as
    /// [`ordered`](crate::kernel::bits::ordered) bits of the largest and as the complement of those
    /// of the smallest; 0 for none.
    pub(crate) fn of_words(largest: Sides<u32>, smallest: Sides<u32>) -> Self {
        let key = |word: u32| match word {
            0 => Key::NONE,
            word => Key::new(f32::from_bits(unordered(word)).into()),
        };
        let smallest_key = |word: u32| match word {
            0 => Key::NONE,
            word => key(!word).reversed(),
        };
        Self {
            largest: Sides { unweighted: key(largest.unweighted), weighted: key(largest.weighted) },
            smallest: Sides {
                unweighted: smallest_key(smallest.unweighted),
                weighted: smallest_key(smallest.weighted),
            },
        }
    }
}
