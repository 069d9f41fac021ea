// Counts per label and side of the threshold.

// Counts a sample, and adds its weight, in the cell of its label and prediction.
fn add_confusion(threshold: u32, faults: u32, count_row: u32, weight_row: u32, sample: Sample) {
    if has_score(faults, sample) {
        let positive = select(0u, 1u, ordered(sample.prediction) > ordered(flushed(threshold)));
        let cell = select(0u, 2u, sample.truth == ONE) + positive;
        limbs[(count_row + cell) * GROUP + lane] += 1;
        if sample.weight != 0u {
            let row = weight_row + cell * WEIGHT_LIMBS;
            add_single(row, exponent(sample.weight) + VALUE_BIAS, mantissa(sample.weight), false);
        }
    }
}
