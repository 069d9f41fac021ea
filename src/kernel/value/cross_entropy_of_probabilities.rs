//! The log loss of a row of probabilities: −ln p of the true class, or Σ t (−ln p) for soft truths
//! t.

use super::definition::{MIN_PROBABILITY, Parameters, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, OUTSIDE, magnitude};
use crate::kernel::float::ln;
use crate::kernel::math_f64;
use crate::kernel::row::{ROW_CLIPPED, ROW_OUTSIDE, ROW_SOFT, RowSummary};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    parameters: Parameters::Within(MIN_PROBABILITY, 0.5),
    range: ValueRange::NonNegative,
    clips: true,
    accepts_soft_truths: true,
    ..ValueDef::of_row(
        |min_probability| RowNeeds { loss: Some(min_probability), ..RowNeeds::PROBABILITIES },
        "predictions from 0 to 1",
    )
};

/// Twin of `shaders/kernel/value/cross_entropy_of_probabilities.wgsl`.
///
/// `parameter` is the least probability that counts: smaller ones are clipped to it. Within 1 ulp
/// of the exact loss. With soft truths within 3 ulp: terms are within 1 ulp each, which is 2 ulp of
/// the sum if its significand is nearly 2.
#[inline(always)]
pub fn cross_entropy_of_probabilities(row: &RowSummary, parameter: Bits) -> Bits {
    let counted = row.truth_score.max(parameter);
    let hard = magnitude(ln(counted));
    let loss = if row.flags & ROW_SOFT != 0 { row.truth_score } else { hard };
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { loss }
}

/// Whether the probability of the true class is less than `parameter`. With soft truths, whether
/// this holds for a class whose truth is not 0.
#[inline(always)]
pub fn cross_entropy_of_probabilities_clips(row: &RowSummary, parameter: Bits) -> bool {
    let clips = row.flags & ROW_CLIPPED != 0;
    if row.flags & ROW_SOFT != 0 { clips } else { row.truth_score < parameter }
}

/// The value in double precision. Within 4 ulp of the exact loss.
#[inline(always)]
pub fn double(row: &RowSummaryF64, parameter: f64) -> f64 {
    let likelihood = if row.truth_score < parameter { parameter } else { row.truth_score };
    let hard = math_f64::ln(likelihood).abs();
    let loss = if row.flags & ROW_SOFT != 0 { row.truth_score } else { hard };
    if row.flags & ROW_OUTSIDE != 0 { f64::NAN } else { loss }
}

/// The samples that it clips in double precision.
#[inline(always)]
pub fn double_clips(row: &RowSummaryF64, parameter: f64) -> bool {
    let clips = row.flags & ROW_CLIPPED != 0;
    if row.flags & ROW_SOFT != 0 { clips } else { row.truth_score < parameter }
}
