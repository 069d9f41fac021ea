// Twin of src/kernel/value/cosine.rs: sum of p t / sqrt(sum of p^2 times sum of t^2).
fn cosine(row: Row, parameter: u32) -> u32 {
    let lengths = square_root(times(row.squares, row.of_truth));
    let ratio = quotient(row.sum, lengths);
    let bounded = select(ratio, ONE | (ratio & SIGN), magnitude(ratio) > ONE);
    let outside = row.squares == 0u || row.of_truth == 0u;
    return select(bounded, OUTSIDE, outside);
}
