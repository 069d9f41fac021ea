//! The largest of a row of probabilities.

use crate::kernel::bits::OUTSIDE;
use crate::kernel::row::{ROW_OUTSIDE, Row};

/// Twin of `shaders/kernel/value/likelihood_top.wgsl`. Exact.
#[inline(always)]
pub fn likelihood_top(row: &Row, _parameter: u32) -> u32 {
    if row.notes & ROW_OUTSIDE != 0 { OUTSIDE } else { row.top }
}
