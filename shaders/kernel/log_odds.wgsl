// Twin of src/kernel/log_odds.rs: the score of a class of a row in a binary problem.

fn bounded(x: u32) -> u32 {
    return select(x, (x & SIGN) | MAX_FINITE, field(x) == FIELD_MAX);
}

fn log_odds(row: RowSummary, score: u32, label: u32) -> u32 {
    let gap = flush_result(bounded(difference(row.max, row.runner_up)));
    let of_max = minus(gap, flush_result(ln(row.sum)));
    let term = exp_nonpositive(flush_result(minus(score, row.runner_up)));
    let other_terms = flush_result(minus(row.sum, term));
    let scaled_terms = flush_result(times(runner_up_over_max(row), other_terms));
    let below_max = flush_result(bounded(minus(score, row.max)));
    let of_other = minus(below_max, flush_result(ln1p(scaled_terms)));
    return flush_result(select(of_other, of_max, label == row.arg_max));
}

fn problem_score(row: RowSummary, word: u32, label: u32) -> u32 {
    var score = word;
    if OF_LOGITS {
        score = log_odds(row, flushed(word), label);
    }
    return select(score, OUTSIDE, (row.flags & ROW_NONFINITE) != 0u);
}
