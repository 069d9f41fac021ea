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
//! | `WIDE_ATANH` | the same | 0 to 0.36 | 2^-64 |
//! | `EXP` | (e^r − 1 − r − r²/2)/r³ | ±0.3467 | 2^-57 |
//! | `WIDE_EXP` | the same | ±1.5 | 2^-64 |
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

/// ln 2 as the sum of two numbers.
const LN2: Pair = Pair { high: std::f64::consts::LN_2, low: 2.3190468138462996e-17 };

/// 2^52: the sum with a number below it has the integer in its last bits.
const ROUNDING: f64 = two_to(52);

/// The number of which the significand reduced by [`ln`] begins: √½.
const LOWEST: u64 = 0x3fe6_a09e_667f_3bcd;

/// The value of a polynomial.
#[inline(always)]
fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
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
    // The sum has no bits of such numbers.
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

/// a + b as the sum of two numbers, exactly.
#[inline(always)]
pub(crate) fn two_sum(a: f64, b: f64) -> Pair {
    let high = a + b;
    let part = high - a;
    Pair { high, low: (a - (high - part)) + (b - part) }
}

/// a · b as the sum of two numbers, exactly, if both are below 2^990 in magnitude and the product
/// has no bits below 2^-1074.
#[inline(always)]
pub(crate) fn two_product(a: f64, b: f64) -> Pair {
    let high = a * b;
    let split = |x: f64| {
        let scaled = x * 134_217_729.0;
        let upper = scaled - (scaled - x);
        (upper, x - upper)
    };
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    Pair { high, low }
}

/// A number as the sum of two, of which the second is at most about half an ulp of the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub high: f64,
    pub low: f64,
}

impl Pair {
    pub const ZERO: Self = Self::new(0.0);
    pub const ONE: Self = Self::new(1.0);

    pub const fn new(number: f64) -> Self {
        Self { high: number, low: 0.0 }
    }

    #[inline(always)]
    fn renormalized(high: f64, low: f64) -> Self {
        let sum = high + low;
        Self { high: sum, low: low - (sum - high) }
    }

    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        let sum = two_sum(self.high, other.high);
        let lows = two_sum(self.low, other.low);
        let upper = Self::renormalized(sum.high, sum.low + lows.high);
        Self::renormalized(upper.high, upper.low + lows.low)
    }

    #[inline(always)]
    pub fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    #[inline(always)]
    pub fn times(self, other: Self) -> Self {
        let product = two_product(self.high, other.high);
        let rest = self.high * other.low + self.low * other.high;
        Self::renormalized(product.high, product.low + rest)
    }

    /// The quotient; neither zero nor infinite.
    #[inline(always)]
    pub fn over(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self.plus(other.times(Self::new(first)).negated());
        let second = rest.high / other.high;
        let rest = rest.plus(other.times(Self::new(second)).negated());
        let sum = Self::renormalized(first, second);
        Self::renormalized(sum.high, sum.low + rest.high / other.high)
    }

    #[inline(always)]
    pub fn scaled(self, factor: f64) -> Self {
        Self { high: self.high * factor, low: self.low * factor }
    }

    /// The number, rounded.
    #[inline(always)]
    pub fn number(self) -> f64 {
        self.high + self.low
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        if self.high < 0.0 { self.negated() } else { self }
    }
}

/// A positive number as a significand from 1 to 2 and the exponent of a power of two.
fn decomposed(x: f64) -> (f64, i32) {
    let (x, less) = if x < f64::MIN_POSITIVE { (x * two_to(54), 54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i32 - 1023 - less;
    (f64::from_bits(bits & ((1 << 52) - 1) | 1.0_f64.to_bits()), exponent)
}

/// ln(a / b) for numbers above 0, with a relative error of about 2^-95.
pub(crate) fn ln_ratio(a: f64, b: f64) -> Pair {
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
    // The first terms of the series Σ z^n / (2n + 1) as pairs, the others as numbers: each has at
    // least five bits less.
    const TERMS: i32 = 22;
    const PAIRS: i32 = 8;
    let mut tail = 0.0;
    for n in (PAIRS..TERMS).rev() {
        tail = tail * z.high + 1.0 / f64::from(2 * n + 1);
    }
    let mut sum = Pair::new(tail);
    for n in (0..PAIRS).rev() {
        sum = sum.times(z).plus(Pair::ONE.over(Pair::new(f64::from(2 * n + 1))));
    }
    let ratio = s.times(sum).scaled(2.0);
    LN2.times(Pair::new(steps.into())).plus(ratio)
}

/// e^x of a pair, as a number from about ½ to 2 and the exponent of a power of two, within 1 ulp.
fn exp_of_pair(x: Pair) -> (Pair, i32) {
    let steps = (x.high * std::f64::consts::LOG2_E).round();
    let rest = x.plus(LN2.times(Pair::new(-steps)));
    let power = libm::exp(rest.high);
    (Pair { high: power, low: power * rest.low }, steps as i32)
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
fn exp_excess_ratio(x: Pair) -> f64 {
    let Pair { high, low } = x;
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
    let raised = |x: f64, y: Pair, factor: Pair| {
        let (power, steps) = exp_of_pair(y.times(ln_ratio(x, 1.0)));
        with_exponent(power.times(factor).number(), steps)
    };
    if p == t {
        return 0.0;
    }
    if t <= 0.0 {
        // 2 p^a (|t| / a + p / c), in which nothing cancels.
        let whole = 2.0 * (t.abs() / a_size.number() + p / c_size.number());
        let (significand, exponent) = decomposed(whole);
        return with_exponent(raised(p, a, Pair::new(significand)), exponent);
    }
    let w = ln_ratio(t, p);
    let (upper, lower, both) = if power < 0.0 {
        (a_size, Pair::ONE, c_size)
    } else if power > 2.0 {
        (Pair::ONE, c_size, a_size)
    } else {
        (a_size, c_size, Pair::ONE)
    };
    let rise = exp_excess_ratio(upper.times(w));
    let fall = exp_excess_ratio(lower.times(w).negated());
    let excess = two_sum(rise, -fall);
    if excess.high.is_nan() || excess.high >= two_to(900) {
        // One term is larger than the others by far.
        let first = raised(t, c, Pair::ONE.over(a.times(c)));
        let second = raised(p, a, Pair::ONE.over(a)) * t;
        let third = raised(p, c, Pair::ONE.over(c));
        return 2.0 * (first - second + third);
    }
    let factor = w.times(excess).over(both).scaled(2.0);
    if power < 0.0 {
        let (significand, exponent) = decomposed(t);
        with_exponent(raised(p, a, factor.times(Pair::new(significand))), exponent)
    } else if power > 2.0 {
        raised(p, c, factor)
    } else {
        raised(t, c, factor)
    }
}

/// (ln(1 + a) − ln(1 + b))² for numbers above −1.
pub(crate) fn squared_log_difference(a: f64, b: f64) -> f64 {
    let (a, b) = if a < b { (b, a) } else { (a, b) };
    // ln(1 + u), u = (a − b) / (1 + b), which is not negative.
    let (difference, base) = (two_sum(a, -b), two_sum(1.0, b));
    let q = difference.high / base.high;
    let logarithm = if q < two_to(500) && a < two_to(900) {
        let rest = difference.plus(base.times(Pair::new(-q)));
        let c = rest.high / base.high;
        ln1p(q) + c / (1.0 + q)
    } else {
        libm::log1p(a) - libm::log(base.high)
    };
    logarithm * logarithm
}

/// A sum of numbers in order, with about twice the digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompensatedSum(Pair);

impl CompensatedSum {
    pub const ZERO: Self = Self(Pair::ZERO);

    #[inline(always)]
    pub fn add(&mut self, number: f64) {
        let sum = two_sum(self.0.high, number);
        self.0 = Pair { high: sum.high, low: self.0.low + sum.low };
    }

    #[inline(always)]
    pub fn add_product(&mut self, a: f64, b: f64) {
        let product = two_product(a, b);
        self.add(product.high);
        self.0.low += product.low;
    }

    pub fn number(self) -> f64 {
        self.0.number()
    }
}
