// Twin of src/kernel/value/logistic.rs: 1 / (1 + e^-z).
fn logistic(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return sigmoid(prediction);
}
