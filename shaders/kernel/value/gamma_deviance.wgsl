// Twin of src/kernel/value/gamma_deviance.rs: 2 (ln(p / t) + t / p - 1).
fn gamma_deviance(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let less = plus(ONE, ratio_ln(truth, prediction));
    let far = minus(quotient(truth, prediction), less);
    let half = select(far, ratio_defect(truth, prediction), similar_magnitude(truth, prediction));
    let outside = (prediction == 0u) | (truth == 0u) | ((prediction | truth) >> 31u == 1u);
    return select(times(TWO, half), OUTSIDE, outside);
}
