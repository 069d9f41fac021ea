//! The confusion matrix of two classes, and its four cells by name.
//!
//! ```text
//! confusion_matrix = [[TN, FP],   rows: truth 0, 1
//!                     [FN, TP]]   columns: prediction 0, 1
//! ```
//!
//! Each cell is a sum of weights (a count in the unweighted value), exact and rounded once, also
//! above 2^24. A score is positive if it is above the threshold; a score equal to it is negative.
//!
//! # Multilabel
//!
//! ```text
//! confusion_matrix = L × 4 sums of weights, rows: labels, columns: TN, FP, FN, TP
//! ```
//!
//! Each of the four counts is a list with one element per label, or with `average=micro` the sum
//! over labels.
//!
//! # Multiclass
//!
//! ```text
//! confusion_matrix = K × K sums of weights, rows: truth, columns: prediction
//! ```
//!
//! It can have up to 2048 classes, and takes 80 bytes per cell on the host, and 128 on a device.
//! The other metrics of counts need no matrix.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts).
//!
//! # Source
//!
//! scikit-learn's `confusion_matrix`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task, metric::Value};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["confusion_matrix", "false_positives"])
//!     .build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.5, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! let matrix = &report.get("confusion_matrix").unwrap().weighted;
//! assert_eq!(*matrix, Ok(Value::from(vec![vec![0.5, 2.0], vec![0.5, 2.0]])));
//! assert_eq!(report.unweighted("false_positives")?, 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::binary_counts::statistic;
use super::{binary_counts, class_counts};
use crate::error::Undefined;
use crate::exact::ExactSum;
use crate::exact::ratio::ratio;
use crate::metric::{Arguments, Axes, Better, COUNT_AVERAGE, Law, MetricDef, TotalsView, Value};
use crate::statistic::{Statistic, Task};
use num_bigint::BigInt;

/// The common parts of sums of weights, which are not ratios.
const SUM: MetricDef = MetricDef {
    exemptions: &[(Law::Scaling, "a sum of weights grows with the weights")],
    label_average: Some(&COUNT_AVERAGE),
    range: [0.0, f64::INFINITY],
    ..binary_counts::BINARY
};

/// The matrix of two classes, or of each label.
const MATRIX: MetricDef = MetricDef {
    name: "confusion_matrix",
    is_default: true,
    label_average: None,
    better: Better::Neither,
    finish: |arguments, view| {
        let [tn, fp, fn_, tp] = view.cells(statistic(arguments))?.map(|sum| sum.to_f64());
        Ok(vec![vec![tn, fp], vec![fn_, tp]].into())
    },
    ..SUM
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        summary: "the sums of weights by truth (rows) and prediction (columns)",
        formula: "[[TN, FP], [FN, TP]]",
        tasks: &[Task::Binary],
        axes: Axes::Classes,
        ..MATRIX
    },
    MetricDef {
        summary: "the sums of weights by truth and prediction of each label (rows)",
        formula: "L × 4 sums of weights: TN, FP, FN, TP by label",
        tasks: &[Task::Multilabel],
        axes: Axes::Labels(&["TN", "FP", "FN", "TP"]),
        ..MATRIX
    },
    MetricDef {
        name: "true_positives",
        summary: "the sum of weights of positive predictions that are correct",
        formula: "Σw[score > threshold and y = 1]",
        finish: |arguments, view| cell(arguments, view, 3),
        ..SUM
    },
    MetricDef {
        name: "false_positives",
        summary: "the sum of weights of positive predictions that are wrong",
        formula: "Σw[score > threshold and y = 0]",
        better: Better::Lower,
        finish: |arguments, view| cell(arguments, view, 1),
        ..SUM
    },
    MetricDef {
        name: "true_negatives",
        summary: "the sum of weights of negative predictions that are correct",
        formula: "Σw[score ≤ threshold and y = 0]",
        finish: |arguments, view| cell(arguments, view, 0),
        ..SUM
    },
    MetricDef {
        name: "false_negatives",
        summary: "the sum of weights of negative predictions that are wrong",
        formula: "Σw[score ≤ threshold and y = 1]",
        better: Better::Lower,
        finish: |arguments, view| cell(arguments, view, 2),
        ..SUM
    },
    MetricDef {
        name: "confusion_matrix",
        summary: "the sums of weights by truth (rows) and prediction (columns)",
        formula: "K × K sums of weights",
        axes: Axes::Classes,
        better: Better::Neither,
        range: SUM.range,
        exemptions: SUM.exemptions,
        statistics: |arguments| Ok(vec![matrix(arguments)]),
        finish: |arguments, view| {
            let sums = view.cell_sums(matrix(arguments))?;
            let one = ExactSum::from_count(1).to_integer();
            let row = |row: &[BigInt]| row.iter().map(|sum| ratio(sum, &one)).collect::<Vec<_>>();
            let rows = sums.chunks(arguments.settings.classes as usize).map(row);
            Ok(rows.collect::<Vec<_>>().into())
        },
        ..class_counts::MULTICLASS
    },
];

fn cell(arguments: &Arguments, view: &TotalsView<'_>, index: usize) -> Result<Value, Undefined> {
    Ok(view.cells(statistic(arguments))?[index].to_f64().into())
}

/// The matrix of an evaluator's classes.
fn matrix(arguments: &Arguments) -> Statistic {
    Statistic::Matrix { classes: arguments.settings.classes }
}
