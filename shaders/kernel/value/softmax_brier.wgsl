// Twin of src/kernel/value/softmax_brier.rs: sum of (p - y)^2 over all classes of a row of logits.
fn softmax_brier(row: RowSummary, parameter: u32) -> u32 {
    let whole = plus(ONE, exp_sum_without_max(row));
    // If the arg max is the true class, the score is (ratio / whole)² (sum² + squares).
    let part = square(quotient(runner_up_over_max(row), whole));
    let both = plus(times(row.sum, row.sum), row.sum_of_squares);
    let right = select(times(part, both), part, field(part) < MIN_RESULT_EXPONENT);
    // Otherwise: the terms of the true class, of the arg max, and of the other classes.
    let likelihood = exp_nonpositive(minus(row.truth_score, row.max));
    let lacking = plus(ONE, minus(exp_sum_without_max(row), likelihood));
    let squares = times(square(runner_up_over_max(row)), row.sum_of_squares);
    let other_squares = minus(squares, times(likelihood, likelihood));
    let total = plus(plus(times(lacking, lacking), ONE), other_squares);
    let wrong = quotient(total, times(whole, whole));
    return select(wrong, right, row.arg_max == row.truth);
}
