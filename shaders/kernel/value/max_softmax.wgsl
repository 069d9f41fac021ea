// Twin of src/kernel/value/max_softmax.rs: the largest probability of a row of logits.
fn max_softmax(row: RowSummary, parameter: u32) -> u32 {
    return quotient(ONE, plus(ONE, exp_sum_without_max(row)));
}
