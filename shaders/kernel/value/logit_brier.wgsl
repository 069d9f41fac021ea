// Twin of src/kernel/value/logit_brier.rs: the square of the probability of the wrong label.
fn logit_brier(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let sign = select(0u, SIGN, truth == ONE);
    let wrong = sigmoid(prediction ^ sign);
    return square(wrong);
}
