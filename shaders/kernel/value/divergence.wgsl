// Twin of src/kernel/value/divergence.rs: sum of t ln(t / p).
fn divergence(row: RowSummary, parameter: u32) -> u32 {
    return select(row.mean, OUTSIDE, (row.flags & ROW_OUTSIDE) != 0u);
}

fn divergence_clips(row: RowSummary, parameter: u32) -> bool {
    return (row.flags & ROW_CLIPPED) != 0u;
}
