// Twin of src/kernel/value/truth_magnitude.rs: |truth|.
fn absolute_truth(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return magnitude(truth);
}
