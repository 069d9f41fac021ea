//! The Brier score of a row of logits: Σ (p − y)² over all classes, where p are their
//! probabilities.

use super::definition::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, MIN_RESULT_EXPONENT, ONE, field, square};
use crate::kernel::double_f64::DoubleF64;
use crate::kernel::float::{minus, plus, quotient, times};
use crate::kernel::math_f64::exponential;
use crate::kernel::row::{RowSummary, exp_nonpositive, exp_sum_without_max, runner_up_over_max};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_row(|_| RowNeeds { squares: true, ..RowNeeds::LOGITS }, "any scores")
};

/// Twin of `shaders/kernel/value/softmax_brier.wgsl`. Within 6 ulp of the exact sum, or 18 if
/// hundreds of classes are so similar that all their terms are rounded in the same direction.
#[inline(always)]
pub fn softmax_brier(row: &RowSummary, _parameter: Bits) -> Bits {
    let whole = plus(ONE, exp_sum_without_max(row));
    // If the arg max is right, the score is (ratio / whole)² (sum² + squares).
    let part = square(quotient(runner_up_over_max(row), whole));
    let both = plus(times(row.sum, row.sum), row.sum_of_squares);
    let right = if field(part) < MIN_RESULT_EXPONENT { part } else { times(part, both) };
    // If it is wrong: the terms of the true class, the arg max, and the other classes.
    let likelihood = exp_nonpositive(minus(row.truth_score, row.max));
    let lacking = plus(ONE, minus(exp_sum_without_max(row), likelihood));
    let squares = times(square(runner_up_over_max(row)), row.sum_of_squares);
    let other_squares = minus(squares, times(likelihood, likelihood));
    let total = plus(plus(times(lacking, lacking), ONE), other_squares);
    let wrong = quotient(total, times(whole, whole));
    if row.arg_max == row.truth { right } else { wrong }
}

/// The value in double precision. Within 4 ulp of the exact sum.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    let square = |x: DoubleF64| x.times(x);
    let (ratio, sum) = (DoubleF64::new(row.runner_up_over_max()), DoubleF64::new(row.sum));
    let (squares, one) = (DoubleF64::new(row.sum_of_squares), DoubleF64::ONE);
    let others = ratio.times(sum);
    let total = if row.arg_max == row.truth {
        square(ratio).times(square(sum).plus(squares))
    } else {
        let likelihood = DoubleF64::new(exponential(row.truth_score - row.max));
        let lacking = one.plus(others).plus(likelihood.negated());
        let other_squares = square(ratio).times(squares).plus(square(likelihood).negated());
        square(lacking).plus(one).plus(other_squares)
    };
    total.over(square(one.plus(others))).number()
}
