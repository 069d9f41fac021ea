// Twin of src/kernel/value/softmax_loss.rs: ln(sum of e^z) minus the logit of the true class.
fn softmax_loss(row: RowSummary, parameter: u32) -> u32 {
    let gap = difference(row.max, row.truth_score);
    let log_sum = ln1p(exp_sum_without_max(row));
    let hard = select(plus(gap, log_sum), log_sum, gap == 0u);
    let of_all =
        select(times(row.sum_of_squares, log_sum), log_sum, field(log_sum) < MIN_RESULT_EXPONENT);
    return select(hard, add_nonnegative(row.truth_score, of_all), (row.flags & ROW_SOFT) != 0u);
}
