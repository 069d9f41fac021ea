//! Twin of `shaders/kernel/float.wgsl`: elementary functions that return the same bits on every
//! device.
//!
//! Functions take and return the bits of `f32` numbers. Inputs are finite and flushed (subnormals
//! and −0 are +0). A result is a number, [`UNDERFLOW`] if it is not zero but too small, or an
//! infinity if it is too large. [`UNDERFLOW`] is also a valid *input* of functions that behave like
//! their argument near zero: they return it unchanged.
//!
//! Everything is built from [`plus`], [`minus`] and [`times`], each rounded once, and from integer
//! operations on bits. There are no branches, loops or tables, so a loop over a block vectorises.
//! Only [`quotient`] and [`square_root`] compute their results differently from their twins. The
//! results are the same, because both are correctly rounded.
//!
//! Three polynomials do the rest. Their coefficients are minimax (Remez exchange in 40 digits, then
//! rounded one by one from the lowest, with the others refitted after each). The first coefficient
//! of each is ½, exactly. Their relative errors:
//!
//! | polynomial | of | degree | range | error |
//! | --- | --- | --- | --- | --- |
//! | `LN` | (f − ln(1+f)) / f² | 11 | −1/3 to 1/2 | 2^-27.9 |
//! | `EXP` | (e^r − 1 − r) / r² | 6 | −1/2 to 1/2 | 2^-30.2 |
//! | `LN_COSH` | ln(cosh √y) / y | 7 | 0 to 1 | 2^-30.6 |
//!
//! The largest errors over all inputs, in ulp of the exact result (`tests/oracle/float.rs`):
//!
//! | function | ulp |
//! | --- | --- |
//! | `square_root` | 0.5 |
//! | `ln` | 0.83 |
//! | `ln1p` | 0.86 |
//! | `x_minus_ln1p` | 2.0 |
//! | `exponential` | 2.0 |
//! | `expm1` | 2.0 |
//! | `exp_excess` | 2.0 |
//! | `ln_cosh` | 2.0 |
//! | `softplus` | 2.0 |
//! | `sigmoid` | 2.0 |

use super::bits::{FIELD_SQUARE, MIN_RESULT_EXPONENT, ONE, UNDERFLOW, field, magnitude, nonfinite};
use super::fragment::constants;

constants! {
    SIGN = 0x8000_0000;
    INFINITY = 0x7f80_0000;
    HALF = 0x3f00_0000;
    THREE_QUARTERS = 0x3f40_0000;
    THREE_HALVES = 0x3fc0_0000;
    TWO = 0x4000_0000;
    /// 1.5 · 2^23: adding a number from −2^22 to 2^22 to it rounds the number to an integer, which
    /// is then in its last bits.
    ROUNDING = 0x4b40_0000;
    /// The implicit bit of a significand.
    IMPLICIT = 0x0080_0000;
    /// The other bits of a significand.
    MANTISSA = 0x007f_ffff;
    /// The sign and the exponent field.
    NOT_MANTISSA = 0xff80_0000;
    /// This minus the bits of a number is a first guess at its reciprocal, within 5 %.
    RECIPROCAL = 0x7ef3_11c7;
    /// This minus half the bits of a number is a first guess at 1 / its square root, within 3.5 %.
    RECIPROCAL_ROOT = 0x5f37_59df;
    /// 2^60 and 1/4, and the exponent field of 2^-63 between them: see [`scale`].
    SCALE_UP = 0x5d80_0000;
    SCALE_DOWN = 0x3e80_0000;
    FIELD_SCALE = 64;
    /// Two numbers from 2^20 are both scaled by 2^-80. If only one is from 2^96, it is scaled by
    /// 2^-32, and ln 2^32 is added to the logarithm.
    FIELD_LARGE = 147;
    SCALE_LARGE = 0x1780_0000;
    FIELD_VAST = 223;
    SCALE_VAST = 0x2f80_0000;
    LN_VAST = 0x41b1_7218;
    LOG2_E = 0x3fb8_aa3b;
    /// The leading 16 bits of ln 2: its product with an integer of 8 bits is exact.
    LN2_HIGH = 0x3f31_7200;
    /// The rest of ln 2.
    LN2_LOW = 0x35bf_be8e;
    /// 2/3: logarithms reduce significands to the range from here to 4/3;
    LN_LOWEST = 0x3f2a_aaab;
    /// or from here, the next number after 3/4, so that 1 + x = 3/2, even if rounded, is not
    /// reduced.
    LN1P_LOWEST = 0x3f40_0001;
    /// 104: at ± this, e^x is infinite or too small.
    EXP_LIMIT = 0x42d0_0000;
    /// −18: below, e^x is less than half an ulp of 1.
    EXPM1_LIMIT = 0xc190_0000;
    /// 40: above, e^(−2x) is negligible beside x.
    LN_COSH_LIMIT = 0x4220_0000;
    /// Exponent field of 2^-27: below, ln(1+x) and e^x − 1 are x.
    FIELD_LINEAR = 100;
    LN_1 = 0xbeaa_aaac;
    LN_2 = 0x3e7f_fffb;
    LN_3 = 0xbe4c_cbbe;
    LN_4 = 0x3e2a_ab9f;
    LN_5 = 0xbe12_6d4b;
    LN_6 = 0x3dff_ffbb;
    LN_7 = 0xbddf_4384;
    LN_8 = 0x3dc9_5e93;
    LN_9 = 0xbdd6_bf28;
    LN_10 = 0x3dd7_29c8;
    LN_11 = 0xbd58_cf46;
    EXP_1 = 0x3e2a_aaab;
    EXP_2 = 0x3d2a_aaaa;
    EXP_3 = 0x3c08_87e3;
    EXP_4 = 0x3ab6_0c16;
    EXP_5 = 0x3951_53b7;
    EXP_6 = 0x37d0_37c9;
    LN_COSH_1 = 0xbdaa_aaa8;
    LN_COSH_2 = 0x3cb6_0a32;
    LN_COSH_3 = 0xbbdc_e1ce;
    LN_COSH_4 = 0x3b0d_ce77;
    LN_COSH_5 = 0xba32_fbe9;
    LN_COSH_6 = 0x393b_25b8;
    LN_COSH_7 = 0xb7dc_0e5f;
}

/// a + b, rounded once.
#[inline(always)]
pub fn plus(a: u32, b: u32) -> u32 {
    (f32::from_bits(a) + f32::from_bits(b)).to_bits()
}

/// a − b, rounded once.
#[inline(always)]
pub fn minus(a: u32, b: u32) -> u32 {
    (f32::from_bits(a) - f32::from_bits(b)).to_bits()
}

/// a × b, rounded once.
#[inline(always)]
pub fn times(a: u32, b: u32) -> u32 {
    (f32::from_bits(a) * f32::from_bits(b)).to_bits()
}

/// One step of a polynomial: p·x + c, rounded twice.
#[inline(always)]
pub fn horner(p: u32, x: u32, c: u32) -> u32 {
    plus(times(p, x), c)
}

/// x (x/2 + x·x·p), which is x²/2 + x³ p. Only the last two roundings matter if x³ p is small.
#[inline(always)]
fn half_square(x: u32, p: u32) -> u32 {
    times(x, plus(times(x, HALF), times(x, times(x, p))))
}

/// An integer from −2^22 to 2^22, in two's complement, as the bits of an `f32`.
#[inline(always)]
pub(crate) fn whole(n: u32) -> u32 {
    minus(ROUNDING.wrapping_add(n), ROUNDING)
}

/// The result of a function that is like its argument: 0, the argument, or [`UNDERFLOW`].
#[inline(always)]
pub(crate) fn passthrough(x: u32) -> u32 {
    let small = if magnitude(x) == 0 { 0 } else { UNDERFLOW };
    if field(x) < MIN_RESULT_EXPONENT { small } else { x }
}

/// The result of a function that is like the square of its argument x: 0, `result`, or
/// [`UNDERFLOW`] if the square is too small.
#[inline(always)]
fn quadratic(x: u32, result: u32) -> u32 {
    let small = if magnitude(x) == 0 { 0 } else { UNDERFLOW };
    if field(x) < FIELD_SQUARE { small } else { result }
}

/// 2^n times a normal number: a number, [`UNDERFLOW`] or an infinity. |n| is less than 2^20.
#[inline(always)]
pub(crate) fn scaled(x: u32, n: u32) -> u32 {
    let exponent = field(x).wrapping_add(n) as i32;
    let result = x.wrapping_add(n << 23);
    let large = if exponent > 254 { INFINITY | (x & SIGN) } else { result };
    if exponent < MIN_RESULT_EXPONENT as i32 { UNDERFLOW } else { large }
}

/// A power of two. Sums and differences of numbers up to |x|, multiplied with it, do not overflow;
/// those that are too small are negligible beside x.
#[inline(always)]
pub fn scale(x: u32) -> u32 {
    if field(x) < FIELD_SCALE { SCALE_UP } else { SCALE_DOWN }
}

/// 2^-n, or 0 if that is 2^-64 or less. n is −64 or more.
#[inline(always)]
pub(crate) fn power_of_half(n: u32) -> u32 {
    if n.wrapping_add(64) < 128 { ONE.wrapping_sub(n << 23) } else { 0 }
}

/// a / b, correctly rounded. The caller makes sure that b is not 0.
///
/// A quotient is never halfway between two numbers. Bound: ½ ulp.
#[inline(always)]
pub fn quotient(a: u32, b: u32) -> u32 {
    let rounded = (f32::from_bits(a) / f32::from_bits(b)).to_bits();
    let small = if magnitude(a) == 0 { 0 } else { UNDERFLOW };
    if field(rounded) < MIN_RESULT_EXPONENT { small } else { rounded }
}

/// √a, correctly rounded, for a ≥ 0. Bound: ½ ulp.
#[inline(always)]
pub fn square_root(a: u32) -> u32 {
    f32::from_bits(a).sqrt().to_bits()
}

/// 1 / b for b from 2^-60 to 2^60: three steps of Newton's method from a guess. Relative error:
/// at most 2.49 · 2^-24.
#[inline(always)]
pub fn reciprocal(b: u32) -> u32 {
    let r0 = RECIPROCAL.wrapping_sub(b);
    let r1 = times(r0, minus(TWO, times(b, r0)));
    let r2 = times(r1, minus(TWO, times(b, r1)));
    times(r2, minus(TWO, times(b, r2)))
}

/// f − ln(1+f) for f from −1/3 to 1/2.
#[inline(always)]
fn ln_defect(f: u32) -> u32 {
    let p9 = horner(horner(LN_11, f, LN_10), f, LN_9);
    let p6 = horner(horner(horner(p9, f, LN_8), f, LN_7), f, LN_6);
    let p3 = horner(horner(horner(p6, f, LN_5), f, LN_4), f, LN_3);
    let p1 = horner(horner(p3, f, LN_2), f, LN_1);
    half_square(f, p1)
}

/// A number as 2^k (1 + f); k and f are the bits of `f32` numbers.
#[derive(Clone, Copy)]
struct Scaled {
    k: u32,
    f: u32,
}

/// x as 2^k (1 + f), exactly, with 1 + f from `lowest` to twice that.
#[inline(always)]
fn decomposed(x: u32, lowest: u32) -> Scaled {
    let above = x.wrapping_sub(lowest);
    let k = whole((above as i32 >> 23) as u32);
    let f = minus(x.wrapping_sub(above & NOT_MANTISSA), ONE);
    Scaled { k, f }
}

/// 1 + x as 2^k (1 + f).
///
/// If k is 0, f is x. If it is 1 or −1, f = (x − 1) / 2 or 2x + 1 is exact too, because x is at
/// least 1/2 or at most −1/3, and f has no bit below 2^-25. To get there, 1 + f begins at 3/4 above
/// one, and at 2/3 below: then x − ln(1+x) has no error from f.
#[inline(always)]
fn decomposed_1p(x: u32) -> Scaled {
    let sum = plus(ONE, x);
    let part = minus(sum, ONE);
    let error = plus(minus(ONE, minus(sum, part)), minus(x, part));
    let lowest = if sum < ONE { LN_LOWEST } else { LN1P_LOWEST };
    let above = sum.wrapping_sub(lowest);
    let n = (above as i32 >> 23) as u32;
    let truncated = minus(sum.wrapping_sub(above & NOT_MANTISSA), ONE);
    let f = plus(truncated, times(error, power_of_half(n)));
    Scaled { k: whole(n), f }
}

/// ln(2^k (1 + f)).
#[inline(always)]
fn logarithm(k: u32, f: u32) -> u32 {
    let steps = times(k, LN2_HIGH);
    let high = plus(steps, f);
    let low = minus(f, minus(high, steps));
    let rest = minus(times(k, LN2_LOW), ln_defect(f));
    plus(high, plus(low, rest))
}

/// ln x for x > 0; an infinity for an infinity.
#[inline(always)]
pub fn ln(x: u32) -> u32 {
    let parts = decomposed(x, LN_LOWEST);
    let result = logarithm(parts.k, parts.f);
    if nonfinite(x) { INFINITY } else { result }
}

/// ln(1 + x) for x > −1; an infinity for an infinity.
#[inline(always)]
pub fn ln1p(x: u32) -> u32 {
    let parts = decomposed_1p(x);
    let result = logarithm(parts.k, parts.f);
    let finite = if nonfinite(x) { INFINITY } else { result };
    if field(x) < FIELD_LINEAR { passthrough(x) } else { finite }
}

/// ln(1 + x) if `plus_one`, else ln x, for about the cost of one of them.
#[inline(always)]
pub fn ln_or_ln1p(x: u32, plus_one: bool) -> u32 {
    let alone = decomposed(x, LN_LOWEST);
    let beside = decomposed_1p(x);
    let k = if plus_one { beside.k } else { alone.k };
    let f = if plus_one { beside.f } else { alone.f };
    let result = logarithm(k, f);
    let finite = if nonfinite(x) { INFINITY } else { result };
    if plus_one && field(x) < FIELD_LINEAR { passthrough(x) } else { finite }
}

/// x − ln(1 + x) for x > −1, without cancellation; an infinity for an infinity.
#[inline(always)]
pub fn x_minus_ln1p(x: u32) -> u32 {
    let parts = decomposed_1p(x);
    let left = minus(minus(x, times(parts.k, LN2_HIGH)), parts.f);
    let right = minus(ln_defect(parts.f), times(parts.k, LN2_LOW));
    let result = plus(left, right);
    let finite = if nonfinite(x) { INFINITY } else { result };
    quadratic(x, finite)
}

/// (e^r − 1 − r − r²/2) / r³ for |r| ≤ 1/2.
#[inline(always)]
pub(crate) fn exp_tail(r: u32) -> u32 {
    let p3 = horner(horner(horner(EXP_6, r, EXP_5), r, EXP_4), r, EXP_3);
    horner(horner(p3, r, EXP_2), r, EXP_1)
}

/// e^r − 1 − r for |r| ≤ 1/2.
#[inline(always)]
fn exp_defect(r: u32) -> u32 {
    half_square(r, exp_tail(r))
}

/// A number as n ln 2 + high − low, with |high − low| ≤ 1/2; n is an integer.
#[derive(Clone, Copy)]
pub(crate) struct Reduced {
    pub n: u32,
    pub high: u32,
    pub low: u32,
}

/// Reduces x, clamped to |x| ≤ 104, modulo ln 2. Below 1/2, n is 0.
#[inline(always)]
pub(crate) fn reduced(x: u32) -> Reduced {
    let bounded = (x & SIGN) | magnitude(x).min(EXP_LIMIT);
    let nearest = plus(times(bounded, LOG2_E), ROUNDING);
    let steps = if magnitude(x) < HALF { ROUNDING } else { nearest };
    let n = minus(steps, ROUNDING);
    let high = minus(bounded, times(n, LN2_HIGH));
    Reduced { n: steps.wrapping_sub(ROUNDING), high, low: times(n, LN2_LOW) }
}

/// e^(high − low) − 1.
#[inline(always)]
pub(crate) fn expm1_of(parts: Reduced) -> u32 {
    let defect = exp_defect(minus(parts.high, parts.low));
    plus(parts.high, minus(defect, parts.low))
}

/// e^x. 1 for [`UNDERFLOW`].
#[inline(always)]
pub fn exponential(x: u32) -> u32 {
    let parts = reduced(x);
    let p = plus(ONE, expm1_of(parts));
    scaled(p, parts.n)
}

/// e^x − 1.
#[inline(always)]
pub fn expm1(x: u32) -> u32 {
    let parts = reduced(x);
    let base = minus(ONE, power_of_half(parts.n));
    let result = scaled(plus(base, expm1_of(parts)), parts.n);
    let bounded = if x > EXPM1_LIMIT { ONE | SIGN } else { result };
    if field(x) < FIELD_LINEAR { passthrough(x) } else { bounded }
}

/// e^x − 1 − x without cancellation.
#[inline(always)]
pub fn exp_excess(x: u32) -> u32 {
    let parts = reduced(x);
    let half = power_of_half(parts.n);
    let base = minus(minus(ONE, half), times(x, half));
    let defect = exp_defect(minus(parts.high, parts.low));
    let sum = plus(plus(base, parts.high), minus(defect, parts.low));
    let result = scaled(sum, parts.n);
    let bounded = if x > EXPM1_LIMIT { minus(ONE | SIGN, x) } else { result };
    quadratic(x, bounded)
}

/// ln(cosh x).
#[inline(always)]
pub fn ln_cosh(x: u32) -> u32 {
    let a = magnitude(x);
    let bounded = a.min(LN_COSH_LIMIT);
    let y = times(bounded, bounded);
    let p4 = horner(horner(horner(LN_COSH_7, y, LN_COSH_6), y, LN_COSH_5), y, LN_COSH_4);
    let p1 = horner(horner(horner(p4, y, LN_COSH_3), y, LN_COSH_2), y, LN_COSH_1);
    let near = half_square(bounded, times(bounded, p1));
    let t = exponential(SIGN | times(TWO, bounded));
    let tail = minus(t, ln_defect(t));
    let far = plus(minus(a, LN2_HIGH), minus(tail, LN2_LOW));
    let result = if a <= ONE { near } else { far };
    quadratic(x, result)
}

/// ln(1 + e^x).
#[inline(always)]
pub fn softplus(x: u32) -> u32 {
    let tail = ln1p(exponential(x | SIGN));
    if x >> 31 == 1 { tail } else { plus(x, tail) }
}

/// 1 / (1 + e^−x).
#[inline(always)]
pub fn sigmoid(x: u32) -> u32 {
    let t = exponential(x | SIGN);
    let share = if x >> 31 == 1 { t } else { ONE };
    let sum = plus(ONE, t);
    let error = minus(t, minus(sum, ONE));
    let q = quotient(share, sum);
    // error / sum within a quarter of error, since sum is from 1 to 2.
    let result = minus(q, times(q, times(error, THREE_QUARTERS)));
    if field(q) < MIN_RESULT_EXPONENT { q } else { result }
}
