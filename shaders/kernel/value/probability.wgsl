// Twin of src/kernel/value/probability.rs: the score; one outside [0, 1] is outside its domain.
fn probability(prediction: u32, truth: u32, parameter: u32) -> u32 {
    return select(prediction, OUTSIDE, prediction > ONE);
}
