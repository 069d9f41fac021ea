// Twin of src/kernel/value/poisson_deviance.rs: 2 (t ln(t / p) - t + p).
fn poisson_deviance(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let product = times(truth, times(TWO, ratio_defect(prediction, truth)));
    let small = select(UNDERFLOW, 0u, prediction == truth);
    let close = select(product, small, field(product) < MIN_RESULT_EXPONENT);
    let more = times(truth, plus(ONE, ratio_ln(prediction, truth)));
    let far = times(TWO, minus(prediction, more));
    let positive = select(far, close, similar_magnitude(prediction, truth));
    let result = select(positive, times(TWO, prediction), truth == 0u);
    let outside = (prediction == 0u) | ((prediction | truth) >> 31u == 1u);
    return select(result, OUTSIDE, outside);
}
