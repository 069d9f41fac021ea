// Twin of src/kernel/value/brier_of_probabilities.rs: sum of (p - y)^2 over all classes of a row of
// probabilities.
fn brier_of_probabilities(row: RowSummary, parameter: u32) -> u32 {
    let lacking = square(minus(ONE, row.truth_score));
    let right = add_nonnegative(lacking, row.sum_of_squares);
    let other_squares = minus(row.sum_of_squares, square(row.truth_score));
    let wrong = plus(plus(lacking, square(row.max)), other_squares);
    let score = select(wrong, right, row.arg_max == row.truth);
    return select(score, OUTSIDE, (row.flags & ROW_OUTSIDE) != 0u);
}
