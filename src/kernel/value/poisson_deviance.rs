//! The deviance of a Poisson distribution, 2 (truth ln(truth / prediction) − truth + prediction).
//!
//! It is 2 truth (r − 1 − ln r), r = prediction / truth, computed without cancellation.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::two_to;
use crate::kernel::bits::{Bits, MIN_RESULT_EXPONENT, ONE, OUTSIDE, UNDERFLOW, field};
use crate::kernel::deviance_f64;
use crate::kernel::double::{ratio_defect, ratio_ln, similar_magnitude};
use crate::kernel::float::{TWO, minus, plus, times};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Double],
    ..ValueDef::of_sample(Operands::Both, "predictions above 0 and truths of 0 or more")
};

/// Twin of `shaders/kernel/value/poisson_deviance.wgsl`.
///
/// Within 4 ulp of the exact deviance. Predictions of 0 or less and negative truths are outside the
/// domain.
#[inline(always)]
pub fn poisson_deviance(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let product = times(truth, times(TWO, ratio_defect(prediction, truth)));
    let small = if prediction == truth { 0 } else { UNDERFLOW };
    let close = if field(product) < MIN_RESULT_EXPONENT { small } else { product };
    let more = times(truth, plus(ONE, ratio_ln(prediction, truth)));
    let far = times(TWO, minus(prediction, more));
    let positive = if similar_magnitude(prediction, truth) { close } else { far };
    let result = if truth == 0 { times(TWO, prediction) } else { positive };
    let outside = prediction == 0 || (prediction | truth) >> 31 == 1;
    if outside { OUTSIDE } else { result }
}

/// The value in double precision. Within 4 ulp of the exact deviance.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    if prediction <= 0.0 || truth < 0.0 {
        return f64::NAN;
    }
    if truth == 0.0 {
        return 2.0 * prediction;
    }
    if prediction / truth > two_to(60) {
        // The other terms are small beside the prediction.
        let logarithm = libm::log(prediction) - libm::log(truth);
        return 2.0 * (prediction - truth * (1.0 + logarithm));
    }
    2.0 * truth * deviance_f64::ratio_defect(prediction, truth)
}
