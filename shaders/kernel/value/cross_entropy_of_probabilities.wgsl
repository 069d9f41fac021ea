// Twin of src/kernel/value/cross_entropy_of_probabilities.rs: -ln p for the probability p of the
// truth.
fn cross_entropy_of_probabilities(row: RowSummary, parameter: u32) -> u32 {
    let counted = max(row.truth_score, parameter);
    let hard = magnitude(ln(counted));
    let loss = select(hard, row.truth_score, (row.flags & ROW_SOFT) != 0u);
    return select(loss, OUTSIDE, (row.flags & ROW_OUTSIDE) != 0u);
}

fn cross_entropy_of_probabilities_clips(row: RowSummary, parameter: u32) -> bool {
    let clips = (row.flags & ROW_CLIPPED) != 0u;
    return select(row.truth_score < parameter, clips, (row.flags & ROW_SOFT) != 0u);
}
