//! Compares the row library with plain integer arithmetic.

use crate::common::random::Random;
use weighbridge::internals::kernel::row::{
    add_nonnegative, mean_of, normalized, number_of, quantised, quantum, sum_of, units,
};

fn number(bits: u32) -> f64 {
    f32::from_bits(bits).into()
}

/// Bits of a positive number whose exponent lies in a range.
fn positive(random: &mut Random, min: i32, max: i32) -> u32 {
    let exponent = min + random.below((max - min + 1) as usize) as i32;
    // Few bits, many, all.
    let mask = [0x007f_ffff_u32, 0x0070_0000, 0, 0x007f_ffff][random.below(4)];
    let filled = if random.below(8) == 0 { 0x007f_ffff } else { 0 };
    ((exponent + 127) as u32) << 23 | (random.bits() as u32 & mask | filled)
}

/// The unit for a largest term: 2^-43 of its power of two, and never so small that a rounded term
/// would be flushed to zero.
fn unit_exponent(largest: u32) -> i32 {
    let exponent = (largest >> 23) as i32 - 127;
    exponent.max(-105) - 43
}

#[test]
fn terms_are_rounded_to_the_nearest_number_of_units() {
    let (mut random, mut compared) = (Random::new(3), 0);
    for _ in 0..1_000_000 {
        let largest = positive(&mut random, -125, 127);
        let exponent = (largest >> 23) as i32 - 127;
        let span = [0, 1, 20, 45, 60][random.below(5)];
        let min = (exponent - span).max(-125);
        // The last two are as close to a tie as possible.
        let unit = unit_exponent(largest);
        let tie = f32::from_bits(positive(&mut random, 0, 10)).trunc() + 0.5;
        let tie = (f64::from(tie) * libm::ldexp(1.0, unit)) as f32;
        let term = match random.below(5) {
            0 => 0,
            1 | 2 => positive(&mut random, min, exponent),
            index => (tie.to_bits() + 1).wrapping_sub(index as u32 - 3),
        };
        if term != 0 && number(term) < 0.5_f64.powi(125) || term > largest {
            continue;
        }
        // A power of two, and a number of 24 bits: exact.
        let expected = libm::ldexp(number(term), -unit).round_ties_even();
        let quantum = quantum(largest);
        let rounded = quantised(term, quantum);
        assert_eq!(number(rounded), libm::ldexp(expected, unit), "{term:#x} of {largest:#x}");
        assert_eq!(units(rounded, quantum), expected as u64, "{term:#x} of {largest:#x}");
        assert!(units(rounded, quantum) <= 1 << 44, "{term:#x} of {largest:#x}");
        compared += 1;
    }
    assert!(compared > 850_000, "only {compared} terms");
}

/// An integer rounded to 24 bits, to nearest, ties to even, with shifts only.
fn rounded(units: u64) -> f64 {
    let shift = (64 - units.leading_zeros()).saturating_sub(24);
    let (kept, rest) = (units >> shift, units & ((1 << shift) - 1));
    let half = if shift == 0 { 1 } else { 1_u64 << (shift - 1) };
    let up = rest > half || rest == half && kept & 1 == 1;
    (kept + u64::from(up)) as f64 * libm::ldexp(1.0, shift as i32)
}

#[test]
fn sums_and_means_of_units_are_rounded_correctly() {
    let mut random = Random::new(5);
    for turn in 0..1_000_000 {
        // Up to 2^20 classes of 2^44 units each; near ties; none.
        let size = random.below(65) as u32;
        let any = random.bits().checked_shr(64 - size).unwrap_or(0);
        let tie = (random.bits() >> 40 | 1 << 23) << 24 | 1 << 23;
        let units = [any, tie, tie + 1, tie - 1][turn % 4];
        assert_eq!(number(number_of(units)), rounded(units), "{units}");
        let largest = positive(&mut random, -60, 60);
        let (quantum, unit) = (quantum(largest), unit_exponent(largest));
        let sum = libm::ldexp(rounded(units), unit);
        assert_eq!(number(sum_of(units, quantum)), sum, "{units}, {largest:#x}");
        let classes = 2 + random.below((1 << 20) - 1) as u32;
        // An f64 quotient has more than twice the bits, so rounding twice equals rounding once.
        let mean = (rounded(units) / f64::from(classes)) as f32;
        let mean = libm::ldexp(mean.into(), unit);
        assert_eq!(number(mean_of(units, quantum, classes)), mean, "{units} / {classes}");
    }
}

#[test]
fn sums_of_probabilities_are_1_within_2_to_the_minus_11() {
    let one = 1_i128 << 43;
    let limits = [0, one - (one >> 11), one, one + (one >> 11), 1 << 44, u64::MAX.into()];
    for units in limits.iter().flat_map(|&limit| [limit - 1, limit, limit + 1]) {
        let Ok(sum) = u64::try_from(units) else { continue };
        assert_eq!(normalized(sum), (units - one).abs() <= one >> 11, "{units}");
    }
}

#[test]
fn flushed_terms_add_nothing() {
    let mut random = Random::new(7);
    for _ in 0..100_000 {
        let a = positive(&mut random, -125, 126);
        for small in [0, 1] {
            assert_eq!(add_nonnegative(a, small), a);
            assert_eq!(add_nonnegative(small, a), a);
        }
        let b = positive(&mut random, -125, 126);
        assert_eq!(add_nonnegative(a, b), (f32::from_bits(a) + f32::from_bits(b)).to_bits());
    }
    assert_eq!(add_nonnegative(1, 0), 1);
    assert_eq!(add_nonnegative(1, 1), 1);
    assert_eq!(add_nonnegative(0, 0), 0);
}
