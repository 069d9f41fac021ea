// Twin of src/kernel/value/logit_loss_of_other_label.rs: the log loss for the other label.
fn logit_loss_of_other_label(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return logit_loss(prediction, ONE ^ truth, parameter);
}
