// Twin of src/kernel/value/mean_softmax_loss.rs: the mean over all classes of what their log loss would be.
fn uniform_cross_entropy(row: RowSummary, parameter: u32) -> u32 {
    return plus(row.mean, ln1p(exp_sum_without_max(row)));
}
