// Twin of src/kernel/value/logit_loss.rs: ln(1 + e^-z) for label 1, ln(1 + e^z) for label 0.
fn logit_loss(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let sign = select(0u, SIGN, truth == ONE);
    return softplus(prediction ^ sign);
}
