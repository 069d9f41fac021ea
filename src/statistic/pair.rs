//! Twin of `shaders/pair.wgsl`: numbers of two `f32` parts, for what needs more than 24 bits.
//!
//! A [`Pair`] is the exact sum of its parts, the bits of `f32` numbers; the second is at most about
//! half an ulp of the first. Parts and products are normal numbers or zero, with room below for
//! their errors: magnitudes from 2^-78 (or 0) to 2^126. Whatever is smaller is lost, and on some
//! devices otherwise than on others: it must not matter to who calls.

use super::bits::{ONE, field};
use super::float::{
    LN2_HIGH, LN2_LOW, MANTISSA, NOT_MANTISSA, Reduced, SIGN, TWO, constants, expm1_of, horner, ln,
    minus, plus, quotient, reciprocal, reduced, scaled, taken_apart, times, whole, x_minus_ln1p,
};

constants! {
    /// The leading 12 bits of a significand, with sign and exponent.
    UPPER_HALF = 0xffff_f000;
    /// √½: significands of [`ln_pair`] are taken from here to √2.
    LN_PAIR_LOWEST = 0x3f35_04f3;
    /// 16 more bits of ln 2, after those of `LN2_HIGH`,
    LN2_MIDDLE = 0x35bf_bf00;
    /// and what remains.
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

/// The sum of two numbers that no one number holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The sum, rounded to a number.
    pub high: u32,
    /// What is missing in it.
    pub low: u32,
}

/// a + b, exactly, where |a| ≥ |b| or a is 0 (Dekker).
#[inline(always)]
pub fn quick_two_sum(a: u32, b: u32) -> Pair {
    let high = plus(a, b);
    let low = minus(b, minus(high, a));
    Pair { high, low }
}

/// a + b, exactly (Knuth).
#[inline(always)]
pub fn two_sum(a: u32, b: u32) -> Pair {
    let high = plus(a, b);
    let part = minus(high, a);
    let low = plus(minus(a, minus(high, part)), minus(b, part));
    Pair { high, low }
}

/// a × b, exactly. Halves of 12 bits have exact products, and their sums with the rounded product
/// are exact in this order (Dekker).
#[inline(always)]
pub fn two_product(a: u32, b: u32) -> Pair {
    let high = times(a, b);
    let a1 = a & UPPER_HALF;
    let b1 = b & UPPER_HALF;
    let a2 = minus(a, a1);
    let b2 = minus(b, b1);
    let rest = plus(plus(minus(times(a1, b1), high), times(a1, b2)), times(a2, b1));
    let low = plus(rest, times(a2, b2));
    Pair { high, low }
}

/// a + b, within 2^-46 (|a| + |b|): three roundings of second parts.
#[inline(always)]
pub fn pair_sum(a: Pair, b: Pair) -> Pair {
    let sum = two_sum(a.high, b.high);
    quick_two_sum(sum.high, plus(sum.low, plus(a.low, b.low)))
}

/// a × b, within 2^-45 of itself (2^-47.6 over two million samples).
#[inline(always)]
pub fn pair_product(a: Pair, b: Pair) -> Pair {
    let product = two_product(a.high, b.high);
    let crossed = plus(times(a.high, b.low), times(a.low, b.high));
    quick_two_sum(product.high, plus(product.low, crossed))
}

/// a / b, for b from 2^-60 to 2^60, within 2^-43 of itself (2^-44.2 over two million samples): the
/// guess is 3.5 · 2^-24 off, and what is added to it 2.5 · 2^-24 of that.
#[inline(always)]
pub fn pair_quotient(a: Pair, b: Pair) -> Pair {
    let inverse = reciprocal(b.high);
    let guess = times(a.high, inverse);
    let taken = two_product(guess, b.high);
    let left = minus(minus(minus(a.high, taken.high), taken.low), times(guess, b.low));
    quick_two_sum(guess, times(plus(left, a.low), inverse))
}

/// ln x, for x > 0, within 2^-40 of itself.
///
/// x is 2^k (1 + f), and with s = f / (2 + f), ln(1+f) is 2 artanh s = 2s + s³ (2/3 + 2/5 s² + …).
/// |s| is at most 0.172, so that each further term needs 6 bits less.
#[inline(always)]
pub fn ln_pair(x: u32) -> Pair {
    let apart = taken_apart(x, LN_PAIR_LOWEST);
    let s = pair_quotient(Pair { high: apart.f, low: 0 }, two_sum(TWO, apart.f));
    let z = pair_product(s, s);
    let p = horner(horner(horner(ATANH_3, z.high, ATANH_2), z.high, ATANH_1), z.high, ATANH_0);
    let fifths = quick_two_sum(TWO_FIFTHS, horner(p, z.high, TWO_FIFTHS_LOW));
    let thirds = pair_sum(Pair { high: TWO_THIRDS, low: TWO_THIRDS_LOW }, pair_product(z, fifths));
    let cubic = pair_product(s, pair_product(z, thirds));
    let twice = Pair { high: plus(s.high, s.high), low: plus(s.low, s.low) };
    let whole = quick_two_sum(times(apart.k, LN2_HIGH), times(apart.k, LN2_MIDDLE));
    let steps = Pair { high: whole.high, low: plus(whole.low, times(apart.k, LN2_LAST)) };
    pair_sum(steps, pair_sum(twice, cubic))
}

/// e^x, as close as [`exponential`](super::float::exponential).
#[inline(always)]
pub fn exp_pair(x: Pair) -> u32 {
    let apart = reduced(x.high);
    let corrected = Reduced { n: apart.n, high: apart.high, low: minus(apart.low, x.low) };
    let p = plus(ONE, expm1_of(corrected));
    scaled(p, apart.n)
}

/// x^a, for x > 0 and |a| ≤ 3. Bound: 0.88 ulp, over two million samples.
#[inline(always)]
pub fn power(x: u32, a: Pair) -> u32 {
    exp_pair(pair_product(a, ln_pair(x)))
}

/// Whether a / b, of numbers above 0, lies between 2^-11 and 2^30: surely from 2^-10 to 2^29.
#[inline(always)]
pub fn alike(a: u32, b: u32) -> bool {
    field(a).wrapping_sub(field(b)).wrapping_add(10) < 40
}

/// r − 1 − ln r for r = a / b of numbers above 0 that are [`alike`], without cancellation.
///
/// With r = 1 + u it is u − ln(1+u). What u lacks as one number is made up for with the slope
/// u / (1 + u), which is steep where r is small.
#[inline(always)]
pub fn ratio_defect(a: u32, b: u32) -> u32 {
    let unit = ONE | (b & MANTISSA);
    let moved = a.wrapping_sub(b & NOT_MANTISSA).wrapping_add(ONE);
    let u = pair_quotient(two_sum(moved, unit ^ SIGN), Pair { high: unit, low: 0 });
    let slope = times(u.high, reciprocal(plus(ONE, u.high)));
    plus(x_minus_ln1p(u.high), times(u.low, slope))
}

/// ln(a / b) for numbers above 0 that are not [`alike`], of whatever size their ratio is.
#[inline(always)]
pub fn ratio_ln(a: u32, b: u32) -> u32 {
    let n = whole(field(a).wrapping_sub(field(b)));
    let r = quotient(ONE | (a & MANTISSA), ONE | (b & MANTISSA));
    let rest = plus(ln(r), times(n, LN2_LOW));
    plus(times(n, LN2_HIGH), rest)
}
