// Counts per truth and prediction.

// Rows are truths, columns are predictions.
fn add_to_matrix(first_entry: u32, classes: u32, faults: u32, sample: Sample) {
    if has_score(faults, sample) {
        let cell = class_of(sample.truth) * classes + class_of(sample.prediction);
        count_in_cell(first_entry + cell * CELL_COUNT_ENTRIES, sample.weight);
    }
}
