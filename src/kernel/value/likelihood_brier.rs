//! The Brier score of a row of probabilities: Σ (p − y)² over all classes.

use crate::kernel::bits::{ONE, OUTSIDE, square};
use crate::kernel::float::{minus, plus};
use crate::kernel::row::{ROW_OUTSIDE, Row, plus_small};

/// Twin of `shaders/kernel/value/likelihood_brier.wgsl`. Within 4 ulp of the exact sum.
#[inline(always)]
pub fn likelihood_brier(row: &Row, _parameter: u32) -> u32 {
    let lacking = square(minus(ONE, row.of_truth));
    let right = plus_small(lacking, row.squares);
    let others = minus(row.squares, square(row.of_truth));
    let wrong = plus(plus(lacking, square(row.top)), others);
    let score = if row.arg_max == row.truth { right } else { wrong };
    if row.notes & ROW_OUTSIDE != 0 { OUTSIDE } else { score }
}
