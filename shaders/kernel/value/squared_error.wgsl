// Twin of src/kernel/value/squared_error.rs: (prediction - truth)^2.
fn squared_error(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let d = rounded(number(prediction) - number(truth));
    let squared = rounded(number(d) * number(d));
    let small = select(UNDERFLOW, 0u, prediction == truth);
    return select(squared, small, field(d) < FIELD_SQUARE);
}
