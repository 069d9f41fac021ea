// Twin of src/statistic/value/squared_error.rs: (prediction - truth)^2.
fn squared_error(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let d = difference(prediction, truth);
    return square(d);
}
