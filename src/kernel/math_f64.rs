//! Elementary functions of `f64` numbers that return the same bits on every machine.
//!
//! Everything is built from additions, multiplications, divisions and square roots, each rounded
//! once, from integer operations on bits, and from functions of the `libm` crate, never from those
//! of the platform. [`ln`], [`ln1p`] and [`exponential`] have no branches or tables, so loops over
//! them vectorise.
//!
//! Coefficients are those of Chebyshev approximations in 60 digits. Relative errors:
//!
//! | polynomial | of | range | error |
//! | --- | --- | --- | --- |
//! | `ATANH` | (atanh(√z)/√z − 1)/z | 0 to 0.0296 | 2^-63 |
//! | `EXP` | (e^r − 1 − r − r²/2)/r³ | ±0.3467 | 2^-57 |
//! | `LN_COSH` | (ln(cosh √y) − y/2)/y² | 0 to 1 | 2^-55 of y/2 |

use super::bits::two_to;

const ATANH: [f64; 9] = [
    0.3333333333333333,
    0.19999999999999996,
    0.14285714285717815,
    0.11111111109888804,
    0.09090909302722507,
    0.0769228710437481,
    0.06667839257357404,
    0.05843616594776257,
    0.059450225427884286,
];

const EXP: [f64; 10] = [
    0.16666666666666669,
    0.041666666666666664,
    0.008333333333330055,
    0.0013888888888886548,
    0.00019841269863088255,
    2.4801587317169235e-5,
    2.7557268406190795e-6,
    2.7557282931125736e-7,
    2.51004110820149e-8,
    2.091125490208877e-9,
];

const LN_COSH: [f64; 15] = [
    -0.08333333333333333,
    0.02222222222222137,
    -0.006746031745967792,
    0.002186948851716268,
    -0.0007386029311758631,
    0.00025658029407100796,
    -9.098791431197687e-5,
    3.27718785684998e-5,
    -1.1933792318657676e-5,
    4.3548719737005194e-6,
    -1.5541515744780364e-6,
    5.124147653921175e-7,
    -1.4081083577922122e-7,
    2.7318429155369385e-8,
    -2.6892003290732618e-9,
];

/// ln 2 with 33 bits, so that its product with an integer of 20 bits is exact, and the rest.
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;

/// 2^52: added to a number below it, it leaves the integer part in the last bits.
const ROUNDING: f64 = two_to(52);

/// The bits of √½, where the range of significands that [`ln`] reduces to begins.
const LOWEST: u64 = 0x3fe6_a09e_667f_3bcd;

/// The value of a polynomial.
#[inline(always)]
pub(super) fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let mut value = coefficients[N - 1];
    for coefficient in coefficients[..N - 1].iter().rev() {
        value = value * x + coefficient;
    }
    value
}

/// ln(u) + c/u, where u is a normal number above 0.
#[inline(always)]
fn ln_with(u: f64, c: f64) -> f64 {
    // u is 2^k (1 + f), with 1 + f from √½ to √2.
    let shifted = u.to_bits().wrapping_sub(LOWEST);
    let steps = (shifted as i64 >> 52) as u64;
    let mantissa = (shifted & ((1 << 52) - 1)).wrapping_add(LOWEST);
    let f = f64::from_bits(mantissa) - 1.0;
    // An integer from −2^51 to 2^51, added to the bits of 1.5 · 2^52.
    let k = f64::from_bits((1.5 * ROUNDING).to_bits().wrapping_add(steps)) - 1.5 * ROUNDING;
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let tail = 2.0 * z * polynomial(&ATANH, z);
    let low = s * (half_square + tail) + (k * LN2_LOW + c / u) - half_square;
    low + f + k * LN2_HIGH
}

/// ln x for x > 0, within 1 ulp. Subnormal numbers count as the smallest normal one.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    ln_with(if x < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { x }, 0.0)
}

/// ln(1 + x) for x > −1, within 1 ulp.
#[inline(always)]
pub(crate) fn ln1p(x: f64) -> f64 {
    let u = 1.0 + x;
    let rest = if x.abs() > 1.0 { 1.0 - (u - x) } else { x - (u - 1.0) };
    let result = ln_with(u, rest);
    // Smaller numbers are lost in the sum.
    if x.abs() < two_to(-54) { x } else { result }
}

/// e^x, within 1 ulp.
#[inline(always)]
pub(crate) fn exponential(x: f64) -> f64 {
    // x is k ln 2 + r. Beyond these limits e^x is infinite or 0.
    let x = x.clamp(-746.0, 710.0);
    let shifted = x * std::f64::consts::LOG2_E + 1.5 * ROUNDING;
    let k = shifted - 1.5 * ROUNDING;
    let (high, low) = (x - k * LN2_HIGH, k * LN2_LOW);
    let r = high - low;
    let excess = r * r * (0.5 + r * polynomial(&EXP, r));
    let power = 1.0 + (high + (excess - low));
    // Two factors, since 2^k may not be a normal number.
    let steps = shifted.to_bits().wrapping_sub((1.5 * ROUNDING).to_bits()) as i64;
    let half = steps >> 1;
    let factor = |steps: i64| f64::from_bits(((1023 + steps) as u64) << 52);
    power * factor(half) * factor(steps - half)
}

/// 1 / (1 + e^−x).
#[inline(always)]
pub(crate) fn sigmoid(x: f64) -> f64 {
    let t = exponential(-x.abs());
    let share = if x < 0.0 { t } else { 1.0 };
    let sum = 1.0 + t;
    let error = t - (sum - 1.0);
    let quotient = share / sum;
    quotient - quotient * (error / sum)
}

/// ln(1 + e^x).
#[inline(always)]
pub(crate) fn softplus(x: f64) -> f64 {
    let tail = ln1p(exponential(-x.abs()));
    if x > 0.0 { x + tail } else { tail }
}

/// ln(cosh x).
#[inline(always)]
pub(crate) fn ln_cosh(x: f64) -> f64 {
    let a = x.abs();
    let y = a * a;
    if a <= 1.0 {
        return y * (0.5 + y * polynomial(&LN_COSH, y));
    }
    let tail = ln1p(exponential(-2.0 * a));
    (a - LN2_HIGH) + (tail - LN2_LOW)
}
