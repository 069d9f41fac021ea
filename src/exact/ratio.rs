//! Ratios and square roots of big integers, correctly rounded to `f64`.

use super::decompose::decompose_f64;
use crate::error::Undefined;
use crate::kernel::bits::two_to;
use num_bigint::{BigInt, BigUint, Sign};

/// A ratio rounded once, or [`Undefined::ZeroDenominator`] with `nothing` as its reason.
pub(crate) fn share(
    numerator: &BigInt,
    denominator: &BigInt,
    nothing: &str,
) -> Result<f64, Undefined> {
    if denominator.sign() == Sign::NoSign {
        return Err(Undefined::ZeroDenominator { reason: nothing.to_owned() });
    }
    Ok(ratio(numerator, denominator))
}

/// `numerator` / `denominator`, rounded once to the nearest `f64`; 0 for a denominator of 0.
pub(crate) fn ratio(numerator: &BigInt, denominator: &BigInt) -> f64 {
    let quotient = Quotient::new(numerator.magnitude(), denominator.magnitude(), 65, 1);
    let value = quotient
        .map_or(0.0, |Quotient { integer, exact, exponent }| round(&integer, exact, exponent));
    if numerator.sign() * denominator.sign() == Sign::Minus { -value } else { value }
}

/// √(`numerator` / `denominator`), rounded once to the nearest `f64`; 0 for a denominator of 0.
pub(crate) fn root_ratio(numerator: &BigUint, denominator: &BigUint) -> f64 {
    let quotient = Quotient::new(numerator, denominator, 130, 2);
    quotient.map_or(0.0, |Quotient { integer, exact, exponent }| {
        let root = integer.sqrt();
        let exact = exact && &root * &root == integer;
        round(&root, exact, exponent / 2)
    })
}

/// `numerator` / √`square`, rounded once to the nearest `f64`; 0 for a square of 0.
pub(crate) fn signed_root(numerator: &BigInt, square: &BigInt) -> f64 {
    let top = numerator.magnitude();
    let value = root_ratio(&(top * top), square.magnitude());
    if numerator.sign() == Sign::Minus { -value } else { value }
}

/// A finite number as a fraction of two integers, exactly.
pub(crate) struct Fraction {
    pub numerator: BigInt,
    /// A power of two.
    pub denominator: BigInt,
}

impl Fraction {
    pub fn of(number: f64) -> Self {
        let (mantissa, exponent) = decompose_f64(number);
        Self {
            numerator: BigInt::from(mantissa) << exponent.max(0),
            denominator: BigInt::from(1) << (-exponent).max(0),
        }
    }
}

/// The leading bits of a ratio: ⌊ratio / 2^`exponent`⌋.
struct Quotient {
    integer: BigUint,
    /// Whether all bits below are zero.
    exact: bool,
    exponent: i64,
}

impl Quotient {
    /// The leading `bits` to `bits` + 2 bits of a ratio. The exponent is a multiple of `step`,
    /// which is 1 or 2. `None` if the numerator or the denominator is zero.
    fn new(numerator: &BigUint, denominator: &BigUint, bits: i64, step: i64) -> Option<Self> {
        if numerator.bits() == 0 || denominator.bits() == 0 {
            return None;
        }
        let shift = bits - (numerator.bits() as i64 - denominator.bits() as i64);
        let shift = shift + shift.rem_euclid(step);
        let up = |integer: &BigUint, shift: i64| integer << shift.max(0) as u64;
        let (top, bottom) = (up(numerator, shift), up(denominator, -shift));
        let integer = &top / &bottom;
        let exact = &integer * &bottom == top;
        Some(Self { integer, exact, exponent: -shift })
    }
}

/// An integer of 65 to 67 bits times 2^`exponent`, rounded once to the nearest `f64`. These are
/// more than 53 + 2 bits, so the last one can stand for all bits below.
fn round(integer: &BigUint, exact: bool, exponent: i64) -> f64 {
    let words = integer.iter_u64_digits().rev();
    let wide = words.fold(0_u128, |wide, word| wide << 64 | u128::from(word));
    scale((wide | u128::from(!exact)) as f64, exponent)
}

/// `value` · 2^`exponent`, in steps that stay in the range of normal numbers.
fn scale(mut value: f64, mut exponent: i64) -> f64 {
    while exponent != 0 {
        let step = exponent.clamp(-1000, 1000);
        value *= two_to(step as i32);
        exponent -= step;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_of_integers_within_f64_are_those_of_ieee_division() {
        let mut x = 1_u64;
        for _ in 0..2000 {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (a, b) = ((x >> 11) as i64 - (1 << 52), (x.swap_bytes() >> 12) as i64 + 1);
            let expected = a as f64 / b as f64;
            assert_eq!(ratio(&a.into(), &b.into()), expected, "{a} / {b}");
            assert_eq!(ratio(&a.into(), &(-b).into()), -expected, "{a} / -{b}");
        }
    }

    #[test]
    fn roots_of_integers_within_f64_are_those_of_ieee() {
        let mut x = 1_u64;
        for _ in 0..2000 {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let a = x >> 11;
            for (power, scale) in [(0_u32, 1.0), (32, 65536.0), (200, two_to(100))] {
                let expected = (a as f64).sqrt() / scale;
                let denominator = BigUint::from(1_u8) << power;
                assert_eq!(root_ratio(&a.into(), &denominator), expected, "√({a} / 2^{power})");
            }
        }
    }

    #[test]
    fn a_half_is_rounded_to_even_and_anything_above_it_up() {
        let half = (BigInt::from(1) << 54) + 2; // 2^54 + 2: halfway between two f64
        assert_eq!(ratio(&half, &1.into()), two_to(54));
        let third = &half * 3 + 1;
        assert_eq!(ratio(&third, &3.into()), two_to(54) + 4.0);
        // A square just above that of a halfway number.
        let square = (BigUint::from(1_u8) << 54) + 2_u8;
        let square = &square * &square;
        assert_eq!(root_ratio(&square, &1_u8.into()), two_to(54));
        assert_eq!(root_ratio(&(square + 1_u8), &1_u8.into()), two_to(54) + 4.0);
    }
}
