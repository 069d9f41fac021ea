//! The cosine of the angle between two rows, Σ p t / √(Σ p² Σ t²).

use super::definition::ValueDef;
use crate::kernel::bits::{Bits, ONE, OUTSIDE, magnitude};
use crate::kernel::float::{SIGN, quotient, square_root, times};
use crate::kernel::row::RowSummary;
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef::of_row(
    |_| RowNeeds { squares: true, ..RowNeeds::VECTORS },
    "rows that are not all zeros",
);

/// Twin of `shaders/kernel/value/cosine.wgsl`. Within 3 ulp of the exact cosine, plus
/// 2^-88 for the low bits that products lose. Rows of zeros are outside the domain.
#[inline(always)]
pub fn cosine(row: &RowSummary, _parameter: Bits) -> Bits {
    let lengths = square_root(times(row.sum_of_squares, row.truth_score));
    let ratio = quotient(row.sum, lengths);
    let bounded = if magnitude(ratio) > ONE { ONE | (ratio & SIGN) } else { ratio };
    let outside = row.sum_of_squares == 0 || row.truth_score == 0;
    if outside { OUTSIDE } else { bounded }
}

/// The value in double precision. Within 4 ulp of the exact cosine.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    let lengths = row.sum_of_squares.sqrt() * row.truth_score.sqrt();
    let bounded = (row.sum / lengths).clamp(-1.0, 1.0);
    let outside = row.sum_of_squares == 0.0 || row.truth_score == 0.0;
    if outside { f64::NAN } else { bounded }
}
