//! The mean of the negative logarithms of the probabilities given to the labels.
//!
//! ```text
//! log_loss = −Σ w (y′ ln p + (1 − y′) ln(1 − p)) / Σ w,   y′ = y (1 − α) + α/2
//! ```
//!
//! p is the probability of label 1, y the label and α the `label_smoothing`. A probability of the
//! label below `eps` counts as `eps`, and the report says in how many samples one did. Under
//! `from_logits` nothing is clipped: the loss of a logit z is ln(1 + e^−z) for label 1 and
//! ln(1 + e^z) for label 0. Each loss is an `f32` within 2 ulp of the exact one; its sum is exact,
//! and the mean is rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, probabilities outside [0, 1].
//!
//! # Source
//!
//! scikit-learn's `log_loss`, whose `eps` for `float32` is the default here; the smoothing is that
//! of Keras's `BinaryCrossentropy`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("log_loss").build()?;
//! evaluator.update(&Batch::new(&[0.5_f32, 0.25], &[0_u8, 1]).weights(&[1.0_f32, 3.0]))?;
//! let ln2 = 2_f64.ln();
//! let report = evaluator.result()?;
//! assert!((report.unweighted("log_loss")? - 1.5 * ln2).abs() < 1e-7);
//! assert!((report.weighted("log_loss")? - (1.0 + 3.0 * 2.0) / 4.0 * ln2).abs() < 1e-7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ratio::{Fraction, ratio};
use super::{Arguments, Definition, Parameter};
use crate::statistic::{Function, SampleValue, Statistic, Task};

const LABEL_SMOOTHING: Parameter = Parameter {
    name: "label_smoothing",
    default: Some(0.0),
    least: 0.0,
    greatest: 1.0,
    summary: "the share of each label that is spread evenly over both",
    ..Parameter::NUMBER
};

/// 2^-23, the distance from 1 to the next `f32`.
const EPS: Parameter = Parameter {
    name: "eps",
    default: Some(f32::EPSILON as f64),
    least: 1e-36,
    greatest: 0.5,
    summary: "the least probability that counts; smaller ones are clipped to it",
    ..Parameter::NUMBER
};

/// The sums of losses for the labels, and for the other labels.
fn sums(arguments: &Arguments) -> [Statistic; 2] {
    let eps = arguments.number(EPS.name) as f32;
    let sum = |function, parameter| Statistic::Sum(SampleValue { function, parameter });
    if arguments.settings.from_logits {
        [Function::LogitLoss, Function::FlippedLogitLoss].map(|function| sum(function, 0.0))
    } else {
        [Function::LogLoss, Function::FlippedLogLoss].map(|function| sum(function, eps))
    }
}

/// The metric of this file.
pub const METRICS: &[Definition] = &[Definition {
    name: "log_loss",
    summary: "the mean of negative logarithms of the probabilities given to the labels",
    formula: "−Σw(y′ ln p + (1−y′) ln(1−p)) / Σw, y′ = y(1−α) + α/2",
    tasks: &[Task::Binary],
    standard: true,
    parameters: &[LABEL_SMOOTHING, EPS],
    statistics: |arguments| {
        let smooths = arguments.number(LABEL_SMOOTHING.name) > 0.0;
        sums(arguments).into_iter().take(1 + usize::from(smooths)).collect()
    },
    finish: |arguments, side| {
        let [loss, flipped] = sums(arguments);
        let alpha = arguments.number(LABEL_SMOOTHING.name);
        if alpha == 0.0 {
            return Ok(side.mean(loss)?.into());
        }
        let Fraction { numerator: alpha, denominator: one } = Fraction::of(alpha);
        let (loss, flipped) = (side.sum(loss)?.to_integer(), side.sum(flipped)?.to_integer());
        let twice_sum = (&one * 2 - &alpha) * loss + alpha * flipped;
        Ok(ratio(&twice_sum, &(one * side.weight()?.to_integer() * 2)).into())
    },
    ..Definition::PLAIN
}];
