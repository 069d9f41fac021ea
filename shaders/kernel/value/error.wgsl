// Twin of src/kernel/value/error.rs: prediction - truth.
fn error(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return difference(prediction, truth);
}
