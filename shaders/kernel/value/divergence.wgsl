// Twin of src/kernel/value/divergence.rs: sum of t ln(t / p).
fn divergence(row: Row, parameter: u32) -> u32 {
    return select(row.mean, OUTSIDE, (row.notes & ROW_OUTSIDE) != 0u);
}

fn divergence_clips(row: Row, parameter: u32) -> bool {
    return (row.notes & ROW_CLIPPED) != 0u;
}
