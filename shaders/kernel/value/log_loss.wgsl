// Twin of src/kernel/value/log_loss.rs: -ln p for label 1, -ln(1 - p) for label 0.
fn log_loss(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let of_label = select(SIGN | prediction, prediction, truth == ONE);
    let clips = log_loss_clips(prediction, truth, parameter);
    let counted = select(of_label, parameter, clips);
    let loss = ln_or_ln1p(counted, (truth != ONE) & !clips);
    return select(magnitude(loss), OUTSIDE, prediction > ONE);
}

fn log_loss_clips(prediction: u32, truth: u32, parameter: u32) -> bool {
    let rest = minus(ONE, prediction);
    let likelihood = select(rest, prediction, truth == ONE);
    return likelihood < parameter;
}
