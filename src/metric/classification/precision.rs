//! The share of positive predictions that are correct, and of negative predictions that are
//! correct.
//!
//! ```text
//! precision                 = TP / (TP + FP)
//! negative_predictive_value = TN / (TN + FN)
//! ```
//!
//! TP, FP, FN and TN are the [sums of weights](crate::metric::classification#counts) of true and
//! false positives and negatives. Exact ratios, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! precision = TP / (TP + FP) of each class, averaged over classes
//! ```
//!
//! TP, FP, FN and TN are the [sums of weights](crate::metric::classification#counts-by-class) of
//! each class.
//! See [averages over classes](crate::metric::classification#averages-over-classes) for `average`,
//! `absent` and `zero_division`.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts); no
//! positive (or negative) predictions, unless `zero_division` gives the value.
//!
//! # Source
//!
//! scikit-learn's `precision_score`; the second metric is the first with the classes swapped.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["precision", "negative_predictive_value"])
//!     .build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.weighted("precision")?, 2.0 / (2.0 + 2.0));
//! assert_eq!(report.weighted("negative_predictive_value")?, 0.5 / (0.5 + 0.5));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::binary_counts::{BinaryCounts, THRESHOLD};
use super::class_counts::average_over_classes;
use super::{binary_counts, class_counts};
use crate::exact::ratio::share;
use crate::metric::{MetricDef, ZERO_DIVISION};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "precision",
        summary: "the share of positive predictions that are correct",
        formula: "TP / (TP + FP)",
        is_default: true,
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let reason = "no predicted positives";
            let value = share(&counts.true_positives, &counts.predicted_positives(), reason);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "negative_predictive_value",
        summary: "the share of negative predictions that are correct",
        formula: "TN / (TN + FN)",
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let reason = "no predicted negatives";
            let value = share(&counts.true_negatives, &counts.predicted_negatives(), reason);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "precision",
        summary: "the share of predictions of a class that are correct",
        formula: "TP / (TP + FP) by class",
        is_default: true,
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| {
            average_over_classes(arguments, view, class_counts::NEVER_PREDICTED, |class| {
                [class.true_positives.clone(), class.predicted.clone()]
            })
        },
        ..class_counts::MULTICLASS
    },
];
