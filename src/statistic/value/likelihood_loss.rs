//! The log loss of a row of probabilities, −ln p of the truth.

use crate::statistic::bits::{OUTSIDE, magnitude};
use crate::statistic::float::ln;
use crate::statistic::row::{ROW_OUTSIDE, Row};

/// Twin of `shaders/value/likelihood_loss.wgsl`. `parameter` is the least probability that counts: smaller ones are clipped to it. Within 1 ulp of
/// the exact loss.
#[inline(always)]
pub fn likelihood_loss(row: &Row, parameter: u32) -> u32 {
    let counted = row.of_truth.max(parameter);
    let loss = magnitude(ln(counted));
    if row.notes & ROW_OUTSIDE != 0 { OUTSIDE } else { loss }
}

/// Whether the probability of the truth is less than `parameter`.
#[inline(always)]
pub fn likelihood_loss_clips(row: &Row, parameter: u32) -> bool {
    row.of_truth < parameter
}
