// Twin of src/statistic/calibration.rs: which bin a probability falls into, and what is added there.

fn bin(probability: u32, bins: u32) -> u32 {
    // p is mantissa / 2^shift, and at most 1.
    let product = mantissa(probability) * bins;
    let shift = 150u - field(probability);
    let index = select(product >> (shift & 31u), 0u, shift > 31u);
    return min(index, bins - 1u);
}

// Adds a kept probability to its bin: a count and weights by label, then sums of probabilities.
fn add_calibration(probability: u32, bins: u32, first_entry: u32, label: bool, sample: Sample) {
    if probability == OUTSIDE {
        return;
    }
    let index = bin(probability, bins);
    let cell = 2u * index + select(0u, 1u, label);
    let counts = first_entry + cell * CELL_COUNT_ENTRIES;
    let sums = first_entry + 2u * bins * CELL_COUNT_ENTRIES + index * CELL_SUM_ENTRIES;
    count_in_cell(counts, sample.weight);
    add_value_to_cell(sums, probability, sample.weight);
}
