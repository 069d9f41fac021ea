// Twin of src/kernel/value/symmetric_percentage_error.rs: 2 |prediction - truth| / (|prediction|
// + |truth|); 0 where both are 0.
fn symmetric_percentage_error(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let largest = max(magnitude(prediction), magnitude(truth));
    let factor = scale(largest);
    let p = times(prediction, factor);
    let t = times(truth, factor);
    let sum = plus(magnitude(p), magnitude(t));
    let half = quotient(magnitude(minus(p, t)), sum);
    return select(times(TWO, half), 0u, largest == 0u);
}
