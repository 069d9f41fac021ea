//! The share of positives that are predicted positive, and of negatives predicted negative.
//!
//! ```text
//! recall      = TP / (TP + FN)
//! specificity = TN / (TN + FP)
//! ```
//!
//! TP, FP, FN and TN are the [sums of weights](crate::metric::classification#counts) of true and
//! false positives and negatives. Exact ratios, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! recall      = TP / (TP + FN) of each class, averaged over classes
//! specificity = TN / (TN + FP)
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
//! positives (or negatives) in the truth, unless `zero_division` gives the value.
//!
//! # Source
//!
//! scikit-learn's `recall_score`; the second metric is the first with the classes swapped.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["recall", "specificity"])
//!     .build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.weighted("recall")?, 2.0 / (2.0 + 0.5));
//! assert_eq!(report.weighted("specificity")?, 0.5 / (0.5 + 2.0));
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
        name: "recall",
        summary: "the share of positives that are predicted positive",
        formula: "TP / (TP + FN)",
        is_default: true,
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let reason = "no positives in the truth";
            let value = share(&counts.true_positives, &counts.positives(), reason);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "specificity",
        summary: "the share of negatives that are predicted negative",
        formula: "TN / (TN + FP)",
        is_default: true,
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let reason = "no negatives in the truth";
            let value = share(&counts.true_negatives, &counts.negatives(), reason);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "recall",
        summary: "the share of samples of a class that are predicted as this class",
        formula: "TP / (TP + FN) by class",
        is_default: true,
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| {
            let reason = "no samples of the class";
            average_over_classes(arguments, view, reason, |class| {
                [class.true_positives.clone(), class.truth.clone()]
            })
        },
        ..class_counts::MULTICLASS
    },
    MetricDef {
        name: "specificity",
        summary: "the share of samples of other classes that are not predicted as the class",
        formula: "TN / (TN + FP) by class",
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| {
            let reason = "no samples of other classes";
            average_over_classes(arguments, view, reason, |class| {
                let others = &class.total - &class.truth;
                [&others - &class.predicted + &class.true_positives, others]
            })
        },
        ..class_counts::MULTICLASS
    },
];
