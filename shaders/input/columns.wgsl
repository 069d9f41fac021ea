// Samples in columns: one prediction and one truth each.

@group(0) @binding(0) var<storage, read> predictions: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> truths: array<vec4<u32>>;

var<private> loaded_predictions: vec4<u32>;
var<private> loaded_truths: vec4<u32>;

// The note flags of a number: nonfinite or subnormal.
fn notes_of(bits: u32, if_nonfinite: u32, if_subnormal: u32) -> u32 {
    return select(0u, if_nonfinite, nonfinite(bits)) | select(0u, if_subnormal, subnormal(bits));
}

// A column holds numbers if `classes` is 0, else classes below `classes`.
fn valid(word: u32, classes: u32) -> bool {
    return classes == 0u || word < classes;
}

// A normalized number, or a class converted to a number.
fn normalized_input(word: u32, classes: u32) -> u32 {
    return select(bitcast<u32>(f32(word)), finite_or_zero(word), classes == 0u);
}

// Loads four samples.
fn load(quad: u32) {
    loaded_predictions = predictions[quad];
    loaded_truths = truths[quad];
}

// Adds one of the loaded samples to the statistics.
fn process(k: u32, weight: u32) {
    if !is_masked(weight) {
        let prediction = loaded_predictions[k];
        let truth = loaded_truths[k];
        let w = counted_weight(weight);
        if valid(prediction, PREDICTION_CLASSES) && valid(truth, TRUTH_CLASSES) {
            var notes = 0u;
            if PREDICTION_CLASSES == 0u {
                notes |= notes_of(prediction, PREDICTION_NONFINITE, PREDICTION_SUBNORMAL);
            }
            if TRUTH_CLASSES == 0u {
                notes |= notes_of(truth, TRUTH_NONFINITE, TRUTH_SUBNORMAL);
            }
            let p = normalized_input(prediction, PREDICTION_CLASSES);
            accumulate(Sample(p, normalized_input(truth, TRUTH_CLASSES), w, notes));
        } else {
            count_invalid_label(w);
        }
    }
}
