//! The deviances in double precision, without cancellation.
//!
//! Coefficients are those of Chebyshev approximations in 60 digits. Relative errors:
//!
//! | polynomial | of | range | error |
//! | --- | --- | --- | --- |
//! | `WIDE_ATANH` | (atanh(√z)/√z − 1)/z | 0 to 0.36 | 2^-64 |
//! | `WIDE_EXP` | (e^r − 1 − r − r²/2)/r³ | ±1.5 | 2^-64 |

use super::bits::two_to;
use super::double_f64::{DoubleF64, two_product, two_sum};
use super::math_f64::polynomial;

const WIDE_ATANH: [f64; 19] = [
    0.3333333333333333,
    0.19999999999999993,
    0.14285714285716272,
    0.11111111110849771,
    0.09090909109038435,
    0.07692306927075686,
    0.06666688060774441,
    0.058819345462088925,
    0.05269094505864974,
    0.04699270450293512,
    0.04846983472648352,
    0.009695890972980709,
    0.17743898574987096,
    -0.45925794753105986,
    1.3313381283068013,
    -2.4577923852890895,
    3.3281577407960907,
    -2.7183985003155913,
    1.1436454998668397,
];

const WIDE_EXP: [f64; 17] = [
    0.16666666666666666,
    0.041666666666666664,
    0.008333333333333333,
    0.0013888888888888905,
    0.0001984126984126985,
    2.4801587301577815e-5,
    2.755731922398138e-6,
    2.75573192266352e-7,
    2.5052108386701113e-8,
    2.0876756595645796e-9,
    1.6059043650361085e-10,
    1.1470778523655912e-11,
    7.647179386146956e-13,
    4.777904445711185e-14,
    2.810709314224972e-15,
    1.6017079355750978e-16,
    8.409897247135833e-18,
];

/// ln 2, with twice the digits.
const LN2: DoubleF64 = DoubleF64 { high: std::f64::consts::LN_2, low: 2.3190468138462996e-17 };

/// A positive number as a significand from 1 to 2 and the exponent of a power of two.
fn decomposed(x: f64) -> (f64, i32) {
    let (x, less) = if x < f64::MIN_POSITIVE { (x * two_to(54), 54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i32 - 1023 - less;
    (f64::from_bits(bits & ((1 << 52) - 1) | 1.0_f64.to_bits()), exponent)
}

/// ln(a / b) for numbers above 0, with a relative error of about 2^-95.
pub(crate) fn ln_ratio(a: f64, b: f64) -> DoubleF64 {
    let ((a, exponent_a), (mut b, exponent_b)) = (decomposed(a), decomposed(b));
    let mut a = a;
    let mut steps = exponent_a - exponent_b;
    // The ratio of the significands is brought to the range from √½ to √2.
    if a > b * std::f64::consts::SQRT_2 {
        b *= 2.0;
        steps += 1;
    } else if b > a * std::f64::consts::SQRT_2 {
        a *= 2.0;
        steps -= 1;
    }
    // ln(a/b) = 2 atanh((a − b) / (a + b)).
    let s = two_sum(a, -b).over(two_sum(a, b));
    let z = s.times(s);
    // The first terms of the series Σ z^n / (2n + 1) as double-doubles, the others as numbers: each
    // has at least five bits less.
    const TERMS: i32 = 22;
    const DOUBLES: i32 = 8;
    let mut tail = 0.0;
    for n in (DOUBLES..TERMS).rev() {
        tail = tail * z.high + 1.0 / f64::from(2 * n + 1);
    }
    let mut sum = DoubleF64::new(tail);
    for n in (0..DOUBLES).rev() {
        sum = sum.times(z).plus(DoubleF64::ONE.over(DoubleF64::new(f64::from(2 * n + 1))));
    }
    let ratio = s.times(sum).scaled(2.0);
    LN2.times(DoubleF64::new(steps.into())).plus(ratio)
}

/// e^x, as a number from about ½ to 2 and the exponent of a power of two, within 1 ulp.
fn exp_double(x: DoubleF64) -> (DoubleF64, i32) {
    let steps = (x.high * std::f64::consts::LOG2_E).round();
    let rest = x.plus(LN2.times(DoubleF64::new(-steps)));
    let power = libm::exp(rest.high);
    (DoubleF64 { high: power, low: power * rest.low }, steps as i32)
}

/// x · 2^n for any n.
fn with_exponent(x: f64, n: i32) -> f64 {
    libm::scalbn(x, n)
}

/// r − 1 − ln r for r = a / b, both above 0, without cancellation.
#[inline(always)]
pub(crate) fn ratio_defect(a: f64, b: f64) -> f64 {
    // Powers of two keep the sums and the products in range.
    let largest = a.max(b);
    let scale = if largest > two_to(500) {
        two_to(-500)
    } else if largest < two_to(-400) {
        two_to(500)
    } else {
        1.0
    };
    let (a, b) = (a * scale, b * scale);
    let difference = two_sum(a, -b);
    let u = difference.high / b;
    if !(-0.75..=1.0).contains(&u) {
        let ratio = a / b;
        let ln = if (two_to(-1000)..two_to(1000)).contains(&ratio) {
            libm::log(ratio)
        } else {
            libm::log(a) - libm::log(b)
        };
        // The ratio is off by c, and the slope of r − 1 − ln r is 1 − 1/r.
        let product = two_product(ratio, b);
        let c = ((a - product.high) - product.low) / b;
        let slope = c - c / ratio;
        return (ratio - 1.0) - ln + if slope.is_finite() { slope } else { 0.0 };
    }
    // u + c is the quotient with twice the digits.
    let product = two_product(u, b);
    let c = ((difference.high - product.high) - product.low + difference.low) / b;
    // u − ln(1 + u) = s (u − 2 s² (1/3 + s²/5 + …)), s = u / (2 + u).
    let s = u / (2.0 + u);
    let z = s * s;
    s * (u - 2.0 * z * polynomial(&WIDE_ATANH, z)) + c * u / (1.0 + u)
}

/// (e^x − 1 − x) / x.
fn exp_excess_ratio(x: DoubleF64) -> f64 {
    let DoubleF64 { high, low } = x;
    if high.abs() <= 1.5 {
        // The slope is about 1/2 + x/3.
        let slope = 0.5 + high / 3.0;
        return high * (0.5 + high * polynomial(&WIDE_EXP, high)) + low * slope;
    }
    let power = libm::expm1(high);
    ((power - high) + (low * (power + 1.0) - low)) / high
}

/// The Tweedie deviance of a truth and a prediction in its domain for a power P other than 0, 1
/// and 2.
///
/// For t > 0 it is 2 B w (D(upper w) − D(−lower w)) / (upper + lower); see
/// `kernel/value/tweedie_deviance.rs`.
pub(crate) fn tweedie(prediction: f64, truth: f64, power: f64) -> f64 {
    let (p, t) = (prediction, truth);
    let (a, c) = (two_sum(1.0, -power), two_sum(2.0, -power));
    let (a_size, c_size) = (a.abs(), c.abs());
    // x^y times a number.
    let raised = |x: f64, y: DoubleF64, factor: DoubleF64| {
        let (power, steps) = exp_double(y.times(ln_ratio(x, 1.0)));
        with_exponent(power.times(factor).number(), steps)
    };
    if p == t {
        return 0.0;
    }
    if t <= 0.0 {
        // 2 p^a (|t| / a + p / c), in which nothing cancels.
        let whole = 2.0 * (t.abs() / a_size.number() + p / c_size.number());
        let (significand, exponent) = decomposed(whole);
        return with_exponent(raised(p, a, DoubleF64::new(significand)), exponent);
    }
    let w = ln_ratio(t, p);
    let (upper, lower, both) = if power < 0.0 {
        (a_size, DoubleF64::ONE, c_size)
    } else if power > 2.0 {
        (DoubleF64::ONE, c_size, a_size)
    } else {
        (a_size, c_size, DoubleF64::ONE)
    };
    let rise = exp_excess_ratio(upper.times(w));
    let fall = exp_excess_ratio(lower.times(w).negated());
    let excess = two_sum(rise, -fall);
    if excess.high.is_nan() || excess.high >= two_to(900) {
        // One term is larger than the others by far.
        let first = raised(t, c, DoubleF64::ONE.over(a.times(c)));
        let second = raised(p, a, DoubleF64::ONE.over(a)) * t;
        let third = raised(p, c, DoubleF64::ONE.over(c));
        return 2.0 * (first - second + third);
    }
    let factor = w.times(excess).over(both).scaled(2.0);
    if power < 0.0 {
        let (significand, exponent) = decomposed(t);
        with_exponent(raised(p, a, factor.times(DoubleF64::new(significand))), exponent)
    } else if power > 2.0 {
        raised(p, c, factor)
    } else {
        raised(t, c, factor)
    }
}
