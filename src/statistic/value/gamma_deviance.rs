//! The deviance of a gamma distribution, 2 (ln(prediction / truth) + truth / prediction − 1).
//!
//! It is 2 (r − 1 − ln r), r = truth / prediction, computed without cancellation.

use crate::statistic::bits::{ONE, OUTSIDE};
use crate::statistic::float::{TWO, minus, plus, quotient, times};
use crate::statistic::pair::{alike, ratio_defect, ratio_ln};

/// Twin of `shaders/value/gamma_deviance.wgsl`. Within 4 ulp of the exact deviance. Predictions and
/// truths of 0 or less are outside the domain.
#[inline(always)]
pub fn gamma_deviance(prediction: u32, truth: u32, _parameter: u32) -> u32 {
    let less = plus(ONE, ratio_ln(truth, prediction));
    let far = minus(quotient(truth, prediction), less);
    let half = if alike(truth, prediction) { ratio_defect(truth, prediction) } else { far };
    let outside = prediction == 0 || truth == 0 || (prediction | truth) >> 31 == 1;
    if outside { OUTSIDE } else { times(TWO, half) }
}
