//! The deviance of a gamma distribution, 2 (ln(prediction / truth) + truth / prediction − 1).
//!
//! It is 2 (r − 1 − ln r), r = truth / prediction, computed without cancellation.

use crate::kernel::bits::{ONE, OUTSIDE};
use crate::kernel::double::{ratio_defect, ratio_ln, similar_magnitude};
use crate::kernel::float::{TWO, minus, plus, quotient, times};

/// Twin of `shaders/kernel/value/gamma_deviance.wgsl`. Within 4 ulp of the exact deviance. Predictions and
/// truths of 0 or less are outside the domain.
#[inline(always)]
pub fn gamma_deviance(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let less = plus(ONE, ratio_ln(truth, prediction));
    let far = minus(quotient(truth, prediction), less);
    let half =
        if similar_magnitude(truth, prediction) { ratio_defect(truth, prediction) } else { far };
    let outside = prediction == 0 || truth == 0 || (prediction | truth) >> 31 == 1;
    if outside { OUTSIDE } else { times(TWO, half) }
}
