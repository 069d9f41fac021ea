// Twin of src/kernel/value/uniform_cross_entropy.rs: the mean of every class's log loss.
fn uniform_cross_entropy(row: RowSummary, parameter: u32) -> u32 {
    return plus(row.mean, ln1p(exp_sum_without_max(row)));
}
