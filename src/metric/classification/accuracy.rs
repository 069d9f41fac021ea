//! The share of predictions that are right, and of those that are wrong.
//!
//! ```text
//! accuracy     = (TP + TN) / (TP + FP + FN + TN)
//! hamming_loss = (FP + FN) / (TP + FP + FN + TN)
//! ```
//!
//! TP, FP, FN and TN are sums of the weights of true positives, false positives, false negatives
//! and true negatives; a score is positive if it is above the threshold. Both are exact ratios,
//! rounded once.
//!
//! # Multiclass
//!
//! ```text
//! accuracy     = Σ H / N
//! hamming_loss = 1 − Σ H / N
//! ```
//!
//! H, T and P are the sums of weights of samples of a class that are predicted to be, of all samples
//! of the class, and of all that are predicted to be of it; N is that of all samples.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores.
//!
//! # Source
//!
//! scikit-learn's `accuracy_score` and `hamming_loss`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["accuracy", "hamming_loss"])
//!     .build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("accuracy")?, 0.6);
//! assert_eq!(report.weighted("accuracy")?, 0.5);
//! assert_eq!(report.weighted("hamming_loss")?, 0.5);
//!
//! let mut evaluator = Evaluator::builder(Task::Multiclass)
//!     .classes(3)
//!     .metrics(["accuracy", "f1_score:average=none", "cohen_kappa:weights=quadratic"])
//!     .build()?;
//! let (prediction, truth) = ([0_u32, 2, 1, 0, 2], [0_u32, 2, 2, 0, 1]);
//! evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 2.0, 1.0, 0.0, 4.0]))?;
//! assert_eq!(evaluator.result()?.weighted("accuracy")?, 3.0 / 8.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::binary_counts::BinaryCounts;
use super::{binary_counts, class_counts};
use crate::exact::ratio::ratio;
use crate::metric::{Better, MetricDef};
use crate::statistic::{Statistic, ValueFn};

const HITS: Statistic = Statistic::sum(ValueFn::Correct);

/// What the multiclass metrics of this file have in common.
const MULTICLASS: MetricDef = MetricDef { statistics: |_| vec![HITS], ..class_counts::MULTICLASS };

/// The metrics of this file.
pub const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "accuracy",
        summary: "the share of predictions that are right",
        formula: "(TP + TN) / (TP + FP + FN + TN)",
        standard: true,
        finish: |arguments, view| {
            let cells = BinaryCounts::of(arguments, view)?;
            Ok(ratio(&cells.right(), &cells.total()).into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "hamming_loss",
        summary: "the share of predictions that are wrong",
        formula: "(FP + FN) / (TP + FP + FN + TN)",
        better: Better::Lower,
        finish: |arguments, view| {
            let cells = BinaryCounts::of(arguments, view)?;
            Ok(ratio(&cells.wrong(), &cells.total()).into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "accuracy",
        summary: "the share of predictions that are right",
        formula: "ΣH / N",
        standard: true,
        finish: |_, view| Ok(view.mean(HITS)?.into()),
        ..MULTICLASS
    },
    MetricDef {
        name: "hamming_loss",
        summary: "the share of predictions that are wrong",
        formula: "1 − ΣH / N",
        better: Better::Lower,
        finish: |_, view| {
            let (hits, total) = (view.sum(HITS)?.to_integer(), view.weight()?.to_integer());
            Ok(ratio(&(&total - hits), &total).into())
        },
        ..MULTICLASS
    },
];
