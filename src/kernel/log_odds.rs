//! Twin of `shaders/kernel/log_odds.wgsl`: the score of a class of a row in a binary problem.

use super::bits::{FIELD_MAX, OUTSIDE, difference, field, flush_result, flushed};
use super::float::{SIGN, ln, ln1p, minus, times};
use super::fragment::constants;
use super::row::{ROW_NONFINITE, RowSummary, exp_nonpositive, runner_up_over_max};

constants! {
    /// The largest finite number.
    MAX_FINITE = 0x7f7f_ffff;
}

/// The score of a class in a binary problem: its score in the row or, if `of_logits`, its
/// [log-odds](log_odds). It is NaN if any score of the row is not finite.
#[inline(always)]
pub fn problem_score(row: &RowSummary, word: u32, class: u32, of_logits: bool) -> u32 {
    let score = if of_logits { log_odds(row, flushed(word), class) } else { word };
    if row.flags & ROW_NONFINITE != 0 { OUTSIDE } else { score }
}

/// A number; the largest finite number of its sign for an infinity.
#[inline(always)]
fn bounded(x: u32) -> u32 {
    if field(x) == FIELD_MAX { x & SIGN | MAX_FINITE } else { x }
}

/// The log-odds ln(p / (1 − p)) of a class, where p is its probability among logits: its logit z
/// minus ln Σ e^y over the logits y of the other classes. The error is at most 2^-22 of its
/// magnitude plus 2^-22 of 2 ln K, for K classes.
///
/// Let r be the runner-up, m the largest logit, and S = Σ e^(y − r) over all classes but the arg
/// max. The log-odds of the arg max are m − r − ln S. Those of any other class are z − m − ln(1 +
/// e^(r − m) (S − e^(z − r))). With two classes S is 1, and the log-odds of one class are the
/// negative of those of the other.
#[inline(always)]
pub fn log_odds(row: &RowSummary, score: u32, class: u32) -> u32 {
    let gap = flush_result(bounded(difference(row.max, row.runner_up)));
    let of_max = minus(gap, flush_result(ln(row.sum)));
    let term = exp_nonpositive(flush_result(minus(score, row.runner_up)));
    // The sum contains the term of the runner-up, e^0, and no term is larger.
    let other_terms = flush_result(minus(row.sum, term));
    let scaled_terms = flush_result(times(runner_up_over_max(row), other_terms));
    let below_max = flush_result(bounded(minus(score, row.max)));
    let of_other = minus(below_max, flush_result(ln1p(scaled_terms)));
    flush_result(if class == row.arg_max { of_max } else { of_other })
}
