// Samples as reduced rows of scores: the prediction is the class of the largest score.

@group(0) @binding(0) var<storage, read> rows: array<RowSummary>;

// The row of the current sample.
var<private> row: RowSummary;
var<private> loaded: u32;

// Selects the next four samples.
fn load(quad: u32) {
    loaded = 4u * quad;
}

// Adds one of them to the statistics.
fn process(k: u32, weight: u32) {
    if !is_masked(weight) {
        row = rows[loaded + k];
        let w = counted_weight(weight);
        if row.truth != NO_CLASS {
            let prediction = bitcast<u32>(f32(row.arg_max));
            accumulate(Sample(prediction, bitcast<u32>(f32(row.truth)), w, row.flags));
        } else {
            count_invalid_label(w);
        }
    }
}
