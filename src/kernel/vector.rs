//! Twin of `shaders/kernel/vector.wgsl`: sums over the elements of two rows, of predictions and of
//! truths.
//!
//! A sum is a 128-bit integer, so it does not depend on the order in which elements are read.
//! Products are counted in a unit that is 2^104 to 2^106 times smaller than the product of the
//! largest elements: the part of a product that is cut off is less than 2^-104 of that. The terms
//! of a divergence are counted in units of 2^-100. There are at most 2^16 elements, so nothing
//! overflows. Neither do products of losses and soft truths of 2^20 classes, which are below 2^106
//! and not negative.
//!
//! The divergence Σ t ln(t/p) is the sum of t ln(t/p) − t + p, which is half of a Poisson deviance
//! and never negative, and of t − p, which is exact: nearly equal rows lose no digits.

use super::bits::{ONE, UNDERFLOW, field, mantissa};
use super::float::scaled;
use super::fragment::constants;
use super::value::poisson_deviance::poisson_deviance;

constants! {
    /// The shift of the last bit of the product of the largest mantissas.
    PRODUCT_SHIFT = 58;
    /// Sums of products are returned in units of 2 to this, so that sums of squares are at least 1.
    PRODUCT_UNIT = 104;
    /// The exponent fields, and the shift, of a product whose last bit is 1.
    SOFT_LOSS_FIELDS = 358;
    /// The exponent field of numbers whose last bit is 2^-100, and of those whose halves' is.
    NUMBER_FIELD = 50;
    HALF_FIELD = 51;
    /// Divergences are counted in units of 2 to minus this.
    DIVERGENCE_UNIT = 100;
}

/// An integer times 2^shift, rounded down.
#[inline(always)]
pub fn placed(units: u64, shift: i32) -> i128 {
    let down = units >> shift.min(0).wrapping_neg().min(63);
    i128::from(down) << shift.max(0)
}

/// `units`, negated if the sign bit of `sign` is set.
#[inline(always)]
pub fn signed(units: i128, sign: u32) -> i128 {
    if sign >> 31 == 1 { units.wrapping_neg() } else { units }
}

/// The product of two numbers in units; `largest` is the sum of the exponent fields of the largest
/// numbers.
#[inline(always)]
pub fn placed_product(a: u32, b: u32, largest: u32) -> i128 {
    let units = u64::from(mantissa(a)) * u64::from(mantissa(b));
    let exponent = field(a).wrapping_add(field(b)).wrapping_add(PRODUCT_SHIFT);
    signed(placed(units, exponent.wrapping_sub(largest) as i32), a ^ b)
}

/// A number in units of 2^-100, for a `field_of_unit` of 50; half of it for 51.
#[inline(always)]
pub fn placed_number(x: u32, field_of_unit: u32) -> i128 {
    placed(u64::from(mantissa(x)), field(x).wrapping_sub(field_of_unit) as i32)
}

/// A term of a divergence in units of 2^-100. The prediction is not 0.
#[inline(always)]
pub fn divergence_term(prediction: u32, truth: u32) -> i128 {
    let deviance = poisson_deviance(prediction, truth, 0);
    let half = placed_number(if deviance == UNDERFLOW { 0 } else { deviance }, HALF_FIELD);
    let less = placed_number(prediction, NUMBER_FIELD).wrapping_neg();
    let difference = placed_number(truth, NUMBER_FIELD) + less;
    half + difference
}

/// A number of units as an `f32`, rounded once.
///
/// It is computed differently from its twin. The result is the same, the correctly rounded one.
#[inline(always)]
pub fn number_of_units(units: i128) -> u32 {
    (units as f32).to_bits()
}

/// A sum of units of 2^-`unit`, rounded once.
#[inline(always)]
pub fn total(units: i128, unit: u32) -> u32 {
    let number = number_of_units(units);
    let total = scaled(number, unit.wrapping_neg());
    if number == 0 { 0 } else { total }
}

/// A sum of products of soft truths and losses, rounded once. The products are
/// [placed](placed_product) relative to 1 and the largest loss; the part of a product below 2^-104
/// of that is cut off.
#[inline(always)]
pub fn soft_loss(units: i128, largest: u32) -> u32 {
    let number = number_of_units(units);
    let loss =
        scaled(number, field(largest).wrapping_add(field(ONE)).wrapping_sub(SOFT_LOSS_FIELDS));
    if number == 0 { 0 } else { loss }
}

/// Whether a number is a probability.
#[inline(always)]
pub fn is_probability(x: u32) -> bool {
    x <= ONE
}
