//! Limbs: the words of exact sums on a device, in workgroup memory and in cells.

use crate::exact::layout::{EXPONENT_BIAS, LIMIT_EXPONENT, SINGLE_UNIT_EXPONENT};
use crate::statistic::Summand;

/// Bits of a limb: 8 fewer than a word has, so that carries can be deferred.
pub(in crate::gpu) const LIMB_BITS: u32 = 24;

/// Bits of a limb of a cell, which all threads of a workgroup share: 16 fewer than a word has, so
/// that 2^16 samples can be added to it.
pub(in crate::gpu) const CELL_BITS: u32 = 16;

/// The number of additions, each below 2^24, to a limb below 2^24 between two carry passes.
const CARRY_TERMS: u32 = 127;

/// Samples of a thread between two carry passes if each sample adds `terms` terms to a sum: a
/// multiple of 4.
pub(super) const fn carry_samples(terms: u32) -> u32 {
    CARRY_TERMS / terms / 4 * 4
}

/// The largest number of samples of a workgroup: the last limb of each table has room for this
/// many.
pub(in crate::gpu) const GROUP_SAMPLES: u32 = 1 << 20;

/// A kind of sum: the limbs of the whole integer that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gpu) struct LimbRange {
    /// Bits below this one, counted from the last bit of the smallest product of two `f32`, are
    /// never set.
    first_bit: u32,
    /// Each term is below 2^`end_bit`.
    end_bit: u32,
}

/// Σ of values: multiples of 2^-149 below 2^128.
pub(in crate::gpu) const VALUE: LimbRange = LimbRange::new(1 - EXPONENT_BIAS, 128);
/// Σ of weight × value.
pub(in crate::gpu) const PRODUCT: LimbRange =
    LimbRange::new(SINGLE_UNIT_EXPONENT, LIMIT_EXPONENT + 128);
/// Σ of weights.
pub(in crate::gpu) const WEIGHT: LimbRange = LimbRange::new(1 - EXPONENT_BIAS, LIMIT_EXPONENT);
/// Σ of squared weights.
pub(in crate::gpu) const WEIGHT_SQUARE: LimbRange =
    LimbRange::new(SINGLE_UNIT_EXPONENT, 2 * LIMIT_EXPONENT);

impl LimbRange {
    const fn new(first_exponent: i32, end_exponent: i32) -> Self {
        Self {
            first_bit: (first_exponent - SINGLE_UNIT_EXPONENT) as u32,
            end_bit: (end_exponent - SINGLE_UNIT_EXPONENT) as u32,
        }
    }

    /// The first limb, as an index into the limbs of the whole integer.
    pub const fn first_limb(self) -> u32 {
        self.first_bit / LIMB_BITS
    }

    /// The first limb of a cell's table.
    pub const fn first_cell_limb(self) -> u32 {
        self.first_bit / CELL_BITS
    }

    /// Number of limbs of a cell's table. Less than 2^16 is added to each at a time: 48 bits of a
    /// term may touch one more limb than they need.
    pub const fn cell_limbs(self) -> u32 {
        self.end_bit.div_ceil(CELL_BITS) + 1 - self.first_cell_limb()
    }

    /// Number of limbs. With a sign and twice [`GROUP_SAMPLES`] terms (a moment has two per
    /// sample), the last limb fits 32 bits.
    pub const fn limbs(self) -> u32 {
        let end_bit = self.end_bit + GROUP_SAMPLES.ilog2() + 2;
        (end_bit - 32).div_ceil(LIMB_BITS) + 1 - self.first_limb()
    }
}

impl From<Summand> for LimbRange {
    fn from(summand: Summand) -> Self {
        match summand {
            Summand::Value => VALUE,
            Summand::WeightedValue => PRODUCT,
            Summand::Weight => WEIGHT,
        }
    }
}
