// Twin of src/kernel/value/uniform_cross_entropy_of_probabilities.rs: the mean of every class's log
// loss.
fn uniform_cross_entropy_of_probabilities(row: RowSummary, parameter: u32) -> u32 {
    return select(row.mean, OUTSIDE, (row.flags & ROW_OUTSIDE) != 0u);
}
