// Twin of src/kernel/value/correct.rs: 1 if the predicted class is the true one, else 0.
fn correct(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return select(0u, ONE, prediction == truth);
}
