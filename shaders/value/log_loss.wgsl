// Twin of src/statistic/value/log_loss.rs: -ln p for label 1, -ln(1 - p) for label 0.
fn log_loss(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let least = ln(parameter);
    let of_one = ln(max(prediction, parameter));
    let of_zero = ln1p(SIGN | prediction);
    let loss = select(of_zero, of_one, truth == ONE);
    let clipped = select(loss, least, log_loss_clips(prediction, truth, parameter));
    return select(magnitude(clipped), OUTSIDE, prediction > ONE);
}

fn log_loss_clips(prediction: u32, truth: u32, parameter: u32) -> bool {
    let rest = minus(ONE, prediction);
    let likelihood = select(rest, prediction, truth == ONE);
    return likelihood < parameter;
}
