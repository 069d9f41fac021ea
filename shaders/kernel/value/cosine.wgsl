// Twin of src/kernel/value/cosine.rs: sum of p t / sqrt(sum of p^2 times sum of t^2).
fn cosine(row: RowSummary, parameter: u32) -> u32 {
    let lengths = square_root(times(row.sum_of_squares, row.truth_score));
    let ratio = quotient(row.sum, lengths);
    let bounded = select(ratio, ONE | (ratio & SIGN), magnitude(ratio) > ONE);
    let outside = (row.sum_of_squares == 0u) | (row.truth_score == 0u);
    return select(bounded, OUTSIDE, outside);
}
