//! One stored sample, in single or in double precision.

use crate::exact::{is_double_weight, place, place_double, rounded_weight};
use crate::kernel::bits::{
    FIELD_LIMIT, OUTSIDE, field, flush_result, flushed, magnitude, nonfinite, ordered, unordered,
};
use crate::statistic::{Key, ValueSpec};
use bytemuck::Zeroable;

/// A stored sample: its score, its label and its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredSample {
    /// The score: finite, and not −0.
    pub score: f64,
    /// The label, 0 or 1.
    pub label: usize,
    /// The weight.
    pub weight: f64,
}

/// A stored sample in either precision. Samples are ordered by score, then label, then weight.
pub(crate) trait Sample: Copy + Default + Ord + Zeroable + Send + Sync + 'static {
    /// Bits of the mantissa of a weight.
    const MANTISSA_BITS: u32;

    /// The key of the score. Keys are in the order of scores.
    fn key(self) -> u64;

    /// The score: finite, and not −0.
    fn score(self) -> f64;

    /// The label, 0 or 1.
    fn label(self) -> usize;

    /// The weight.
    fn weight(self) -> f64;

    /// The mantissa of the weight, and the number of places by which its last bit lies above the
    /// unit of weights.
    fn weight_parts(self) -> (u64, u32);

    /// A value of a score, computed in the precision of the sample; NaN if the score is outside its
    /// domain.
    fn value(score: f64, value: ValueSpec) -> f64;

    /// Whether it is a sample that an engine can have stored.
    fn is_valid(self) -> bool;

    /// The sample as users see it.
    fn scored(self) -> ScoredSample {
        ScoredSample { score: self.score(), label: self.label(), weight: self.weight() }
    }
}

/// A sample in single precision: score, label and weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Zeroable)]
pub struct StoredSample(pub(super) u64);

/// A sample in double precision: the key of the score, and the bits of the weight with the label in
/// the sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Zeroable)]
pub(crate) struct DoubleSample {
    pub(super) key: u64,
    pub(super) label_and_weight: u64,
}

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

    /// The bits of the score.
    #[inline(always)]
    fn score_bits(self) -> u32 {
        unordered((self.0 >> 32) as u32)
    }

    /// The bits of the weight.
    #[inline(always)]
    fn weight_bits(self) -> u32 {
        magnitude(self.0 as u32)
    }
}

impl Sample for StoredSample {
    const MANTISSA_BITS: u32 = 24;

    #[inline(always)]
    fn key(self) -> u64 {
        self.0 >> 32
    }

    #[inline(always)]
    fn score(self) -> f64 {
        f32::from_bits(self.score_bits()).into()
    }

    #[inline(always)]
    fn label(self) -> usize {
        (self.0 >> 31 & 1) as usize
    }

    #[inline(always)]
    fn weight(self) -> f64 {
        f32::from_bits(self.weight_bits()).into()
    }

    #[inline(always)]
    fn weight_parts(self) -> (u64, u32) {
        let (mantissa, position) = place(self.weight_bits());
        (mantissa.into(), position)
    }

    fn value(score: f64, value: ValueSpec) -> f64 {
        let ValueSpec { function, parameter } = value;
        let bits = function.at((score as f32).to_bits(), 0, parameter.bits()).unwrap_or(OUTSIDE);
        f32::from_bits(flush_result(bits)).into()
    }

    fn is_valid(self) -> bool {
        let score = self.score_bits();
        !nonfinite(score) && flushed(score) == score && field(self.weight_bits()) < FIELD_LIMIT
    }
}

impl DoubleSample {
    /// A sample with a finite score, a label and a valid weight.
    #[inline(always)]
    pub fn new(score: f64, label: bool, weight: f64) -> Self {
        // The sum turns −0 into 0.
        let label_and_weight = u64::from(label) << 63 | (weight + 0.0).to_bits();
        Self { key: Key::new(score).integer(), label_and_weight }
    }
}

impl From<StoredSample> for DoubleSample {
    fn from(sample: StoredSample) -> Self {
        Self::new(sample.score(), sample.label() == 1, sample.weight())
    }
}

impl Sample for DoubleSample {
    const MANTISSA_BITS: u32 = 53;

    #[inline(always)]
    fn key(self) -> u64 {
        self.key
    }

    #[inline(always)]
    fn score(self) -> f64 {
        Key::from_integer(self.key).number().unwrap_or_default()
    }

    #[inline(always)]
    fn label(self) -> usize {
        (self.label_and_weight >> 63) as usize
    }

    #[inline(always)]
    fn weight(self) -> f64 {
        f64::from_bits(self.label_and_weight & !(1 << 63))
    }

    #[inline(always)]
    fn weight_parts(self) -> (u64, u32) {
        place_double(self.weight())
    }

    fn value(score: f64, value: ValueSpec) -> f64 {
        let ValueSpec { function, parameter } = value;
        function.at_double(score, 0.0, parameter.double).unwrap_or(f64::NAN)
    }

    fn is_valid(self) -> bool {
        let is_number = self.key != 0 && Key::from_integer(self.key).is_valid();
        let weight = self.weight();
        is_number && is_double_weight(weight) && rounded_weight(weight) == weight
    }
}
