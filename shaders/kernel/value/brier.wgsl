// Twin of src/kernel/value/brier.rs: (p - y)^2; a p outside [0, 1] is outside its domain.
fn brier(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let squared = squared_error(prediction, truth, parameter);
    return select(squared, OUTSIDE, prediction > ONE);
}
