//! How far predicted probabilities are from the frequencies that they promise.
//!
//! ```text
//! expected_calibration_error = Σ_b |Σ_b w y − Σ_b w p| / Σ w
//! calibration_bins           = for each bin b that holds any weight:
//!                              lower end, upper end, Σ_b w, Σ_b w p / Σ_b w, Σ_b w y / Σ_b w
//! ```
//!
//! p is the probability of label 1, y the label, and b runs over `bins` equal parts of [0, 1]: a
//! sample stands in bin min(⌊p·bins⌋, bins − 1), found without rounding; under `from_logits`, p is
//! 1 / (1 + e^−z) as an `f32` within 2 ulp. All sums are exact, and the
//! quotient is rounded once. `calibration_bins` is what a reliability diagram shows: a row for each
//! bin with its ends (`from` and `to` in tables), its `weight` (a count on the unweighted side), its
//! mean `probability`, and the `frequency` of label 1.
//!
//! # Multiclass
//!
//! The same, with p the largest probability of a row, and y 1 if its class is the truth, else 0.
//! Under `from_logits` p is 1 / (1 + Σ e^(z − top)) over all other classes.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, predictions outside [0, 1].
//!
//! # Source
//!
//! Naeini, Cooper and Hauskrecht (2015) with the L1 norm; TorchMetrics's `BinaryCalibrationError` and
//! `MulticlassCalibrationError`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["expected_calibration_error:bins=2", "calibration_bins:bins=2"])
//!     .build()?;
//! let (score, label) = ([0.25_f32, 0.5, 0.75], [0_u8, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[2.0_f32, 1.0, 1.0]))?;
//! let report = evaluator.result()?;
//! let error = "expected_calibration_error:bins=2";
//! assert_eq!(report.unweighted(error)?, (0.25 + (1.25 - 1.0)) / 3.0);
//! assert_eq!(report.weighted(error)?, (0.5 + (1.25 - 1.0)) / 4.0);
//! assert_eq!(report.to_json()["metrics"]["calibration_bins:bins=2"]["weighted"][1][3], 0.625);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ratio::ratio;
use super::side::Bin;
use super::{Arguments, Axes, Definition, Law, OUTPUT_AVERAGE, Parameter, Settings};
use crate::exact::ExactSum;
use crate::statistic::calibration::MOST_BINS;
use crate::statistic::{Function, SampleValue, Statistic, Task};
use num_bigint::{BigInt, BigUint, Sign};

const BINS: Parameter = Parameter {
    name: "bins",
    default: Some(15.0),
    least: 1.0,
    greatest: MOST_BINS as f64,
    whole: true,
    summary: "the number of bins, of equal width over [0, 1]",
    ..Parameter::NUMBER
};

fn statistic(arguments: &Arguments) -> Statistic {
    let Settings { task, from_logits, .. } = arguments.settings;
    let function = match (task, from_logits) {
        (Task::Multiclass, true) => Function::SoftmaxTop,
        (Task::Multiclass, false) => Function::LikelihoodTop,
        (_, true) => Function::Logistic,
        (_, false) => Function::Probability,
    };
    let probability = SampleValue { function, parameter: 0.0 };
    Statistic::Calibration { probability, bins: arguments.number(BINS.name) as u32 }
}

const CALIBRATION: Definition = Definition {
    tasks: &[Task::Binary, Task::Multiclass],
    parameters: &[BINS],
    statistics: |arguments| vec![statistic(arguments)],
    ..Definition::PLAIN
};

/// The metrics of this file.
pub const METRICS: &[Definition] = &[
    Definition {
        name: "expected_calibration_error",
        summary: "how far probabilities are from the frequencies that they promise",
        formula: "Σ_b|Σ_b wy − Σ_b wp| / Σw",
        tasks: &[Task::Binary, Task::Multiclass, Task::Multilabel],
        label_average: Some(&OUTPUT_AVERAGE),
        finish: |arguments, side| {
            let mut gaps = BigUint::ZERO;
            for bin in side.calibration(statistic(arguments))? {
                gaps += (bin.positives - bin.probability).magnitude();
            }
            Ok(ratio(&BigInt::from(gaps), &side.weight()?.to_integer()).into())
        },
        ..CALIBRATION
    },
    Definition {
        name: "calibration_bins",
        summary: "ends, weight, mean probability and frequency of label 1 of each bin that is not empty",
        formula: "b/bins, (b+1)/bins, Σ_b w, Σ_b wp / Σ_b w, Σ_b wy / Σ_b w",
        axes: Axes::Columns(&["from", "to", "weight", "probability", "frequency"]),
        exemptions: &[(Law::Scaling, "a weight of a bin is a sum of weights")],
        finish: |arguments, side| {
            let one = ExactSum::from_count(1).to_integer();
            let ends = |bin: usize| [bin, bin + 1].map(|end| end as f64 / arguments.number(BINS.name));
            let row = |(index, bin): (usize, Bin)| {
                let [lower, upper] = ends(index);
                let weight = &bin.positives + &bin.negatives;
                let mean = |sum| ratio(sum, &weight);
                let row = [ratio(&weight, &one), mean(&bin.probability), mean(&bin.positives)];
                (weight.sign() != Sign::NoSign).then(|| [vec![lower, upper], row.to_vec()].concat())
            };
            let bins = side.calibration(statistic(arguments))?;
            Ok(bins.enumerate().filter_map(row).collect::<Vec<_>>().into())
        },
        ..CALIBRATION
    },
];
