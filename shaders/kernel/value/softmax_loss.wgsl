// Twin of src/kernel/value/softmax_loss.rs: ln(sum of e^z) less the logit of the truth.
fn softmax_loss(row: Row, parameter: u32) -> u32 {
    let gap = difference(row.top, row.of_truth);
    let least = ln1p(rest(row));
    let hard = select(plus(gap, least), least, gap == 0u);
    let of_all = select(times(row.squares, least), least, field(least) < MIN_RESULT_EXPONENT);
    return select(hard, add_nonnegative(row.of_truth, of_all), (row.notes & ROW_SOFT) != 0u);
}
