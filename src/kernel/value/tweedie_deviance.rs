//! The deviance of a Tweedie distribution whose variance is the mean to some power P,
//! 2 (t^c / (ac) − t p^a / a + p^c / c) with t the truth (0 for a negative one in the first term),
//! p the prediction, a = 1 − P and c = 2 − P.
//!
//! For t > 0 and w = ln(t / p) the three terms are in the proportions of e^cw, e^w and 1. Divided by
//! the middle one of them, B, and with upper and lower the gaps that the exponents c, 1 and 0 leave,
//!
//! ```text
//! deviance = 2 B w (D(upper w) − D(−lower w)) / (upper + lower),   D(x) = (e^x − 1 − x) / x
//!
//!            B        upper   lower   upper + lower
//! P < 0      t p^a    |a|     1       |c|
//! 1 to 2     t^c      |a|     |c|     1
//! P > 2      p^c      1       |c|     |a|
//! ```
//!
//! D has the sign of its argument: nothing cancels, and no power has a pole. All is computed in pairs
//! but for the tail of D's series, and is rounded at the end.

use crate::kernel::bits::{ONE, OUTSIDE, field};
use crate::kernel::double::{
    Pair, choice, exp_excess_ratio, exp_pair, ln_pair, pair_product, pair_quotient, pair_shifted,
    pair_sum, ratio_ln_pair, turned, two_sum,
};
use crate::kernel::float::{MANTISSA, SIGN, TWO, power_of_half, scaled, times};

/// Twin of `shaders/kernel/value/tweedie_deviance.wgsl`. `parameter` is the power, from −4 to −2^-60 or
/// between 1 and 4. Within 1 ulp of the exact deviance. Predictions of 0 or less are outside the
/// domain; negative truths for powers above 0, and truths of 0 for powers of 2 or more.
#[inline(always)]
pub fn tweedie_deviance(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let one = Pair { high: ONE, low: 0 };
    let a = two_sum(ONE, parameter ^ SIGN);
    let c = two_sum(TWO, parameter ^ SIGN);
    let a_size = turned(a, a.high);
    let c_size = turned(c, c.high);
    let negative = parameter >> 31 == 1;
    let large = !negative && parameter > TWO;
    let upper = choice(a_size, one, large);
    let lower = choice(c_size, one, negative);
    let both = choice(choice(one, a_size, large), c_size, negative);
    // Without a truth above 0 the deviance is 2 p^a (|t| / a + p / c): nothing cancels either.
    let positive = truth != 0 && truth >> 31 == 0;
    let w = ratio_ln_pair(if positive { truth } else { prediction }, prediction);
    let w_size = turned(w, w.high);
    let falls = w.high >> 31 == 1;
    let rise = exp_excess_ratio(pair_product(w_size, choice(upper, lower, falls)));
    let fall = exp_excess_ratio(turned(pair_product(w_size, choice(lower, upper, falls)), SIGN));
    let less = pair_shifted(fall.factor, SIGN | power_of_half(rise.n));
    let defect = pair_product(w_size, pair_sum(rise.factor, less));
    let unit = field(prediction).max(field(truth));
    let p =
        times(ONE | (prediction & MANTISSA), power_of_half(unit.wrapping_sub(field(prediction))));
    let t = times(ONE | (truth & MANTISSA), power_of_half(unit.wrapping_sub(field(truth))));
    let p_part = pair_product(a_size, Pair { high: p, low: 0 });
    let t_part = pair_product(c_size, Pair { high: if truth == 0 { 0 } else { t }, low: 0 });
    let apart = pair_sum(p_part, t_part);
    let part = pair_quotient(
        choice(apart, defect, positive),
        choice(pair_product(a_size, c_size), both, positive),
    );
    // B, with the truth, or the unit of |t| and p, in it taken apart.
    let middle = positive && !negative;
    let of_truth = middle && !large;
    let base = ln_pair(if of_truth { truth } else { prediction });
    let power = exp_pair(pair_product(choice(a, c, middle), base));
    let times_truth = Pair { high: ONE | (truth & MANTISSA), low: 0 };
    let whole = pair_product(part, choice(one, times_truth, positive && negative));
    let steps = if positive { field(truth) } else { unit }.wrapping_sub(127);
    let n = power.n.wrapping_add(rise.n).wrapping_add(if middle { 0 } else { steps });
    let result = scaled(pair_product(power.factor, whole).high, n.wrapping_add(1));
    let deviance = if prediction == truth { 0 } else { result };
    let below = truth >> 31 == 1 && !negative;
    let zero = truth == 0 && !negative && parameter >= TWO;
    let outside = prediction == 0 || prediction >> 31 == 1 || below || zero;
    if outside { OUTSIDE } else { deviance }
}
