//! Twin of `shaders/kernel/log_odds.wgsl`: what a score of a row counts as, where its class is
//! compared with others.

use super::bits::{FIELD_MAX, OUTSIDE, difference, field, flush_result, flushed};
use super::float::{SIGN, constants, ln, ln1p, minus, times};
use super::row::{ROW_NONFINITE, RowSummary, exp_nonpositive, runner_up_over_max};

constants! {
    /// The largest finite number.
    MAX_FINITE = 0x7f7f_ffff;
}

/// What a class's score counts as, given the row that it stands in: NaN if any score of the row is
/// not finite.
#[inline(always)]
pub fn problem_score(row: &RowSummary, word: u32, class: u32, of_logits: bool) -> u32 {
    let of_row = if of_logits { log_odds(row, flushed(word), class) } else { word };
    if row.flags & ROW_NONFINITE != 0 { OUTSIDE } else { of_row }
}

/// A number, or the largest finite one where it is an infinity.
#[inline(always)]
fn bounded(x: u32) -> u32 {
    if field(x) == FIELD_MAX { x & SIGN | MAX_FINITE } else { x }
}

/// ln(p / (1 − p)) of the probability p of a class among logits: its logit z less ln Σ e^y over the
/// logits y of the others, off by no more than 2^-22 of its size and of 2 ln K, for K classes.
///
/// With r for the runner-up, the arg max has z − r − ln Σ e^(y − r). Of another class, e^(z − r) is
/// taken out of that sum S: it has z − top − ln(1 + e^(r − top) (S − e^(z − r))). Of two classes, S
/// is 1, and their log-odds are each other's negatives.
#[inline(always)]
pub fn log_odds(row: &RowSummary, score: u32, class: u32) -> u32 {
    let gap = flush_result(bounded(difference(row.max, row.runner_up)));
    let ahead = minus(gap, flush_result(ln(row.sum)));
    let own = exp_nonpositive(flush_result(minus(score, row.runner_up)));
    // The sum has e^0 of the runner-up in it, and no term is larger.
    let others = flush_result(minus(row.sum, own));
    let beside = flush_result(times(runner_up_over_max(row), others));
    let below = flush_result(bounded(minus(score, row.max)));
    let behind = minus(below, flush_result(ln1p(beside)));
    flush_result(if class == row.arg_max { ahead } else { behind })
}
