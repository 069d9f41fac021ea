//! Cohen's kappa: agreement beyond that of chance.
//!
//! ```text
//! cohen_kappa = (a − c) / (1 − c),   a = (TP + TN) / n,   n = TP + FP + FN + TN,
//!               c = ((TP+FP)(TP+FN) + (TN+FN)(TN+FP)) / n²
//!             = 2 (TP·TN − FP·FN) / ((TP+FP)(TN+FP) + (TP+FN)(TN+FN))
//! ```
//!
//! From −1 to 1, 0 for chance. TP, FP, FN and TN are sums of the weights of true positives, false
//! positives, false negatives and true negatives. An exact ratio, rounded once.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores; the same single class in the truth and
//! predicted, where agreement by chance is certain.
//!
//! # Source
//!
//! Cohen (1960); scikit-learn's `cohen_kappa_score`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("cohen_kappa").build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("cohen_kappa")?, 2.0 / (3.0 * 2.0 + 3.0 * 2.0));
//! assert_eq!(report.weighted("cohen_kappa")?, 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::Definition;
use super::cells::{self, Cells};
use super::ratio::share;

/// The metric of this file.
pub const METRICS: &[Definition] = &[Definition {
    name: "cohen_kappa",
    summary: "the agreement of prediction and truth beyond that of chance",
    formula: "2(TP·TN − FP·FN) / ((TP+FP)(TN+FP) + (TP+FN)(TN+FN))",
    finish: |arguments, side| {
        let cells = Cells::of(arguments, side)?;
        let disagreement = cells.predicted_positives() * cells.negatives()
            + cells.positives() * cells.predicted_negatives();
        let nothing = "prediction and truth are all of one class";
        Ok(share(&(cells.determinant() * 2), &disagreement, nothing)?.into())
    },
    ..cells::BINARY
}];
