//! Twin of `shaders/kernel/double.wgsl`: double-floats, numbers of two `f32` parts, for results
//! that need more than 24 bits.
//!
//! A [`DoubleF32`] is the exact sum of its parts, which are the bits of `f32` numbers. The second
//! is at most about half an ulp of the first. Parts and products are zero or normal numbers, with
//! room below for their errors: magnitudes are 0, or from 2^-78 to 2^126. Smaller numbers are lost,
//! and differently on different devices, so results must not depend on them.

use super::bits::{ONE, field, magnitude};
use super::float::{
    HALF, LN2_HIGH, LN2_LOW, LOG2_E, MANTISSA, NOT_MANTISSA, ROUNDING, SIGN, exp_tail, horner, ln,
    minus, plus, power_of_half, quotient, reciprocal, times, whole, x_minus_ln1p,
};
use super::fragment::constants;

constants! {
    /// The leading 12 bits of a significand, with sign and exponent.
    UPPER_HALF = 0xffff_f000;
    /// ln 2, rounded,
    LN2 = 0x3f31_7218;
    /// and the rest of it.
    LN2_REST = 0xb102_e308;
    /// √½ and √2, between which [`ratio_ln_double`] brings quotients of significands.
    RATIO_LOWEST = 0x3f35_04f3;
    RATIO_LARGEST = 0x3fb5_04f3;
    /// 16 more bits of ln 2, after those of `LN2_HIGH`,
    LN2_MIDDLE = 0x35bf_bf00;
    /// and the rest of it.
    LN2_LAST = 0xad63_0865;
    TWO_THIRDS = 0x3f2a_aaab;
    TWO_THIRDS_LOW = 0xb2aa_aaab;
    TWO_FIFTHS = 0x3ecc_cccd;
    TWO_FIFTHS_LOW = 0xb1cc_cccd;
    ATANH_0 = 0x3e92_4925;
    ATANH_1 = 0x3e63_8d7c;
    ATANH_2 = 0x3e3a_4918;
    ATANH_3 = 0x3e20_d781;
}

/// A double-float: the exact sum of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoubleF32 {
    /// The sum, rounded to a number.
    pub high: u32,
    /// The rounding error of `high`.
    pub low: u32,
}

/// a + b, exactly, if |a| ≥ |b| or a is 0 (Dekker).
#[inline(always)]
pub fn quick_two_sum(a: u32, b: u32) -> DoubleF32 {
    let high = plus(a, b);
    let low = minus(b, minus(high, a));
    DoubleF32 { high, low }
}

/// a + b, exactly (Knuth).
#[inline(always)]
pub fn two_sum(a: u32, b: u32) -> DoubleF32 {
    let high = plus(a, b);
    let part = minus(high, a);
    let low = plus(minus(a, minus(high, part)), minus(b, part));
    DoubleF32 { high, low }
}

/// `yes` if `holds`, else `no`.
#[inline(always)]
pub fn select_double(no: DoubleF32, yes: DoubleF32, holds: bool) -> DoubleF32 {
    let high = if holds { yes.high } else { no.high };
    let low = if holds { yes.low } else { no.low };
    DoubleF32 { high, low }
}

/// a, negated if the sign bit of `sign` is set.
#[inline(always)]
pub fn copysign_xor(a: DoubleF32, sign: u32) -> DoubleF32 {
    DoubleF32 { high: a.high ^ (sign & SIGN), low: a.low ^ (sign & SIGN) }
}

/// a × b, exactly (Dekker). Products of 12-bit halves are exact, and so are their sums with the
/// rounded product in this order.
#[inline(always)]
pub fn two_product(a: u32, b: u32) -> DoubleF32 {
    let high = times(a, b);
    let a1 = a & UPPER_HALF;
    let b1 = b & UPPER_HALF;
    let a2 = minus(a, a1);
    let b2 = minus(b, b1);
    let rest = plus(plus(minus(times(a1, b1), high), times(a1, b2)), times(a2, b1));
    let low = plus(rest, times(a2, b2));
    DoubleF32 { high, low }
}

/// a + b, with an error of at most 2^-46 (|a| + |b|): three roundings of second parts.
#[inline(always)]
pub fn double_sum(a: DoubleF32, b: DoubleF32) -> DoubleF32 {
    let sum = two_sum(a.high, b.high);
    quick_two_sum(sum.high, plus(sum.low, plus(a.low, b.low)))
}

/// a × b, with a relative error of at most 2^-45 (2^-47.6 over two million samples).
#[inline(always)]
pub fn double_product(a: DoubleF32, b: DoubleF32) -> DoubleF32 {
    let product = two_product(a.high, b.high);
    let crossed = plus(times(a.high, b.low), times(a.low, b.high));
    quick_two_sum(product.high, plus(product.low, crossed))
}

/// a × b for a power of two b, exactly.
#[inline(always)]
pub(crate) fn double_shifted(a: DoubleF32, b: u32) -> DoubleF32 {
    DoubleF32 { high: times(a.high, b), low: times(a.low, b) }
}

/// a / b for |b| from 2^-60 to 2^60, with a relative error of at most 2^-43 (2^-44.2 over two
/// million samples): the guess is off by 3.5 · 2^-24, and its correction by 2.5 · 2^-24 of that.
#[inline(always)]
pub fn double_quotient(a: DoubleF32, b: DoubleF32) -> DoubleF32 {
    let inverse = reciprocal(b.high);
    let guess = times(a.high, inverse);
    let taken = two_product(guess, b.high);
    let left = minus(minus(minus(a.high, taken.high), taken.low), times(guess, b.low));
    quick_two_sum(guess, times(plus(left, a.low), inverse))
}

/// ln(a / b) for any two numbers above 0, however close, with a relative error of at most 2^-40.
///
/// a / b is 2^k x / y, with x / y from √½ to √2 (or one ulp beyond). With s = (x − y) / (x + y),
/// ln(x / y) is 2 artanh s = 2s + s³ (2/3 + 2/5 s² + …). x − y is exact, and |s| is at most 0.172,
/// so each further term needs 6 bits less.
#[inline(always)]
pub fn ratio_ln_double(a: u32, b: u32) -> DoubleF32 {
    let numerator = ONE | (a & MANTISSA);
    let y = ONE | (b & MANTISSA);
    let above = u32::from(numerator >= times(y, RATIO_LARGEST));
    let below = u32::from(numerator < times(y, RATIO_LOWEST));
    let step = above.wrapping_sub(below);
    let x = numerator.wrapping_sub(step << 23);
    let k = whole(field(a).wrapping_sub(field(b)).wrapping_add(step));
    let s = double_quotient(DoubleF32 { high: minus(x, y), low: 0 }, two_sum(x, y));
    let z = double_product(s, s);
    let p = horner(horner(horner(ATANH_3, z.high, ATANH_2), z.high, ATANH_1), z.high, ATANH_0);
    let fifths = quick_two_sum(TWO_FIFTHS, horner(p, z.high, TWO_FIFTHS_LOW));
    let thirds =
        double_sum(DoubleF32 { high: TWO_THIRDS, low: TWO_THIRDS_LOW }, double_product(z, fifths));
    let cubic = double_product(s, double_product(z, thirds));
    let twice = DoubleF32 { high: plus(s.high, s.high), low: plus(s.low, s.low) };
    let exact = quick_two_sum(times(k, LN2_HIGH), times(k, LN2_MIDDLE));
    let steps = DoubleF32 { high: exact.high, low: plus(exact.low, times(k, LN2_LAST)) };
    double_sum(steps, double_sum(twice, cubic))
}

/// ln x for x > 0, with a relative error of at most 2^-40.
#[inline(always)]
pub fn ln_double(x: u32) -> DoubleF32 {
    ratio_ln_double(x, ONE)
}

/// 2^n times `factor`, which may be too large or too small for an `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaledDouble {
    /// The exponent n, an integer in two's complement.
    pub n: u32,
    /// The factor, of ordinary size.
    pub factor: DoubleF32,
}

/// A number as n ln 2 + `rest`, where n is an integer and `rest` is from −1/2 to 1/2.
#[derive(Clone, Copy)]
struct DoubleReduced {
    n: u32,
    rest: DoubleF32,
}

/// Reduces x, with |x| below 2^12, modulo ln 2. The error is at most 2^-44 |x|; below 1/2, n is 0.
#[inline(always)]
fn double_reduced(x: DoubleF32) -> DoubleReduced {
    let nearest = plus(times(x.high, LOG2_E), ROUNDING);
    let steps = if magnitude(x.high) < HALF { ROUNDING } else { nearest };
    let n = minus(steps, ROUNDING);
    let taken =
        double_product(DoubleF32 { high: n, low: 0 }, DoubleF32 { high: LN2, low: LN2_REST });
    DoubleReduced {
        n: steps.wrapping_sub(ROUNDING),
        rest: double_sum(x, copysign_xor(taken, SIGN)),
    }
}

/// (e^r − 1 − r) / r for |r| ≤ 1/2: r (1/2 + r p), where only p is a single `f32`.
#[inline(always)]
fn exp_excess_near(r: DoubleF32) -> DoubleF32 {
    let tail = times(r.high, exp_tail(r.high));
    double_product(r, quick_two_sum(HALF, tail))
}

/// e^r = 1 + r + r `excess`.
#[inline(always)]
fn exp_near(r: DoubleF32, excess: DoubleF32) -> DoubleF32 {
    double_sum(double_sum(DoubleF32 { high: ONE, low: 0 }, r), double_product(r, excess))
}

/// e^x for x = 0 or |x| from 2^-46 to 2^12, with a relative error of at most 2^-27.8 over a million
/// samples.
#[inline(always)]
pub fn exp_double(x: DoubleF32) -> ScaledDouble {
    let parts = double_reduced(x);
    let factor = exp_near(parts.rest, exp_excess_near(parts.rest));
    ScaledDouble { n: parts.n, factor }
}

/// (e^x − 1 − x) / x (0 for 0) for the same x, with a relative error of at most 2^-25.3 over a
/// million samples, which is the error of the tail for |x| close to 1/2. n is not negative.
///
/// It has the sign of x and increases with x, from −1. Beyond 1/2 it is
/// 2^n (2^(m−n) e^r − 2^-n (1 + x)) / x with n = max(m, 0) and x = m ln 2 + r.
#[inline(always)]
pub fn exp_excess_ratio(x: DoubleF32) -> ScaledDouble {
    let parts = double_reduced(x);
    let near = exp_excess_near(parts.rest);
    let n = (parts.n as i32).max(0) as u32;
    let grown = double_shifted(exp_near(parts.rest, near), power_of_half(n.wrapping_sub(parts.n)));
    let less =
        double_shifted(double_sum(DoubleF32 { high: ONE, low: 0 }, x), SIGN | power_of_half(n));
    let far = double_quotient(double_sum(grown, less), x);
    ScaledDouble { n, factor: select_double(far, near, parts.n == 0) }
}

/// Whether a / b, of numbers above 0, is roughly between 2^-11 and 2^30: always true from 2^-10 to
/// 2^29.
#[inline(always)]
pub fn similar_magnitude(a: u32, b: u32) -> bool {
    field(a).wrapping_sub(field(b)).wrapping_add(10) < 40
}

/// r − 1 − ln r for r = a / b, without cancellation, for numbers above 0 of
/// [similar magnitude](similar_magnitude).
///
/// With r = 1 + u it is u − ln(1+u). The second part of u is accounted for with the slope
/// u / (1 + u), which is steep if r is small.
#[inline(always)]
pub fn ratio_defect(a: u32, b: u32) -> u32 {
    let unit = ONE | (b & MANTISSA);
    let moved = a.wrapping_sub(b & NOT_MANTISSA).wrapping_add(ONE);
    let u = double_quotient(two_sum(moved, unit ^ SIGN), DoubleF32 { high: unit, low: 0 });
    let slope = times(u.high, reciprocal(plus(ONE, u.high)));
    plus(x_minus_ln1p(u.high), times(u.low, slope))
}

/// ln(a / b) for numbers above 0 that are not of [similar magnitude](similar_magnitude).
#[inline(always)]
pub fn ratio_ln(a: u32, b: u32) -> u32 {
    let n = whole(field(a).wrapping_sub(field(b)));
    let r = quotient(ONE | (a & MANTISSA), ONE | (b & MANTISSA));
    let rest = plus(ln(r), times(n, LN2_LOW));
    plus(times(n, LN2_HIGH), rest)
}
