// Counts per bin of a probability and label, and sums of the probability.

// Adds an admitted probability to its bin: a count and weights per label, then sums of
// probabilities.
fn add_calibration(probability: u32, bins: u32, first_entry: u32, label: bool, sample: Sample) {
    if probability != OUTSIDE {
        let index = uniform_bin(probability, bins);
        let cell = 2u * index + select(0u, 1u, label);
        let counts = first_entry + cell * CELL_COUNT_ENTRIES;
        let sums = first_entry + 2u * bins * CELL_COUNT_ENTRIES + index * CELL_SUM_ENTRIES;
        count_in_cell(counts, sample.weight);
        add_value_to_cell(sums, probability, sample.weight);
    }
}
