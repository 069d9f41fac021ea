//! The Brier score of a row of probabilities: Σ (p − y)² over all classes.

use super::definition::{ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE, OUTSIDE, square};
use crate::kernel::float::{minus, plus};
use crate::kernel::row::{ROW_OUTSIDE, RowSummary, add_nonnegative};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    ..ValueDef::of_row(
        |_| RowNeeds { squares: true, ..RowNeeds::PROBABILITIES },
        "predictions from 0 to 1",
    )
};

/// Twin of `shaders/kernel/value/brier_of_probabilities.wgsl`. Within 4 ulp of the exact sum.
#[inline(always)]
pub fn brier_of_probabilities(row: &RowSummary, _parameter: Bits) -> Bits {
    let lacking = square(minus(ONE, row.truth_score));
    let right = add_nonnegative(lacking, row.sum_of_squares);
    let other_squares = minus(row.sum_of_squares, square(row.truth_score));
    let wrong = plus(plus(lacking, square(row.max)), other_squares);
    let score = if row.arg_max == row.truth { right } else { wrong };
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { score }
}

/// The value in double precision. Within 4 ulp of the exact sum.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    let lacking = 1.0 - row.truth_score;
    let right = lacking * lacking + row.sum_of_squares;
    let other_squares = row.sum_of_squares - row.truth_score * row.truth_score;
    let wrong = lacking * lacking + row.max * row.max + other_squares;
    let score = if row.arg_max == row.truth { right } else { wrong };
    if row.flags & ROW_OUTSIDE != 0 { f64::NAN } else { score }
}
