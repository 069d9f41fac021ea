//! Matthews's correlation: Pearson's correlation of predicted and true labels.
//!
//! ```text
//! matthews_correlation = (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))
//! ```
//!
//! From −1 to 1. TP, FP, FN and TN are the [sums of weights](crate::metric::classification#counts)
//! of true and false positives and negatives. From exact integers, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! matthews_correlation = (N Σ TP − Σ T P) / √((N² − Σ T²)(N² − Σ P²))
//! ```
//!
//! TP, T, P and N are the [sums of weights](crate::metric::classification#counts-by-class) by
//! class.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts); only one
//! class in the truth or in the predictions.
//!
//! # Source
//!
//! Matthews (1975); scikit-learn's `matthews_corrcoef`, which returns 0 for a single class.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("matthews_correlation").build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("matthews_correlation")?, 1.0 / 36.0_f64.sqrt());
//! assert_eq!(report.weighted("matthews_correlation")?, 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::binary_counts::BinaryCounts;
use super::class_counts::{ClassCounts, classes, sum_of};
use super::{binary_counts, class_counts};
use crate::error::Undefined;
use crate::exact::ratio::signed_root;
use crate::metric::MetricDef;
use num_bigint::{BigInt, Sign};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "matthews_correlation",
        summary: "the correlation of predicted and true labels",
        formula: "(TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))",
        is_default: true,
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let mut product = BigInt::from(1);
            for (margin, reason) in [
                (counts.positives(), "no positives in the truth"),
                (counts.negatives(), "no negatives in the truth"),
                (counts.predicted_positives(), "no predicted positives"),
                (counts.predicted_negatives(), "no predicted negatives"),
            ] {
                if margin.sign() == Sign::NoSign {
                    return Err(Undefined::ZeroDenominator { reason: reason.to_owned() });
                }
                product *= margin;
            }
            Ok(signed_root(&counts.determinant(), &product).into())
        },
        range: [-1.0, 1.0],
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "matthews_correlation",
        summary: "the correlation of predicted and true classes",
        formula: "(N·ΣTP − ΣT·P) / √((N² − ΣT²)(N² − ΣP²))",
        is_default: true,
        finish: |arguments, view| {
            let classes = classes(arguments, view)?;
            let total = view.weight()?.to_integer();
            let squared = &total * &total;
            let sum = |of: fn(&ClassCounts) -> BigInt| classes.iter().map(of).sum::<BigInt>();
            let hits = sum_of(&classes, |class| &class.true_positives);
            let covariance = &total * hits - sum(|class| &class.truth * &class.predicted);
            let truth = &squared - sum(|class| &class.truth * &class.truth);
            let predicted = &squared - sum(|class| &class.predicted * &class.predicted);
            for (variance, reason) in [
                (&truth, "the truth is all of one class"),
                (&predicted, "all predictions are one class"),
            ] {
                if variance.sign() == Sign::NoSign {
                    return Err(Undefined::ZeroDenominator { reason: reason.to_owned() });
                }
            }
            Ok(signed_root(&covariance, &(truth * predicted)).into())
        },
        range: [-1.0, 1.0],
        ..class_counts::MULTICLASS
    },
];
