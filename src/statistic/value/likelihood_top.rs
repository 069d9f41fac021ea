//! The largest of a row of probabilities.

use crate::statistic::bits::OUTSIDE;
use crate::statistic::row::{ROW_OUTSIDE, Row};

/// Twin of `shaders/value/likelihood_top.wgsl`. Exact.
#[inline(always)]
pub fn likelihood_top(row: &Row, _parameter: u32) -> u32 {
    if row.notes & ROW_OUTSIDE != 0 { OUTSIDE } else { row.top }
}
