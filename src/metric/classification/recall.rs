//! The share of positives that are predicted positive, and of negatives predicted negative.
//!
//! ```text
//! recall      = TP / (TP + FN)
//! specificity = TN / (TN + FP)
//! ```
//!
//! TP, FP, FN and TN are sums of the weights of true positives, false positives, false negatives
//! and true negatives. Exact ratios, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! recall      = H / T of each class, average_over_classes
//! specificity = (N − T − P + H) / (N − T)
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
//! No samples, all weights zero, NaN or infinite scores; no such truth, unless `zero_division` says
//! what the value is then.
//!
//! # Source
//!
//! scikit-learn's `recall_score`; the second is the first with the classes swapped.
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
pub const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "recall",
        summary: "the share of positives that are predicted positive",
        formula: "TP / (TP + FN)",
        standard: true,
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let cells = BinaryCounts::of(arguments, view)?;
            let nothing = "no positives in the truth";
            let value = share(&cells.true_positives, &cells.positives(), nothing);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "specificity",
        summary: "the share of negatives that are predicted negative",
        formula: "TN / (TN + FP)",
        standard: true,
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| {
            let cells = BinaryCounts::of(arguments, view)?;
            let nothing = "no negatives in the truth";
            let value = share(&cells.true_negatives, &cells.negatives(), nothing);
            Ok(arguments.zero_division(value)?.into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "recall",
        summary: "the share of a class that is predicted to be of it",
        formula: "H / T by class",
        standard: true,
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| {
            let nothing = "no samples of the class";
            average_over_classes(arguments, view, nothing, |class| {
                [class.hits.clone(), class.truth.clone()]
            })
        },
        ..class_counts::MULTICLASS
    },
    MetricDef {
        name: "specificity",
        summary: "the share of the other classes that is not predicted to be of a class",
        formula: "(N − T − P + H) / (N − T) by class",
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| {
            let nothing = "no samples of other classes";
            average_over_classes(arguments, view, nothing, |class| {
                let others = &class.total - &class.truth;
                [&others - &class.predicted + &class.hits, others]
            })
        },
        ..class_counts::MULTICLASS
    },
];
