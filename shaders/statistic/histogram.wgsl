// Counts per bin of the score and label.

// Adds a sample to the cell of its bin and label.
fn add_to_histogram(bin: u32, first_entry: u32, faults: u32, sample: Sample) {
    if has_score(faults, sample) {
        let cell = 2u * bin + select(0u, 1u, sample.truth == ONE);
        count_in_cell(first_entry + cell * CELL_COUNT_ENTRIES, sample.weight);
    }
}
