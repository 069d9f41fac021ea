//! Twin of `shaders/kernel/row.wgsl`: a row of K scores and its truth, reduced to what values are made of.
//!
//! The reduction does not depend on the order in which scores are looked at. Maxima and counts are
//! that by nature; sums are sums of integers: each term, rounded once as an `f32`, is rounded again
//! to a multiple of a unit 2^43 times smaller than the largest term can be ([`quantised`]), and
//! counted in that unit. A sum of K terms is thus within K · 2^-44 of its largest term of the sum of
//! the terms: at K = 200,000 that is 0.2 ulp.
//!
//! Of a row's exponentials, e^(z − r) is summed over all classes but the arg max, relative to the
//! runner-up r: so the probability of the arg max may be as close to 1 as it likes, and what it lacks
//! still has all its digits.

use super::bits::{MIN_RESULT_EXPONENT, ONE, UNDERFLOW, field, magnitude, mantissa};
use super::double::two_sum;
use super::float::{
    EXP_LIMIT, LN2_HIGH, LN2_LOW, LOG2_E, ROUNDING, Reduced, SIGN, constants, expm1_of, horner,
    minus, plus, quotient, reduced, scaled, times, whole,
};

constants! {
    /// A score is NaN or infinite. The same bit as the note on a single prediction.
    ROW_NONFINITE = 1;
    /// A truth is.
    ROW_TRUTH_NONFINITE = 2;
    /// A score is subnormal, and counts as zero.
    ROW_SUBNORMAL = 4;
    /// A truth is.
    ROW_TRUTH_SUBNORMAL = 8;
    /// A score is no probability.
    ROW_OUTSIDE = 16;
    /// The scores do not sum to 1, by more than 2^-11.
    ROW_UNNORMALIZED = 32;
    /// A score is a probability below the least that counts, and counts as that.
    ROW_CLIPPED = 64;
    /// The truth is soft.
    ROW_SOFT = 128;
    /// No class: a truth that is not one of them.
    NO_CLASS = 0xffff_ffff;
    /// −30: e^x of less is no half of the unit of a sum that holds 1.
    TERM_LIMIT = 0xc1f0_0000;
    TERM_2 = 0x3eff_fffe;
    TERM_3 = 0x3e2a_aa46;
    TERM_4 = 0x3d2a_ac2c;
    TERM_5 = 0x3c09_1ef0;
    TERM_6 = 0x3ab5_63a7;
    /// Terms are rounded to multiples of 2^-43 of the power of two of the largest: those that are
    /// 2^20 times smaller have digits to lose.
    QUANTUM_FIELDS = 20;
}

/// What a row of scores and its truth are reduced to: bits of `f32` numbers but for the first four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The class of the largest score, the lowest of several.
    pub arg_max: u32,
    /// The class of the truth, or `u32::MAX` if it is none.
    pub truth: u32,
    /// How many classes come before the truth in the order of falling scores; among equals lower
    /// classes come first.
    pub rank: u32,
    /// What is unusual about the scores.
    pub flags: u32,
    /// The largest score.
    pub top: u32,
    /// The largest score of the other classes.
    pub runner_up: u32,
    /// The score of the truth. Of soft truths t, if losses are looked at: Σ t (top − z) of logits,
    /// Σ t (−ln max(p, eps)) of probabilities. Of vectors: Σ t², in a unit of its own.
    pub truth_score: u32,
    /// Of logits: Σ e^(z − runner-up) over all classes but the arg max. Of vectors: Σ p t, in the
    /// unit that is the root of those of Σ p² and Σ t².
    pub sum: u32,
    /// Of logits: the same with the squares of the terms. Of probabilities: Σ p² over all classes
    /// but the arg max. Of soft truths, if losses are looked at: Σ t. Of vectors: Σ p², in a unit of
    /// its own.
    pub squares: u32,
    /// Of logits: the mean of top − z over all classes. Of probabilities: that of −ln max(p, eps).
    /// Of vectors: that of ln(t / max(p, eps)), weighted by t.
    pub mean: u32,
}

/// Words of a row in a buffer.
pub const ROW_WORDS: u32 = 10;

/// The number below which terms are rounded, where `largest` is the largest of them: 2^23 units.
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

/// A quantised term in units: less than 2^44 of them.
#[inline(always)]
pub fn units(term: u32, quantum: u32) -> u64 {
    let up = field(term).max(field(quantum)) - field(quantum);
    let down = field(quantum) - field(term).min(field(quantum));
    u64::from(mantissa(term)) << up.min(63) >> down.min(63)
}

/// How many units there are, as a number rounded once.
///
/// It differs from its twin in how it comes to the result, the correctly rounded one.
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

/// A sum of units divided by a number of classes, rounded twice.
#[inline(always)]
pub fn mean_of(units: u64, quantum: u32, classes: u32) -> u32 {
    let number = number_of(units);
    let mean = scaled(quotient(number, whole(classes)), field(quantum).wrapping_sub(150));
    if number == 0 { 0 } else { mean }
}

/// Whether a sum of probabilities, in units of 2^-43, is 1 but for 2^-11.
#[inline(always)]
pub fn normalized(units: u64) -> bool {
    units.wrapping_sub((1 << 43) - (1 << 32)) <= 1 << 33
}

/// Whether a sum of soft truths, in units of 2^-43, is 1 but for 2^-8: rounding each to `bf16` moves it
/// by 2^-9 at most.
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

/// a + b of numbers that are not negative, of which either may be [`UNDERFLOW`].
#[inline(always)]
pub fn add_nonnegative(a: u32, b: u32) -> u32 {
    let most = a.max(b);
    if field(a.min(b)) < MIN_RESULT_EXPONENT { most } else { plus(a, b) }
}

/// e^(runner-up − top).
#[inline(always)]
pub fn ratio(row: &Row) -> u32 {
    let gap = two_sum(row.runner_up, row.top ^ SIGN);
    let apart = reduced(gap.high);
    let corrected = Reduced { low: minus(apart.low, gap.low), ..apart };
    let result = scaled(plus(ONE, expm1_of(corrected)), apart.n);
    if magnitude(gap.high) > EXP_LIMIT { UNDERFLOW } else { result }
}

/// Σ e^(z − top) over all classes but the arg max: 1 / p − 1 for its probability p.
#[inline(always)]
pub fn rest(row: &Row) -> u32 {
    let ratio = ratio(row);
    if field(ratio) < MIN_RESULT_EXPONENT { UNDERFLOW } else { times(ratio, row.sum) }
}
