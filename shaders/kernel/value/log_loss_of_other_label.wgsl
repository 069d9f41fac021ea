// Twin of src/kernel/value/log_loss_of_other_label.rs: the log loss for the other label.
fn log_loss_of_other_label(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return log_loss(prediction, ONE ^ truth, parameter);
}

fn log_loss_of_other_label_clips(prediction: u32, truth: u32, parameter: u32) -> bool {
    return log_loss_clips(prediction, ONE ^ truth, parameter);
}
