// Twin of src/kernel/log_odds.rs: the score of a class of a row in a binary problem.

fn bounded(x: u32) -> u32 {
    return select(x, (x & SIGN) | MAX_FINITE, field(x) == FIELD_MAX);
}

fn log_odds(row: RowSummary, score: u32, label: u32) -> u32 {
    let gap = flush_result(bounded(difference(row.max, row.runner_up)));
    let ahead = minus(gap, flush_result(ln(row.sum)));
    let own = exp_nonpositive(flush_result(minus(score, row.runner_up)));
    let others = flush_result(minus(row.sum, own));
    let beside = flush_result(times(runner_up_over_max(row), others));
    let below = flush_result(bounded(minus(score, row.max)));
    let behind = minus(below, flush_result(ln1p(beside)));
    return flush_result(select(behind, ahead, label == row.arg_max));
}

fn problem_score(row: RowSummary, word: u32, label: u32) -> u32 {
    var of_row = word;
    if OF_LOGITS {
        of_row = log_odds(row, flushed(word), label);
    }
    return select(of_row, OUTSIDE, (row.flags & ROW_NONFINITE) != 0u);
}
