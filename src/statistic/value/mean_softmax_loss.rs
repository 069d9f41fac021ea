//! The mean over all classes of what their log loss in a row of logits would be.

use crate::statistic::float::{ln1p, plus};
use crate::statistic::row::{Row, rest};

/// Twin of `shaders/value/mean_softmax_loss.wgsl`. Within 4 ulp of the exact mean.
#[inline(always)]
pub fn mean_softmax_loss(row: &Row, _parameter: u32) -> u32 {
    plus(row.mean, ln1p(rest(row)))
}
