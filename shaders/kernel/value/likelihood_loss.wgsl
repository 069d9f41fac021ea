// Twin of src/kernel/value/likelihood_loss.rs: -ln p for the probability p of the truth.
fn likelihood_loss(row: Row, parameter: u32) -> u32 {
    let counted = max(row.of_truth, parameter);
    let hard = magnitude(ln(counted));
    let loss = select(hard, row.of_truth, (row.notes & ROW_SOFT) != 0u);
    return select(loss, OUTSIDE, (row.notes & ROW_OUTSIDE) != 0u);
}

fn likelihood_loss_clips(row: Row, parameter: u32) -> bool {
    let clips = (row.notes & ROW_CLIPPED) != 0u;
    return select(row.of_truth < parameter, clips, (row.notes & ROW_SOFT) != 0u);
}
