//! The log loss of a row of logits: ln Σ e^z less the logit of the truth.

use crate::statistic::bits::difference;
use crate::statistic::float::{ln1p, plus};
use crate::statistic::row::{Row, rest};

/// Twin of `shaders/value/softmax_loss.wgsl`. Within 4 ulp of the exact
/// loss, or 8 where hundreds of classes are so alike that their terms are rounded the same way.
#[inline(always)]
pub fn softmax_loss(row: &Row, _parameter: u32) -> u32 {
    let gap = difference(row.top, row.of_truth);
    let least = ln1p(rest(row));
    if gap == 0 { least } else { plus(gap, least) }
}
