// Twin of src/kernel/value/top_k.rs: 1 if the true class is one of the k classes with the largest
// scores, else 0.
fn top_k(row: RowSummary, parameter: u32) -> u32 {
    let rank = bitcast<u32>(f32(row.rank));
    return select(0u, ONE, rank < parameter);
}
