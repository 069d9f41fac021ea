//! The share of correct predictions, and of wrong ones.
//!
//! ```text
//! accuracy     = (TP + TN) / (TP + FP + FN + TN)
//! hamming_loss = (FP + FN) / (TP + FP + FN + TN)
//! ```
//!
//! TP, FP, FN and TN are the [sums of weights](crate::metric::classification#counts) of true and
//! false positives and negatives; a score is positive if it is above the threshold. Both are exact
//! ratios, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! accuracy     = Σ TP / N
//! hamming_loss = 1 − Σ TP / N
//! ```
//!
//! TP is the [sum of weights](crate::metric::classification#counts-by-class) of the correct
//! predictions of a class, and N that of all samples.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts).
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

/// The common parts of the multiclass metrics of this file.
const MULTICLASS: MetricDef =
    MetricDef { statistics: |_| Ok(vec![HITS]), ..class_counts::MULTICLASS };

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "accuracy",
        summary: "the share of correct predictions",
        formula: "(TP + TN) / (TP + FP + FN + TN)",
        is_default: true,
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            Ok(ratio(&counts.correct(), &counts.total()).into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "hamming_loss",
        summary: "the share of wrong predictions",
        formula: "(FP + FN) / (TP + FP + FN + TN)",
        better: Better::Lower,
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            Ok(ratio(&counts.wrong(), &counts.total()).into())
        },
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "accuracy",
        summary: "the share of correct predictions",
        formula: "ΣTP / N",
        is_default: true,
        finish: |_, view| Ok(view.mean(HITS)?.into()),
        ..MULTICLASS
    },
    MetricDef {
        name: "hamming_loss",
        summary: "the share of wrong predictions",
        formula: "1 − ΣTP / N",
        better: Better::Lower,
        finish: |_, view| {
            let (hits, total) = (view.sum(HITS)?.to_integer(), view.weight()?.to_integer());
            Ok(ratio(&(&total - hits), &total).into())
        },
        ..MULTICLASS
    },
];
