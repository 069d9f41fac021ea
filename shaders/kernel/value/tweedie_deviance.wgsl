// Twin of src/kernel/value/tweedie_deviance.rs: 2 (t^c / (ac) - t p^a / a + p^c / c), a = 1 - P and
// c = 2 - P.
fn tweedie_deviance(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let one = DoubleF32(ONE, 0u);
    let a = two_sum(ONE, parameter ^ SIGN);
    let c = two_sum(TWO, parameter ^ SIGN);
    let a_size = copysign_xor(a, a.high);
    let c_size = copysign_xor(c, c.high);
    let negative = parameter >> 31u == 1u;
    let large = !negative & (parameter > TWO);
    let upper = select_double(a_size, one, large);
    let lower = select_double(c_size, one, negative);
    let both = select_double(select_double(one, a_size, large), c_size, negative);
    let positive = (truth != 0u) & (truth >> 31u == 0u);
    let w = ratio_ln_double(select(prediction, truth, positive), prediction);
    let w_size = copysign_xor(w, w.high);
    let falls = w.high >> 31u == 1u;
    let rise = exp_excess_ratio(double_product(w_size, select_double(upper, lower, falls)));
    let fall = exp_excess_ratio(
        copysign_xor(double_product(w_size, select_double(lower, upper, falls)), SIGN),
    );
    let less = double_shifted(fall.factor, SIGN | power_of_half(rise.n));
    let defect = double_product(w_size, double_sum(rise.factor, less));
    let unit = max(field(prediction), field(truth));
    let p = times(ONE | (prediction & MANTISSA), power_of_half(unit - field(prediction)));
    let t = times(ONE | (truth & MANTISSA), power_of_half(unit - field(truth)));
    let p_part = double_product(a_size, DoubleF32(p, 0u));
    let t_part = double_product(c_size, DoubleF32(select(t, 0u, truth == 0u), 0u));
    let parts = double_sum(p_part, t_part);
    let part = double_quotient(
        select_double(parts, defect, positive),
        select_double(double_product(a_size, c_size), both, positive),
    );
    let middle = positive & !negative;
    let truth_is_base = middle & !large;
    let base = ln_double(select(prediction, truth, truth_is_base));
    let power = exp_double(double_product(select_double(a, c, middle), base));
    let times_truth = DoubleF32(ONE | (truth & MANTISSA), 0u);
    let whole = double_product(part, select_double(one, times_truth, positive & negative));
    let steps = select(unit, field(truth), positive) - 127u;
    let n = power.n + rise.n + select(steps, 0u, middle);
    let result = scaled(double_product(power.factor, whole).high, n + 1u);
    let deviance = select(result, 0u, prediction == truth);
    let below = (truth >> 31u == 1u) & !negative;
    let zero = (truth == 0u) & !negative & (parameter >= TWO);
    let outside = (prediction == 0u) | (prediction >> 31u == 1u) | below | zero;
    return select(deviance, OUTSIDE, outside);
}
