//! The two sides of a total: unweighted and weighted.

use super::key::Key;
use super::merge::{Merge, add};
use crate::exact::ExactSum;
use serde::{Deserialize, Serialize};

/// The same total over all samples and over those with positive weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides<T> {
    /// Every sample once.
    pub unweighted: T,
    /// Samples of positive weight; sums are multiplied by the weight.
    pub weighted: T,
}

impl Sides<u64> {
    /// Counts one sample; on the weighted side only if its weight is positive.
    pub fn count(&mut self, in_weighted: bool) {
        self.unweighted += 1;
        self.weighted += u64::from(in_weighted);
    }
}

impl Sides<Key> {
    /// Raises both values to those of another.
    pub(crate) fn raise(&mut self, other: Self) {
        self.unweighted = self.unweighted.max(other.unweighted);
        self.weighted = self.weighted.max(other.weighted);
    }
}

impl Merge for Sides<u64> {
    fn merge(&mut self, other: &Self) {
        add(&mut self.unweighted, other.unweighted);
        add(&mut self.weighted, other.weighted);
    }
}

impl Merge for Sides<ExactSum> {
    fn merge(&mut self, other: &Self) {
        self.unweighted.merge(&other.unweighted);
        self.weighted.merge(&other.weighted);
    }
}
