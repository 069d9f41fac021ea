// Counts per label and side of the threshold.

// Counts a sample, and adds its weight, in the cell of its label and prediction. Counts scores that
// are not probabilities but must be.
fn add_confusion(
    threshold: u32,
    must_be_probability: bool,
    faults: u32,
    count_row: u32,
    weight_row: u32,
    sample: Sample,
) {
    if has_score(faults, sample) {
        if must_be_probability && sample.prediction > ONE {
            count_fault(faults + FAULT_OUTSIDE, sample.weight);
        }
        let positive = select(0u, 1u, ordered(sample.prediction) > ordered(flushed(threshold)));
        let cell = select(0u, 2u, sample.truth == ONE) + positive;
        limbs[(count_row + cell) * GROUP + lane] += 1;
        if sample.weight != 0u {
            let row = weight_row + cell * WEIGHT_LIMBS;
            add_single(row, exponent(sample.weight) + VALUE_BIAS, mantissa(sample.weight), false);
        }
    }
}
