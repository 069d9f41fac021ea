// Twin of src/kernel/value/likelihood_loss.rs: -ln p for the probability p of the truth.
fn cross_entropy_of_probabilities(row: Row, parameter: u32) -> u32 {
    let flush_result = max(row.of_truth, parameter);
    let hard = magnitude(ln(flush_result));
    let loss = select(hard, row.of_truth, (row.notes & ROW_SOFT) != 0u);
    return select(loss, OUTSIDE, (row.notes & ROW_OUTSIDE) != 0u);
}

fn cross_entropy_of_probabilities_clips(row: Row, parameter: u32) -> bool {
    let clips = (row.notes & ROW_CLIPPED) != 0u;
    return select(row.of_truth < parameter, clips, (row.notes & ROW_SOFT) != 0u);
}
