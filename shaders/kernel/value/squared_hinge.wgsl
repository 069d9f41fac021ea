// Twin of src/kernel/value/squared_hinge.rs: the square of the hinge loss.
fn squared_hinge(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let margin = hinge(prediction, truth, parameter);
    return square(margin);
}
