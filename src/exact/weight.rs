//! Which numbers are weights.

use super::layout::{LIMIT_EXPONENT, WEIGHT_UNIT_EXPONENT};
use crate::kernel::bits::two_to;

/// The smallest weight all of whose bits count in double precision: 53 bits from the unit of
/// weights on.
pub(crate) const MIN_EXACT_WEIGHT: f64 = two_to(MIN_EXACT_WEIGHT_EXPONENT);

/// Its binary logarithm.
pub(crate) const MIN_EXACT_WEIGHT_EXPONENT: i32 = WEIGHT_UNIT_EXPONENT + 52;

/// A smaller weight to which this is added, and from which it is subtracted again, is rounded to a
/// multiple of the unit of weights, which is the unit of all numbers from this one to its double.
const ROUNDING: f64 = MIN_EXACT_WEIGHT;

/// Whether a number is valid as a weight: not negative, and below 2^64 as an `f32`.
///
/// The `f32` is compared with the limit because that is how the weight is used: an `f64` just below
/// 2^64 rounds up to it. The sign is that of `weight` itself: -1e-60 is negative, though it rounds
/// to 0. [`valid_weight`](crate::kernel::bits::valid_weight) is the same for the bits of an `f32`.
#[doc(hidden)]
pub fn is_weight(weight: f64) -> bool {
    weight >= 0.0 && f64::from(weight as f32) < two_to(LIMIT_EXPONENT)
}

/// Whether a number is valid as a weight in double precision: not negative, and below 2^64.
#[inline(always)]
pub(crate) fn is_double_weight(weight: f64) -> bool {
    (0.0..two_to(LIMIT_EXPONENT)).contains(&weight)
}

/// A weight in double precision, rounded to a multiple of the unit of weights if it is too small
/// for all of its bits.
#[doc(hidden)]
#[inline(always)]
pub fn rounded_weight(weight: f64) -> f64 {
    if weight >= MIN_EXACT_WEIGHT { weight } else { (weight + ROUNDING) - ROUNDING }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::bits::valid_weight;

    #[test]
    fn a_weight_is_valid_as_a_number_if_its_bits_are() {
        let limit = two_to(LIMIT_EXPONENT) as f32;
        let valid = [0.0, -0.0, f32::from_bits(1), 1.0, limit.next_down()];
        let invalid = [-f32::from_bits(1), -1.0, limit, f32::INFINITY, f32::NAN];
        for (weights, expected) in [(valid, true), (invalid, false)] {
            for weight in weights {
                assert_eq!(is_weight(weight.into()), expected, "{weight:e}");
                assert_eq!(valid_weight(weight.to_bits()), expected, "{weight:e}");
            }
        }
        // Numbers between two f32 count as they round, but for their sign.
        assert!(!is_weight(two_to(LIMIT_EXPONENT).next_down()));
        assert!(is_weight(1e-60) && !is_weight(-1e-60));
    }

    #[test]
    fn small_weights_are_rounded_to_multiples_of_the_unit() {
        let unit = two_to(WEIGHT_UNIT_EXPONENT);
        for (weight, rounded) in [
            (0.0, 0.0),
            (unit, unit),
            (unit * 0.75, unit),
            (unit * 0.5, 0.0),
            (1e-300, 0.0),
            (MIN_EXACT_WEIGHT.next_up(), MIN_EXACT_WEIGHT.next_up()),
            (unit * 3.25, unit * 3.0),
            // Odd multiples of the unit, of 52 bits.
            (MIN_EXACT_WEIGHT * 0.5 + unit, MIN_EXACT_WEIGHT * 0.5 + unit),
            (MIN_EXACT_WEIGHT.next_down(), MIN_EXACT_WEIGHT),
            (MIN_EXACT_WEIGHT - unit, MIN_EXACT_WEIGHT - unit),
        ] {
            assert_eq!(rounded_weight(weight), rounded, "{weight:e}");
        }
    }
}
