//! One stored sample.

use crate::kernel::bits::{FIELD_LIMIT, field, flushed, magnitude, nonfinite, ordered, unordered};
use bytemuck::Zeroable;

/// A sample: score, label and weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Zeroable)]
pub struct StoredSample(pub(super) u64);

impl StoredSample {
    /// A sample with a finite, flushed score, a label and a valid weight, as bits.
    #[inline(always)]
    pub fn new(score: u32, label: bool, weight: u32) -> Self {
        Self(u64::from(ordered(score)) << 32 | u64::from(label) << 31 | u64::from(weight))
    }

    /// The same from the two words on a device: the key of the score, and the rest. None for the
    /// key 0, which is not the key of any number: nothing was stored there.
    #[cfg(feature = "gpu")]
    pub(crate) fn from_words([key, rest]: [u32; 2]) -> Option<Self> {
        (key != 0).then_some(Self(u64::from(key) << 32 | u64::from(rest)))
    }

    /// The key of the score. Keys are in the order of scores.
    #[inline(always)]
    pub(crate) fn key(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The score: finite, and neither subnormal nor −0.
    pub fn score(self) -> f32 {
        f32::from_bits(unordered(self.key()))
    }

    /// The label, 0 or 1.
    #[inline(always)]
    pub fn label(self) -> usize {
        (self.0 >> 31 & 1) as usize
    }

    /// The bits of the weight.
    #[inline(always)]
    pub fn weight(self) -> u32 {
        magnitude(self.0 as u32)
    }

    /// Whether it is a sample that an engine can have stored.
    pub(super) fn is_valid(self) -> bool {
        let score = self.score().to_bits();
        !nonfinite(score) && flushed(score) == score && field(self.weight()) < FIELD_LIMIT
    }
}
