// Twin of src/kernel/value/absolute_error.rs: |prediction - truth|.
fn absolute_error(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return magnitude(difference(prediction, truth));
}
