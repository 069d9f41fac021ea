//! Checks the stated error bounds of `kernel::float` against references in `f64`, for a sample of
//! inputs, or for all 2^32 with `WEIGHBRIDGE_EXHAUSTIVE=1`.

use crate::common::random::Random;
use rayon::prelude::*;
use std::f64::consts::LN_2;
use weighbridge::internals::kernel::row;
use weighbridge::kernel::bits::UNDERFLOW;
use weighbridge::kernel::double::{self, DoubleF32, ScaledDouble};
use weighbridge::kernel::float;

/// The maximum relative error of a reciprocal, in units of 2^-24, measured over all significands.
/// The estimate of a quotient in `shaders/kernel/float.wgsl` is then off by less than three units.
#[test]
fn reciprocals_are_close_enough_for_quotients() {
    let error = |b: u32| {
        let r = f64::from(f32::from_bits(float::reciprocal(b)));
        (r * f64::from(f32::from_bits(b)) - 1.0).abs() * f64::from(1 << 24)
    };
    let worst = (0x3f80_0000..0x4000_0000).map(error).fold(0.0, f64::max);
    println!("reciprocal: {worst:.4}");
    assert!(worst <= 2.49, "{worst}");
}

/// Numbers whose quotients are exact, close to ties, close to the limits, or arbitrary.
fn pair(random: &mut Random) -> [u32; 2] {
    let kind = random.below(4);
    [0, 1].map(|_| {
        let bits = random.bits() as u32;
        let number = match kind {
            0 => bits,
            1 => 0x3f80_0000 | ((bits & 0x007f_f000) >> random.below(8)),
            2 => 0x3f7f_fff0 + (bits & 0x1f),
            _ => [0x0080_0000, 0x0100_0000, 0x3f80_0000, 0x7f7f_ffff][random.below(4)] ^ (bits & 3),
        };
        let usual = is_input(number) && number != 0;
        if usual { number } else { 0x3f80_0001 }
    })
}

#[test]
fn quotients_are_correctly_rounded() {
    let mut random = Random::new(7);
    for _ in 0..2_000_000 {
        let [a, b] = pair(&mut random);
        // An f64 quotient has more than twice the bits, so rounding twice equals rounding once.
        let exact = f64::from(f32::from_bits(a)) / f64::from(f32::from_bits(b));
        let rounded = exact as f32;
        let small = f64::from(rounded.abs()) < SMALLEST;
        let expected = if small { UNDERFLOW } else { rounded.to_bits() };
        assert_eq!(float::quotient(a, b), expected, "{a:#010x} / {b:#010x}");
    }
    assert_eq!(float::quotient(0, 0x3f80_0000), 0);
    assert_eq!(float::quotient(0, 0xbf80_0000), 0);
}

/// A test for each function of one argument: its reference, where it is defined, and its bound in
/// ulp, which its documentation states.
macro_rules! functions {
    ($($name:ident, $exact:path, $domain:expr, $bound:literal;)*) => {
        $(#[test]
        fn $name() {
            let (error, at) = worst(float::$name, $exact, $domain);
            let name = stringify!($name);
            let place = format!("{name}: {error:.4} ulp at {:e} ({at:#010x})", f32::from_bits(at));
            println!("{place}");
            assert!(error <= $bound, "{place}, more than {}", $bound);
            let row = concat!("//! | `", stringify!($name), "` | ", $bound, " |");
            assert!(include_str!("../../src/kernel/float.rs").contains(row), "no {row} in the docs");
        })*
    };
}

const ANY: fn(f64) -> bool = |_| true;
const POSITIVE: fn(f64) -> bool = |x| x > 0.0;
const ABOVE_MINUS_ONE: fn(f64) -> bool = |x| x > -1.0;

functions! {
    square_root, libm::sqrt, |x| x >= 0.0, 0.5;
    ln, libm::log, POSITIVE, 0.83;
    ln1p, libm::log1p, ABOVE_MINUS_ONE, 0.86;
    x_minus_ln1p, x_minus_ln1p_exact, ABOVE_MINUS_ONE, 2.0;
    exponential, exp_exact, ANY, 2.0;
    expm1, libm::expm1, ANY, 2.0;
    exp_excess, exp_excess_exact, ANY, 2.0;
    ln_cosh, ln_cosh_exact, ANY, 2.0;
    softplus, softplus_exact, ANY, 2.0;
    sigmoid, sigmoid_exact, ANY, 2.0;
}

/// Σ of coefficients × x^power, the last added first.
fn series(x: f64, coefficients: impl DoubleEndedIterator<Item = f64>) -> f64 {
    coefficients.rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

fn x_minus_ln1p_exact(x: f64) -> f64 {
    if x.abs() > 0.02 {
        return x - libm::log1p(x);
    }
    x * x * series(-x, (2..13).map(|n| 1.0 / f64::from(n)))
}

fn exp_excess_exact(x: f64) -> f64 {
    if x.abs() > 0.05 {
        return libm::expm1(x) - x;
    }
    let factorial = |n: u32| (2..=n).map(f64::from).product::<f64>();
    x * x * series(x, (2..13).map(|n| 1.0 / factorial(n)))
}

fn ln_cosh_exact(x: f64) -> f64 {
    if x.abs() > 0.05 {
        return x.abs() - LN_2 + libm::log1p(exp_exact(-2.0 * x.abs()));
    }
    let coefficients = [0.5, -1.0 / 12.0, 1.0 / 45.0, -17.0 / 2520.0, 31.0 / 14175.0];
    x * x * series(x * x, coefficients.into_iter())
}

/// Not 0 if the result is too small for an `f64`.
fn exp_exact(x: f64) -> f64 {
    libm::exp(x).max(f64::MIN_POSITIVE)
}

fn softplus_exact(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(exp_exact(-x.abs()))
}

fn sigmoid_exact(x: f64) -> f64 {
    let t = exp_exact(-x.abs());
    if x < 0.0 { t / (1.0 + t) } else { 1.0 / (1.0 + t) }
}

/// 2^-125, the smallest result that counts.
const SMALLEST: f64 = 2.0 * f32::MIN_POSITIVE as f64;

/// A relative distance of more than two ulp.
const MARGIN: f64 = 1.0 / (1 << 22) as f64;

/// The error of a result in ulp of the exact one; infinite if it is of the wrong kind.
fn ulps(got: u32, exact: f64) -> f64 {
    let size = exact.abs();
    let right = |kind: bool| if kind { 0.0 } else { f64::INFINITY };
    let number = f32::from_bits(got);
    if size == 0.0 || got == 0 {
        return right(size == 0.0 && got == 0);
    }
    if got == UNDERFLOW || size < SMALLEST * (1.0 - MARGIN) {
        return right(got == UNDERFLOW && size < SMALLEST * (1.0 + MARGIN));
    }
    if number.is_infinite() {
        let large = size > f64::from(f32::MAX) * (1.0 - MARGIN);
        return right(large && (number > 0.0) == (exact > 0.0));
    }
    let exponent = (size.to_bits() >> 52) as i32 - 1023;
    (f64::from(number) - exact).abs() / libm::ldexp(1.0, exponent.min(127) - 23)
}

/// Whether the bits are a valid input: finite and flushed.
fn is_input(bits: u32) -> bool {
    bits == 0 || f32::from_bits(bits).is_normal()
}

/// Every `step`th of all inputs, or all of them.
fn step() -> usize {
    let exhaustive = std::env::var_os("WEIGHBRIDGE_EXHAUSTIVE").is_some_and(|value| value == "1");
    if exhaustive { 1 } else { 4099 }
}

/// The maximum error of a function, and the input where it occurs.
fn worst(function: fn(u32) -> u32, exact: fn(f64) -> f64, domain: fn(f64) -> bool) -> (f64, u32) {
    let chunks = (0_u64..1 << 12).into_par_iter().map(|chunk| {
        let first = (chunk << 20) + chunk % step() as u64;
        let inputs = (first..(chunk + 1) << 20).step_by(step()).map(|bits| bits as u32);
        let inputs = inputs.filter(|&x| is_input(x) && domain(number(x)));
        inputs.map(|x| (ulps(function(x), exact(number(x))), x)).fold((0.0, 0), worse)
    });
    chunks.reduce(|| (0.0, 0), worse)
}

fn worse(a: (f64, u32), b: (f64, u32)) -> (f64, u32) {
    // NaN is worst.
    if a.0.is_nan() || a.0 >= b.0 { a } else { b }
}

/// The terms of a softmax: the runner-up's is 1, and none is larger.
#[test]
fn terms_of_rows_are_within_their_bound() {
    // Less than half of the unit of terms, 2^-43.
    let exact = |x: f64| if x < -30.0 { 0.0 } else { libm::exp(x) };
    let (error, at) = worst(row::exp_nonpositive, exact, |x| x <= 0.0);
    let place = format!("term: {error:.4} ulp at {:e} ({at:#010x})", f32::from_bits(at));
    println!("{place}");
    assert!(error <= 1.2, "{place}");
    assert!(libm::exp(-30.0) < 0.5_f64.powi(43), "a term that counts is left out");
}

/// The value of a pair. It fits an `f64` unless the second part is far smaller.
fn value(pair: DoubleF32) -> f64 {
    f64::from(f32::from_bits(pair.high)) + f64::from(f32::from_bits(pair.low))
}

/// A number from 2^-24 to 2^24 of either sign.
fn moderate(random: &mut Random) -> u32 {
    let bits = random.bits() as u32;
    (0x3380_0000 + (bits & 0x7fff_ffff) % 0x1800_0000) | (bits & 0x8000_0000)
}

fn number(bits: u32) -> f64 {
    f64::from(f32::from_bits(bits))
}

#[test]
fn sums_and_products_of_two_numbers_are_exact() {
    let mut random = Random::new(11);
    for _ in 0..1_000_000 {
        let [a, b] = [0, 1].map(|_| moderate(&mut random));
        assert_eq!(value(double::two_product(a, b)), number(a) * number(b), "{a:#x} {b:#x}");
        if (number(a) / number(b)).log2().abs() < 28.0 {
            assert_eq!(value(double::two_sum(a, b)), number(a) + number(b), "{a:#x} {b:#x}");
        }
    }
}

/// The maximum relative error of an operation on pairs, as a power of two.
fn worst_of_pairs(
    operation: fn(DoubleF32, DoubleF32) -> DoubleF32,
    exact: fn(f64, f64) -> f64,
) -> f64 {
    let mut random = Random::new(13);
    let error = |_| {
        let [a, b] = [0, 1].map(|_| {
            let (high, low) = (moderate(&mut random), moderate(&mut random));
            let low = float::times(low, float::times(high, 0x2680_0000));
            double::quick_two_sum(high, low)
        });
        let exact = exact(value(a), value(b));
        (value(operation(a, b)) - exact).abs() / exact.abs()
    };
    (0..2_000_000).map(error).fold(0.0, f64::max).log2()
}

#[test]
fn products_and_quotients_of_pairs_are_within_their_bounds() {
    let product = worst_of_pairs(double::double_product, |a, b| a * b);
    let quotient = worst_of_pairs(double::double_quotient, |a, b| a / b);
    println!("product 2^{product:.2}, quotient 2^{quotient:.2}");
    assert!(product <= -45.0, "{product}");
    assert!(quotient <= -43.0, "{quotient}");
}

#[test]
fn logarithms_in_pairs_are_within_their_bound() {
    let chunks = (0..0x7f8_u32).into_par_iter().map(|chunk| {
        let inputs = (chunk << 20..(chunk + 1) << 20).step_by(step().min(509));
        let errors = inputs.filter(|&x| is_input(x) && x != 0).map(|x| {
            let exact = libm::log(number(x));
            let error = (value(double::ln_double(x)) - exact).abs();
            (if error == 0.0 { 0.0 } else { error / exact.abs() }, x)
        });
        errors.fold((0.0, 0), worse)
    });
    let (error, at) = chunks.reduce(|| (0.0, 0), worse);
    println!("ln_double: 2^{:.2} at {:e} ({at:#x})", error.log2(), f32::from_bits(at));
    assert!(error.log2() <= -40.0, "2^{} at {at:#x}", error.log2());
}

#[test]
fn logarithms_of_ratios_in_pairs_are_within_their_bound() {
    let mut random = Random::new(19);
    let (mut worst, mut compared) = ((0.0, 0), 0);
    for turn in 0..2_000_000 {
        let [a, other] = [0, 1].map(|_| random.bits() as u32 & 0x7fff_ffff);
        // Numbers of any size, of similar size, and close to each other.
        let difference_mask = [0xffff_ffff, 0x00ff_ffff, 0x0000_000f][turn % 3];
        let b = if turn % 3 == 0 { other } else { a.wrapping_add(other & difference_mask) };
        if !(is_input(a) && is_input(b)) || a == 0 || b == 0 {
            continue;
        }
        let (x, y) = (number(a), number(b));
        let near = x < 2.0 * y && y < 2.0 * x;
        let exact = if near { libm::log1p((x - y) / y) } else { libm::log(x) - libm::log(y) };
        let error = (value(double::ratio_ln_double(a, b)) - exact).abs();
        worst = worse((if error == 0.0 { 0.0 } else { error / exact.abs() }, a), worst);
        compared += 1;
    }
    assert!(compared > 1_900_000, "only {compared} pairs");
    let (error, at) = worst;
    println!("ratio_ln_double: 2^{:.2} at {:e}", error.log2(), f32::from_bits(at));
    assert!(error.log2() <= -40.0, "2^{} at {at:#x}", error.log2());
}

/// A wide number divided by 2^n e^-`shift`, where that fits an `f64`.
fn wide_value(wide: ScaledDouble, shift: f64) -> f64 {
    value(wide.factor) * libm::exp(f64::from(wide.n as i32) * LN_2 - shift)
}

/// Pairs from 2^-46 to 2^12 of either sign, most of them from 2^-4 to 2^4.
fn exponents() -> impl Iterator<Item = DoubleF32> {
    let mut random = Random::new(23);
    (0..1_000_000).map(move |turn| {
        let bits = random.bits() as u32;
        let (min, range) =
            if turn % 4 == 0 { (0x2880_0000, 0x1d00_0000) } else { (0x3d80_0000, 0x0400_0000) };
        let high = (min + (bits & 0x7fff_ffff) % range) | (bits & 0x8000_0000);
        double::quick_two_sum(
            high,
            float::times(high, 0x3280_0000 | (random.bits() as u32 & 0x007f_ffff)),
        )
    })
}

#[test]
fn exponentials_of_pairs_are_within_their_bounds() {
    let [mut exponential, mut ratio] = [(0.0, 0); 2];
    for x in exponents() {
        let exact = value(x);
        let found = wide_value(double::exp_double(x), exact);
        exponential = worse(((found - 1.0).abs(), x.high), exponential);
        // If e^x is huge, the rest vanishes beside it; if e^x is tiny, the rest dominates.
        let excess = if exact > 40.0 { 1.0 } else { exp_excess_exact(exact) };
        let shift = if exact > 40.0 { exact } else { 0.0 };
        let found = wide_value(double::exp_excess_ratio(x), shift) * exact;
        ratio = worse(((found / excess - 1.0).abs(), x.high), ratio);
    }
    for (name, (error, at), bound) in
        [("exp_double", exponential, -27.8), ("exp_excess_ratio", ratio, -25.3)]
    {
        let place = format!("{name}: 2^{:.2} at {:e}", error.log2(), f32::from_bits(at));
        println!("{place}");
        assert!(error.log2() <= bound, "{place}");
    }
    let zero = DoubleF32 { high: 0, low: 0 };
    assert_eq!(double::exp_excess_ratio(zero), ScaledDouble { n: 0, factor: zero });
}
