// Twin of src/kernel/value/likelihood_top.rs: the largest of a row of probabilities.
fn max_probability(row: Row, parameter: u32) -> u32 {
    return select(row.top, OUTSIDE, (row.notes & ROW_OUTSIDE) != 0u);
}
