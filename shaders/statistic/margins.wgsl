// Counts per class: each sample is added to the cells of its truth and of its prediction.

// Per class: correctly predicted samples, then all samples by truth, then all samples by
// prediction.
fn add_margins(first_entry: u32, classes: u32, faults: u32, sample: Sample) {
    if has_score(faults, sample) {
        let prediction = class_of(sample.prediction);
        let truth = class_of(sample.truth);
        let by_prediction = 2u * classes + prediction;
        if prediction == truth {
            count_in_cell(first_entry + truth * CELL_COUNT_ENTRIES, sample.weight);
        }
        count_in_cell(first_entry + (classes + truth) * CELL_COUNT_ENTRIES, sample.weight);
        count_in_cell(first_entry + by_prediction * CELL_COUNT_ENTRIES, sample.weight);
    }
}
