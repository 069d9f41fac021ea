//! The squared difference of logarithms, (ln(1 + prediction) − ln(1 + truth))².
//!
//! With a the larger and b the smaller of the two, it is the square of ln(1 + u), where u = (a − b)
//! / (1 + b) is not negative, so that nothing cancels. u has two parts; the slope of the logarithm,
//! 1 / (1 + u), accounts for the second.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::two_to;
use crate::kernel::bits::{
    Bits, FIELD_SQUARE, ONE, OUTSIDE, UNDERFLOW, difference, field, ordered, square,
};
use crate::kernel::double::{double_quotient, two_sum};
use crate::kernel::double_f64::{self, DoubleF64};
use crate::kernel::float::{
    FIELD_LARGE, FIELD_VAST, LN_VAST, SCALE_LARGE, SCALE_VAST, SIGN, ln1p, plus, reciprocal, times,
};
use crate::kernel::math_f64;

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Double],
    ..ValueDef::of_sample(Operands::Both, "predictions and truths above -1")
};

/// Twin of `shaders/kernel/value/squared_log_error.wgsl`.
///
/// Within 4 ulp of the exact square. Predictions and truths of −1 or less are outside the domain.
#[inline(always)]
pub fn squared_log_error(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let swapped = ordered(prediction) < ordered(truth);
    let a = if swapped { truth } else { prediction };
    let b = if swapped { prediction } else { truth };
    // Large numbers, and the 1 beside them, are scaled down. If only a is vast, only a is, and the
    // logarithm of the scale is added again.
    let large = b >> 31 == 0 && field(b) >= FIELD_LARGE;
    let unit = if large { SCALE_LARGE } else { ONE };
    let vast = !large && a >> 31 == 0 && field(a) >= FIELD_VAST;
    let reduced = times(a, if vast { SCALE_VAST } else { unit });
    let base = times(b, unit);
    let u = double_quotient(two_sum(reduced, base ^ SIGN), two_sum(unit, base));
    let slope = times(u.low, reciprocal(plus(ONE, u.high)));
    let missing = if field(u.high) >= FIELD_LARGE { 0 } else { slope };
    let logarithm = plus(ln1p(u.high), missing);
    let whole_logarithm = plus(logarithm, if vast { LN_VAST } else { 0 });
    let small = if prediction == truth { 0 } else { UNDERFLOW };
    let too_close = field(difference(prediction, truth)) < FIELD_SQUARE;
    let result = if too_close { small } else { square(whole_logarithm) };
    let outside = prediction >= (ONE | SIGN) || truth >= (ONE | SIGN);
    if outside { OUTSIDE } else { result }
}

/// The value in double precision. Within 4 ulp of the exact square.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    let square = squared_log_difference(prediction, truth);
    if prediction <= -1.0 || truth <= -1.0 { f64::NAN } else { square }
}

/// (ln(1 + a) − ln(1 + b))² for numbers above −1.
fn squared_log_difference(a: f64, b: f64) -> f64 {
    let (a, b) = if a < b { (b, a) } else { (a, b) };
    // ln(1 + u), u = (a − b) / (1 + b), which is not negative.
    let (difference, base) = (double_f64::two_sum(a, -b), double_f64::two_sum(1.0, b));
    let q = difference.high / base.high;
    let logarithm = if q < two_to(500) && a < two_to(900) {
        let rest = difference.plus(base.times(DoubleF64::new(-q)));
        let c = rest.high / base.high;
        math_f64::ln1p(q) + c / (1.0 + q)
    } else {
        libm::log1p(a) - libm::log(base.high)
    };
    logarithm * logarithm
}
