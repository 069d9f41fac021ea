// Twin of src/kernel/value/absolute_truth.rs: |truth|.
fn absolute_truth(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return magnitude(truth);
}
