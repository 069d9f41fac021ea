//! The intersection of predicted and true positives over their union.
//!
//! ```text
//! jaccard_index = TP / (TP + FP + FN)
//! ```
//!
//! TP, FP and FN are sums of the weights of true positives, false positives and false negatives.
//! An exact ratio, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! jaccard_index = H / (T + P − H) of each class, average_over_classes
//! ```
//!
//! H, T and P are the sums of weights of samples of a class that are predicted to be, of all samples
//! of the class, and of all that are predicted to be of it; N is that of all samples. `average` says
//! how the values of the classes become one: `none` keeps them, `micro` takes the ratio of the sums,
//! `macro` (the default) the mean over the classes that are in the truth or predicted (`absent=zero`
//! counts the others as 0), `weighted` the mean by T. A class without a denominator counts 0 in
//! an average and is undefined by itself, unless `zero_division` says what it is worth.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores; no positives, neither in the truth nor
//! predicted, unless `zero_division` says what the value is then.
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
pub const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "jaccard_index",
        summary: "the intersection of predicted and true positives over their union",
        formula: "TP / (TP + FP + FN)",
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let cells = BinaryCounts::of(arguments, view)?;
            let union = &cells.true_positives + cells.wrong();
            let nothing = "no positives in the truth and none predicted";
            let value = share(&cells.true_positives, &union, nothing);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "jaccard_index",
        summary: "the intersection of truth and prediction over their union",
        formula: "H / (T + P − H) by class",
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| {
            average_over_classes(arguments, view, class_counts::ABSENT_CLASS, |class| {
                [class.hits.clone(), &class.truth + &class.predicted - &class.hits]
            })
        },
        ..class_counts::MULTICLASS
    },
];
