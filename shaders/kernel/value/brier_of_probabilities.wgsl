// Twin of src/kernel/value/likelihood_brier.rs: sum of (p - y)^2 over all classes of a row of probabilities.
fn brier_of_probabilities(row: Row, parameter: u32) -> u32 {
    let lacking = square(minus(ONE, row.of_truth));
    let right = add_nonnegative(lacking, row.squares);
    let others = minus(row.squares, square(row.of_truth));
    let wrong = plus(plus(lacking, square(row.top)), others);
    let score = select(wrong, right, row.arg_max == row.truth);
    return select(score, OUTSIDE, (row.notes & ROW_OUTSIDE) != 0u);
}
