// Twin of src/kernel/value/squared_log_error.rs: (ln(1 + prediction) - ln(1 + truth))^2.
fn squared_log_error(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let swapped = ordered(prediction) < ordered(truth);
    let a = select(prediction, truth, swapped);
    let b = select(truth, prediction, swapped);
    let large = (b >> 31u == 0u) & (field(b) >= FIELD_LARGE);
    let unit = select(ONE, SCALE_LARGE, large);
    let vast = !large & (a >> 31u == 0u) & (field(a) >= FIELD_VAST);
    let reduced = times(a, select(unit, SCALE_VAST, vast));
    let base = times(b, unit);
    let u = double_quotient(two_sum(reduced, base ^ SIGN), two_sum(unit, base));
    let slope = times(u.low, reciprocal(plus(ONE, u.high)));
    let missing = select(slope, 0u, field(u.high) >= FIELD_LARGE);
    let logarithm = plus(ln1p(u.high), missing);
    let whole_logarithm = plus(logarithm, select(0u, LN_VAST, vast));
    let small = select(UNDERFLOW, 0u, prediction == truth);
    let too_close = field(difference(prediction, truth)) < FIELD_SQUARE;
    let result = select(square(whole_logarithm), small, too_close);
    let outside = (prediction >= (ONE | SIGN)) | (truth >= (ONE | SIGN));
    return select(result, OUTSIDE, outside);
}
