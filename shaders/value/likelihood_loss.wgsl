// Twin of src/statistic/value/likelihood_loss.rs: -ln p for the probability p of the truth.
fn likelihood_loss(row: Row, parameter: u32) -> u32 {
    let counted = max(row.of_truth, parameter);
    let loss = magnitude(ln(counted));
    return select(loss, OUTSIDE, (row.notes & ROW_OUTSIDE) != 0u);
}

fn likelihood_loss_clips(row: Row, parameter: u32) -> bool {
    return row.of_truth < parameter;
}
