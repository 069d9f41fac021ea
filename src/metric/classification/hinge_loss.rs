//! The mean hinge loss of raw scores, and the mean of its squares.
//!
//! ```text
//! hinge_loss         = Σ w max(0, 1 − y s) / Σ w
//! squared_hinge_loss = Σ w max(0, 1 − y s)² / Σ w
//! ```
//!
//! s is the raw prediction, a signed score with its decision boundary at 0 (not a probability), and
//! y is −1 for label 0 and 1 for label 1. Each loss is rounded once, and its square is within 2 ulp
//! of the square of that. Sums are exact, and the mean is rounded once.
//!
//! # Multiclass
//!
//! ```text
//! hinge_loss = Σ w max(0, 1 + max_{k ≠ y} s_k − s_y) / Σ w
//! ```
//!
//! s_k is the raw score of class k, and y the class of the truth. Each loss is within 1 ulp.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, a square that overflows.
//!
//! # Source
//!
//! scikit-learn's `hinge_loss`; Keras's `SquaredHinge` and `CategoricalHinge`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["hinge_loss", "squared_hinge_loss"])
//!     .from_logits(true)
//!     .build()?;
//! evaluator.update(&Batch::new(&[-1.0_f32, 0.5], &[1_u8, 1]).weights(&[1.0_f32, 3.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("hinge_loss")?, (2.0 + 0.5) / 2.0);
//! assert_eq!(report.weighted("squared_hinge_loss")?, (4.0 + 3.0 * 0.25) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::reduction::reduced;
use crate::metric::{Better, MetricDef, OUTPUT_AVERAGE, REDUCTION};
use crate::statistic::{Statistic, Task, ValueFn};

const HINGE: Statistic = Statistic::sum(ValueFn::Hinge);
const CATEGORICAL_HINGE: Statistic = Statistic::sum(ValueFn::CategoricalHinge);
const SQUARED_HINGE: Statistic = Statistic::sum(ValueFn::SquaredHinge);

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "hinge_loss",
        summary: "the mean hinge loss of raw scores",
        formula: "Σw max(0, 1−ys) / Σw, y = ±1",
        tasks: &[Task::Binary, Task::Multilabel],
        label_average: Some(&OUTPUT_AVERAGE),
        parameters: &[&REDUCTION],
        statistics: |_| Ok(vec![HINGE]),
        finish: |arguments, view| reduced(arguments, HINGE, view),
        better: Better::Lower,
        range: [0.0, f64::INFINITY],
        ..MetricDef::BASE
    },
    MetricDef {
        name: "hinge_loss",
        summary: "the mean categorical hinge loss of rows of scores",
        formula: "Σw max(0, 1 + max_{k≠y} s_k − s_y) / Σw",
        tasks: &[Task::Multiclass],
        parameters: &[&REDUCTION],
        statistics: |_| Ok(vec![CATEGORICAL_HINGE]),
        finish: |arguments, view| reduced(arguments, CATEGORICAL_HINGE, view),
        better: Better::Lower,
        range: [0.0, f64::INFINITY],
        ..MetricDef::BASE
    },
    MetricDef {
        name: "squared_hinge_loss",
        summary: "the mean of squared hinge losses of raw scores",
        formula: "Σw max(0, 1−ys)² / Σw, y = ±1",
        tasks: &[Task::Binary, Task::Multilabel],
        label_average: Some(&OUTPUT_AVERAGE),
        parameters: &[&REDUCTION],
        statistics: |_| Ok(vec![SQUARED_HINGE]),
        finish: |arguments, view| reduced(arguments, SQUARED_HINGE, view),
        better: Better::Lower,
        range: [0.0, f64::INFINITY],
        ..MetricDef::BASE
    },
];
