// Twin of src/kernel/value/max_probability.rs: the largest of a row of probabilities.
fn max_probability(row: RowSummary, parameter: u32) -> u32 {
    return select(row.max, OUTSIDE, (row.flags & ROW_OUTSIDE) != 0u);
}
