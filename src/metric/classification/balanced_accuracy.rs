//! The mean of the recalls of the classes that are present in the truth.
//!
//! ```text
//! balanced_accuracy = (TP / (TP + FN) + TN / (TN + FP)) / 2
//! ```
//!
//! TP, FP, FN and TN are the [sums of weights](crate::metric::classification#counts) of true and
//! false positives and negatives. If the truth has only one class, it is the recall of that class.
//! An exact ratio, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! balanced_accuracy = mean of TP / (TP + FN) over the classes with TP + FN > 0
//! ```
//!
//! TP and FN are the [sums of weights](crate::metric::classification#counts-by-class) of each
//! class.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts).
//!
//! # Source
//!
//! scikit-learn's `balanced_accuracy_score`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("balanced_accuracy").build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.weighted("balanced_accuracy")?, (2.0 / 2.5 + 0.5 / 2.5) / 2.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::binary_counts::BinaryCounts;
use super::class_counts::classes;
use super::{binary_counts, class_counts};
use crate::exact::ratio::ratio;
use crate::metric::MetricDef;
use num_bigint::Sign;

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "balanced_accuracy",
        summary: "the mean of the recalls of the classes present in the truth",
        formula: "(TP / (TP + FN) + TN / (TN + FP)) / 2",
        is_default: true,
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let (positives, negatives) = (counts.positives(), counts.negatives());
            let value = match (positives.sign(), negatives.sign()) {
                (Sign::NoSign, _) => ratio(&counts.true_negatives, &negatives),
                (_, Sign::NoSign) => ratio(&counts.true_positives, &positives),
                _ => {
                    let sum =
                        &counts.true_positives * &negatives + &counts.true_negatives * &positives;
                    ratio(&sum, &(positives * negatives * 2))
                }
            };
            Ok(value.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "balanced_accuracy",
        summary: "the mean of the recalls of the classes present in the truth",
        formula: "mean of TP / (TP + FN)",
        is_default: true,
        finish: |arguments, view| {
            let classes = classes(arguments, view)?;
            let present = classes.iter().filter(|class| class.truth.sign() != Sign::NoSign);
            let recalls: Vec<_> =
                present.map(|class| ratio(&class.true_positives, &class.truth)).collect();
            Ok((recalls.iter().sum::<f64>() / recalls.len() as f64).into())
        },
        ..class_counts::MULTICLASS
    },
];
