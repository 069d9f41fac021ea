// Twin of src/kernel/value/categorical_hinge.rs: max(0, 1 + the largest score of another class -
// the true class's).
fn categorical_hinge(row: RowSummary, parameter: u32) -> u32 {
    let other = select(row.max, row.runner_up, row.arg_max == row.truth);
    let lead = two_sum(row.truth_score, other ^ SIGN);
    let low = select(lead.low, 0u, field(lead.low) < MIN_RESULT_EXPONENT);
    let loss = minus(minus(ONE, lead.high), low);
    let bounded = select(loss, lead.high ^ SIGN, field(lead.high) == FIELD_MAX);
    return select(bounded, 0u, bounded >> 31u == 1u);
}
