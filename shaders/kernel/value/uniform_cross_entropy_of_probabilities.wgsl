// Twin of src/kernel/value/mean_likelihood_loss.rs: the mean over all classes of what their log loss would be.
fn uniform_cross_entropy_of_probabilities(row: RowSummary, parameter: u32) -> u32 {
    return select(row.mean, OUTSIDE, (row.flags & ROW_OUTSIDE) != 0u);
}
