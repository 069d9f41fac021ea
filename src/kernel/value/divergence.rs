//! The Kullback-Leibler divergence of a row of predicted probabilities from the true ones,
//! Σ t ln(t / p).

use super::definition::{MIN_PROBABILITY, Parameters, ValueDef};
use crate::kernel::bits::{Bits, OUTSIDE};
use crate::kernel::row::{ROW_CLIPPED, ROW_OUTSIDE, RowSummary};
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;

pub(crate) const VALUE: ValueDef = ValueDef {
    parameters: Parameters::Within(MIN_PROBABILITY, 0.5),
    clips: true,
    ..ValueDef::of_row(
        |min_probability| RowNeeds { mean: Some(min_probability), ..RowNeeds::VECTORS },
        "predictions and truths from 0 to 1",
    )
};

/// Twin of `shaders/kernel/value/divergence.wgsl`. `parameter` is the least prediction that
/// counts: rows are reduced with it.
///
/// Within 4 ulp of Σ (t ln(t/p) − t + p) + |Σ (t − p)|. The last term is 0 if both rows have the
/// same sum.
#[inline(always)]
pub fn divergence(row: &RowSummary, _parameter: Bits) -> Bits {
    if row.flags & ROW_OUTSIDE != 0 { OUTSIDE } else { row.mean }
}

/// Whether a prediction is less than the least that counts where the truth is not 0.
#[inline(always)]
pub fn divergence_clips(row: &RowSummary, _parameter: Bits) -> bool {
    row.flags & ROW_CLIPPED != 0
}

/// The value in double precision. Within 4 ulp of the same sum.
#[inline(always)]
pub fn double(row: &RowSummaryF64, _parameter: f64) -> f64 {
    if row.flags & ROW_OUTSIDE != 0 { f64::NAN } else { row.mean }
}

/// The samples that it clips in double precision.
#[inline(always)]
pub fn double_clips(row: &RowSummaryF64, _parameter: f64) -> bool {
    row.flags & ROW_CLIPPED != 0
}
