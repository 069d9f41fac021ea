// Twin of src/kernel/value/tweedie_deviance.rs: 2 (t^c / (ac) - t p^a / a + p^c / c), a = 1 - P and
// c = 2 - P.
fn tweedie_deviance(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let one = Pair(ONE, 0u);
    let a = two_sum(ONE, parameter ^ SIGN);
    let c = two_sum(TWO, parameter ^ SIGN);
    let a_size = turned(a, a.high);
    let c_size = turned(c, c.high);
    let negative = parameter >> 31u == 1u;
    let large = !negative && parameter > TWO;
    let upper = choice(a_size, one, large);
    let lower = choice(c_size, one, negative);
    let both = choice(choice(one, a_size, large), c_size, negative);
    let positive = truth != 0u && truth >> 31u == 0u;
    let w = ratio_ln_pair(select(prediction, truth, positive), prediction);
    let w_size = turned(w, w.high);
    let falls = w.high >> 31u == 1u;
    let rise = exp_excess_ratio(pair_product(w_size, choice(upper, lower, falls)));
    let fall = exp_excess_ratio(turned(pair_product(w_size, choice(lower, upper, falls)), SIGN));
    let less = pair_shifted(fall.factor, SIGN | power_of_half(rise.n));
    let defect = pair_product(w_size, pair_sum(rise.factor, less));
    let unit = max(field(prediction), field(truth));
    let p = times(ONE | (prediction & MANTISSA), power_of_half(unit - field(prediction)));
    let t = times(ONE | (truth & MANTISSA), power_of_half(unit - field(truth)));
    let p_part = pair_product(a_size, Pair(p, 0u));
    let t_part = pair_product(c_size, Pair(select(t, 0u, truth == 0u), 0u));
    let apart = pair_sum(p_part, t_part);
    let part = pair_quotient(
        choice(apart, defect, positive),
        choice(pair_product(a_size, c_size), both, positive),
    );
    let middle = positive && !negative;
    let of_truth = middle && !large;
    let base = ln_pair(select(prediction, truth, of_truth));
    let power = exp_pair(pair_product(choice(a, c, middle), base));
    let times_truth = Pair(ONE | (truth & MANTISSA), 0u);
    let whole = pair_product(part, choice(one, times_truth, positive && negative));
    let steps = select(unit, field(truth), positive) - 127u;
    let n = power.n + rise.n + select(steps, 0u, middle);
    let result = scaled(pair_product(power.factor, whole).high, n + 1u);
    let deviance = select(result, 0u, prediction == truth);
    let below = truth >> 31u == 1u && !negative;
    let zero = truth == 0u && !negative && parameter >= TWO;
    let outside = prediction == 0u || prediction >> 31u == 1u || below || zero;
    return select(deviance, OUTSIDE, outside);
}
