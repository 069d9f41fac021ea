// Twin of src/statistic/value/softmax_loss.rs: ln(sum of e^z) less the logit of the truth.
fn softmax_loss(row: Row, parameter: u32) -> u32 {
    let gap = difference(row.top, row.of_truth);
    let least = ln1p(rest(row));
    return select(plus(gap, least), least, gap == 0u);
}
