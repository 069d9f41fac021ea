//! The intersection of predicted and true positives over their union.
//!
//! ```text
//! jaccard_index = TP / (TP + FP + FN)
//! ```
//!
//! TP, FP and FN are the [sums of weights](crate::metric::classification#counts) of true and false
//! positives and false negatives. An exact ratio, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! jaccard_index = TP / (TP + FP + FN) of each class, averaged over classes
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
//! positives in the truth and none predicted, unless `zero_division` gives the value.
//!
//! # Source
//!
//! Jaccard (1901); scikit-learn's `jaccard_score`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("jaccard_index").build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.weighted("jaccard_index")?, 2.0 / (2.0 + 2.0 + 0.5));
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
        name: "jaccard_index",
        summary: "the intersection of predicted and true positives over their union",
        formula: "TP / (TP + FP + FN)",
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let union = &counts.true_positives + counts.wrong();
            let reason = "no positives in the truth and none predicted";
            let value = share(&counts.true_positives, &union, reason);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "jaccard_index",
        summary: "the intersection of truth and prediction over their union",
        formula: "TP / (TP + FP + FN) by class",
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| {
            average_over_classes(arguments, view, class_counts::ABSENT_CLASS, |class| {
                [
                    class.true_positives.clone(),
                    &class.truth + &class.predicted - &class.true_positives,
                ]
            })
        },
        ..class_counts::MULTICLASS
    },
];
