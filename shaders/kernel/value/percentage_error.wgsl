// Twin of src/kernel/value/percentage_error.rs: |prediction - truth| / |truth|; 0 where both are
// 0.
fn percentage_error(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let factor = scale(truth);
    let t = times(truth, factor);
    let d = minus(times(prediction, factor), t);
    let share = quotient(magnitude(d), magnitude(t));
    let without_truth = select(OUTSIDE, 0u, prediction == 0u);
    return select(share, without_truth, truth == 0u);
}
