//! The deviance of a gamma distribution, 2 (ln(prediction / truth) + truth / prediction − 1).
//!
//! It is 2 (r − 1 − ln r), r = truth / prediction, computed without cancellation.

use super::definition::{MathModule, Operands, ValueDef, ValueRange};
use crate::kernel::bits::{Bits, ONE, OUTSIDE};
use crate::kernel::deviance_f64;
use crate::kernel::double::{ratio_defect, ratio_ln, similar_magnitude};
use crate::kernel::float::{TWO, minus, plus, quotient, times};

pub(crate) const VALUE: ValueDef = ValueDef {
    range: ValueRange::NonNegative,
    modules: &[MathModule::Double],
    ..ValueDef::of_sample(Operands::Both, "predictions and truths above 0")
};

/// Twin of `shaders/kernel/value/gamma_deviance.wgsl`.
///
/// Within 4 ulp of the exact deviance. Predictions and truths of 0 or less are outside the domain.
#[inline(always)]
pub fn gamma_deviance(prediction: Bits, truth: Bits, _parameter: Bits) -> Bits {
    let less = plus(ONE, ratio_ln(truth, prediction));
    let far = minus(quotient(truth, prediction), less);
    let half =
        if similar_magnitude(truth, prediction) { ratio_defect(truth, prediction) } else { far };
    let outside = prediction == 0 || truth == 0 || (prediction | truth) >> 31 == 1;
    if outside { OUTSIDE } else { times(TWO, half) }
}

/// The value in double precision. Within 4 ulp of the exact deviance.
#[inline(always)]
pub fn double(prediction: f64, truth: f64, _parameter: f64) -> f64 {
    if prediction <= 0.0 || truth <= 0.0 {
        return f64::NAN;
    }
    2.0 * deviance_f64::ratio_defect(truth, prediction)
}
