//! Whether the true class is one of the k classes with the largest scores: 1 or 0.

use super::definition::{Parameters, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE};
use crate::kernel::row::RowSummary;
use crate::kernel::row_f64::RowSummaryF64;
use crate::kernel::row_needs::RowNeeds;
use crate::task::MAX_CLASSES;

pub(crate) const VALUE: ValueDef = ValueDef {
    parameters: Parameters::Within(1.0, MAX_CLASSES as f32),
    range: ValueRange::NonNegative,
    accepts_soft_truths: true,
    ..ValueDef::of_row(|_| RowNeeds { rank: true, ..RowNeeds::ROWS }, "any scores")
};

/// Twin of `shaders/kernel/value/top_k.wgsl`. `parameter` is k, as an `f32`.
#[inline(always)]
pub fn top_k(row: &RowSummary, parameter: Bits) -> Bits {
    let rank = (row.rank as f32).to_bits();
    if rank < parameter { ONE } else { 0 }
}

/// The value in double precision. Exact.
#[inline(always)]
pub fn double(row: &RowSummaryF64, parameter: f64) -> f64 {
    if f64::from(row.rank) < parameter { 1.0 } else { 0.0 }
}
