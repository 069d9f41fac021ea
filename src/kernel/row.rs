//! Twin of `shaders/kernel/row.wgsl`: the summary of a row of K scores and its truth that values
//! are computed from.
//!
//! The summary does not depend on the order in which scores are read. Maxima and counts never do.
//! Sums are sums of integers: each term, rounded once as an `f32`, is rounded again to a multiple
//! of a unit that is 2^43 times smaller than the largest possible term ([`quantised`]), and counted
//! in that unit. The error of a sum of K terms is thus at most K · 2^-44 of the largest term: 0.2
//! ulp for K = 200,000.
//!
//! The exponentials e^(z − r) of a row are summed over all classes but the arg max, relative to the
//! runner-up r. However close the probability of the arg max is to 1, its difference from 1 keeps
//! all of its digits.

use super::bits::{MIN_RESULT_EXPONENT, ONE, UNDERFLOW, field, magnitude, mantissa};
use super::double::two_sum;
use super::float::{
    EXP_LIMIT, LN2_HIGH, LN2_LOW, LOG2_E, ROUNDING, Reduced, SIGN, expm1_of, horner, minus, plus,
    quotient, reduced, scaled, times, whole,
};
use super::fragment::constants;

constants! {
    /// A score is NaN or infinite. The same bit as the flag of a single prediction.
    ROW_NONFINITE = 1;
    /// A truth is NaN or infinite.
    ROW_TRUTH_NONFINITE = 2;
    /// A score is subnormal, and counts as zero.
    ROW_SUBNORMAL = 4;
    /// A truth is subnormal, and counts as zero.
    ROW_TRUTH_SUBNORMAL = 8;
    /// A score is not a probability.
    ROW_OUTSIDE = 16;
    /// The sum of the scores differs from 1 by more than 2^-11.
    ROW_UNNORMALIZED = 32;
    /// A score is a probability that is clipped to the smallest allowed.
    ROW_CLIPPED = 64;
    /// The truth is soft.
    ROW_SOFT = 128;
    /// Marks a truth that is not a class.
    NO_CLASS = 0xffff_ffff;
    /// −30: below, e^x is less than half the unit of a sum that contains 1.
    TERM_LIMIT = 0xc1f0_0000;
    TERM_2 = 0x3eff_fffe;
    TERM_3 = 0x3e2a_aa46;
    TERM_4 = 0x3d2a_ac2c;
    TERM_5 = 0x3c09_1ef0;
    TERM_6 = 0x3ab5_63a7;
    /// Terms are rounded to multiples of 2^-43 of the power of two of the largest term. Those that
    /// are 2^20 times smaller lose digits.
    QUANTUM_FIELDS = 20;
}

/// The summary of a row of scores and its truth. All but the first four are bits of `f32` numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowSummary {
    /// The class of the largest score, the lowest of several.
    pub arg_max: u32,
    /// The true class, or `NO_CLASS` if the truth is not a class.
    pub truth: u32,
    /// Number of classes before the true one in descending order of scores. Among equal scores,
    /// lower classes come first.
    pub rank: u32,
    /// The flags `ROW_…` that apply.
    pub flags: u32,
    /// The largest score.
    pub max: u32,
    /// The largest score of the other classes.
    pub runner_up: u32,
    /// The score of the true class. For soft truths t, if losses are needed: Σ t (max − z) of
    /// logits, Σ t (−ln max(p, eps)) of probabilities. For vectors: Σ t², in a unit of its own.
    pub truth_score: u32,
    /// For logits: Σ e^(z − runner-up) over all classes but the arg max. For vectors: Σ p t, in a
    /// unit that is the square root of the product of the units of Σ p² and Σ t².
    pub sum: u32,
    /// For logits: the sum of the squares of these terms. For probabilities: Σ p² over all classes
    /// but the arg max. For soft truths, if losses are needed: Σ t. For vectors: Σ p², in a unit of
    /// its own.
    pub sum_of_squares: u32,
    /// For logits: the mean of max − z over all classes. For probabilities: the mean of
    /// −ln max(p, eps). For vectors: the sum of ln(t / max(p, eps)), weighted by t.
    pub mean: u32,
}

/// Number of 32-bit words of a summary in a buffer.
pub const ROW_WORDS: u32 = 10;

/// The number below which terms are rounded, if `largest` is the largest of them: 2^23 units.
#[inline(always)]
pub fn quantum(largest: u32) -> u32 {
    field(largest).max(MIN_RESULT_EXPONENT + QUANTUM_FIELDS).wrapping_sub(QUANTUM_FIELDS) << 23
}

/// A term, 0 or normal and not negative, as the nearest multiple of the unit, ties to even.
#[inline(always)]
pub fn quantised(term: u32, quantum: u32) -> u32 {
    let rounded = minus(plus(term, quantum), quantum);
    if term < quantum { rounded } else { term }
}

/// A quantised term as a number of units, less than 2^44.
#[inline(always)]
pub fn units(term: u32, quantum: u32) -> u64 {
    let up = field(term).max(field(quantum)) - field(quantum);
    let down = field(quantum) - field(term).min(field(quantum));
    u64::from(mantissa(term)) << up.min(63) >> down.min(63)
}

/// A number of units as an `f32`, rounded once.
///
/// It is computed differently from its twin. The result is the same, the correctly rounded one.
#[inline(always)]
pub fn number_of(units: u64) -> u32 {
    (units as f32).to_bits()
}

/// A sum of units, rounded once.
#[inline(always)]
pub fn sum_of(units: u64, quantum: u32) -> u32 {
    let number = number_of(units);
    let sum = scaled(number, field(quantum).wrapping_sub(150));
    if number == 0 { 0 } else { sum }
}

/// A sum of units divided by the number of classes, rounded twice.
#[inline(always)]
pub fn mean_of(units: u64, quantum: u32, classes: u32) -> u32 {
    let number = number_of(units);
    let mean = scaled(quotient(number, whole(classes)), field(quantum).wrapping_sub(150));
    if number == 0 { 0 } else { mean }
}

/// Whether a sum of probabilities, in units of 2^-43, is within 2^-11 of 1.
#[inline(always)]
pub fn normalized(units: u64) -> bool {
    units.wrapping_sub((1 << 43) - (1 << 32)) <= 1 << 33
}

/// Whether a sum of soft truths, in units of 2^-43, is within 2^-8 of 1: rounding each to `bf16`
/// changes the sum by at most 2^-9.
#[inline(always)]
pub fn nearly_one(units: u64) -> bool {
    units.wrapping_sub((1 << 43) - (1 << 35)) <= 1 << 36
}

/// e^x for x from −30 to 0, within 1.2 ulp; 0 below.
///
/// x is n ln 2 + r, and e^r is 1 + r + r² (1/2 + …), a minimax polynomial of degree 6 with a
/// relative error of 2^-28.2.
#[inline(always)]
pub fn exp_nonpositive(x: u32) -> u32 {
    let nearest = plus(times(x, LOG2_E), ROUNDING);
    let n = minus(nearest, ROUNDING);
    let r = minus(minus(x, times(n, LN2_HIGH)), times(n, LN2_LOW));
    let p4 = horner(horner(TERM_6, r, TERM_5), r, TERM_4);
    let p1 = horner(horner(horner(p4, r, TERM_3), r, TERM_2), r, ONE);
    let p = horner(p1, r, ONE);
    let result = p.wrapping_add(nearest << 23);
    if x > TERM_LIMIT { 0 } else { result }
}

/// a + b for numbers that are not negative. Either may be [`UNDERFLOW`].
#[inline(always)]
pub fn add_nonnegative(a: u32, b: u32) -> u32 {
    let maximum = a.max(b);
    if field(a.min(b)) < MIN_RESULT_EXPONENT { maximum } else { plus(a, b) }
}

/// e^(runner-up − max).
#[inline(always)]
pub fn runner_up_over_max(row: &RowSummary) -> u32 {
    let gap = two_sum(row.runner_up, row.max ^ SIGN);
    let parts = reduced(gap.high);
    let corrected = Reduced { low: minus(parts.low, gap.low), ..parts };
    let result = scaled(plus(ONE, expm1_of(corrected)), parts.n);
    if magnitude(gap.high) > EXP_LIMIT { UNDERFLOW } else { result }
}

/// Σ e^(z − max) over all classes but the arg max, which is 1 / p − 1 for its probability p.
#[inline(always)]
pub fn exp_sum_without_max(row: &RowSummary) -> u32 {
    let ratio = runner_up_over_max(row);
    if field(ratio) < MIN_RESULT_EXPONENT { UNDERFLOW } else { times(ratio, row.sum) }
}
