//! The deviance of a Tweedie distribution whose variance is the mean to the power P, 2 (t^c / (ac)
//! − t p^a / a + p^c / c), where t is the truth (0 in the first term if it is negative), p the
//! prediction, a = 1 − P and c = 2 − P.
//!
//! For t > 0 and w = ln(t / p) the three terms are proportional to e^cw, e^w and 1. Let B be the
//! middle one of them, and let upper and lower be the gaps between the exponents c, 1 and 0. Then
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
//! D has the sign of its argument, so nothing cancels, and no power is singular. Everything but the
//! tail of D's series is computed in double-floats and rounded at the end.

use super::definition::{MathModule, Operands, Parameters, ValueDef, ValueRange};
use super::{gamma_deviance, poisson_deviance};
use crate::kernel::bits::{Bits, ONE, OUTSIDE, field, two_to};
use crate::kernel::constant::Constant;
use crate::kernel::deviance_f64::tweedie;
use crate::kernel::double::{
    DoubleF32, copysign_xor, double_product, double_quotient, double_shifted, double_sum,
    exp_double, exp_excess_ratio, ln_double, ratio_ln_double, select_double, two_sum,
};
use crate::kernel::float::{MANTISSA, SIGN, TWO, power_of_half, scaled, times};

pub(crate) const VALUE: ValueDef = ValueDef {
    domain_for: Some(domain),
    parameters: Parameters::WithinEither([-4.0, -two_to(-60) as f32], [1_f32.next_up(), 4.0]),
    range: ValueRange::NonNegative,
    modules: &[MathModule::Double],
    ..ValueDef::of_sample(Operands::Both, "predictions above 0")
};

/// Powers above 0 exclude negative truths, and those of 2 or more truths of 0 as well.
fn domain(power: Constant) -> &'static str {
    match power.double {
        2.0.. => gamma_deviance::VALUE.domain,
        power if power > 0.0 => poisson_deviance::VALUE.domain,
        _ => VALUE.domain,
    }
}

/// Twin of `shaders/kernel/value/tweedie_deviance.wgsl`. `parameter` is the power P, from −4 to
/// −2^-60 or between 1 and 4.
///
/// Within 1 ulp of the exact deviance. Predictions of 0 or less are outside the domain; so are
/// negative truths for powers above 0, and truths of 0 for powers of 2 or more.
#[inline(always)]
pub fn tweedie_deviance(prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
    let one = DoubleF32 { high: ONE, low: 0 };
    let a = two_sum(ONE, parameter ^ SIGN);
    let c = two_sum(TWO, parameter ^ SIGN);
    let a_size = copysign_xor(a, a.high);
    let c_size = copysign_xor(c, c.high);
    let negative = parameter >> 31 == 1;
    let large = !negative && parameter > TWO;
    let upper = select_double(a_size, one, large);
    let lower = select_double(c_size, one, negative);
    let both = select_double(select_double(one, a_size, large), c_size, negative);
    // Without a truth above 0 the deviance is 2 p^a (|t| / a + p / c), without cancellation.
    let positive = truth != 0 && truth >> 31 == 0;
    let w = ratio_ln_double(if positive { truth } else { prediction }, prediction);
    let w_size = copysign_xor(w, w.high);
    let falls = w.high >> 31 == 1;
    let rise = exp_excess_ratio(double_product(w_size, select_double(upper, lower, falls)));
    let fall = exp_excess_ratio(copysign_xor(
        double_product(w_size, select_double(lower, upper, falls)),
        SIGN,
    ));
    let less = double_shifted(fall.factor, SIGN | power_of_half(rise.n));
    let defect = double_product(w_size, double_sum(rise.factor, less));
    let unit = field(prediction).max(field(truth));
    let p =
        times(ONE | (prediction & MANTISSA), power_of_half(unit.wrapping_sub(field(prediction))));
    let t = times(ONE | (truth & MANTISSA), power_of_half(unit.wrapping_sub(field(truth))));
    let p_part = double_product(a_size, DoubleF32 { high: p, low: 0 });
    let t_part = double_product(c_size, DoubleF32 { high: if truth == 0 { 0 } else { t }, low: 0 });
    let parts = double_sum(p_part, t_part);
    let part = double_quotient(
        select_double(parts, defect, positive),
        select_double(double_product(a_size, c_size), both, positive),
    );
    // B, without the exponent of the truth, or of the unit of |t| and p.
    let middle = positive && !negative;
    let truth_is_base = middle && !large;
    let base = ln_double(if truth_is_base { truth } else { prediction });
    let power = exp_double(double_product(select_double(a, c, middle), base));
    let times_truth = DoubleF32 { high: ONE | (truth & MANTISSA), low: 0 };
    let whole = double_product(part, select_double(one, times_truth, positive && negative));
    let steps = if positive { field(truth) } else { unit }.wrapping_sub(127);
    let n = power.n.wrapping_add(rise.n).wrapping_add(if middle { 0 } else { steps });
    let result = scaled(double_product(power.factor, whole).high, n.wrapping_add(1));
    let deviance = if prediction == truth { 0 } else { result };
    let below = truth >> 31 == 1 && !negative;
    let zero = truth == 0 && !negative && parameter >= TWO;
    let outside = prediction == 0 || prediction >> 31 == 1 || below || zero;
    if outside { OUTSIDE } else { deviance }
}

/// The value in double precision. Within 4 ulp of the exact deviance. The domain depends on the
/// power alike.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, parameter: f64) -> f64 {
    let below = truth < 0.0 && parameter > 0.0;
    let zero = truth == 0.0 && parameter >= 2.0;
    if prediction <= 0.0 || below || zero {
        return f64::NAN;
    }
    tweedie(prediction, truth, parameter)
}
