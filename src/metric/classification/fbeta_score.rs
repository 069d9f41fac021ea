//! The weighted harmonic mean of precision and recall.
//!
//! ```text
//! fbeta_score = (1 + β²) TP / ((1 + β²) TP + β² FN + FP)
//! f1_score    = 2 TP / (2 TP + FN + FP)
//! ```
//!
//! TP, FP and FN are the [sums of weights](crate::metric::classification#counts) of true and false
//! positives and false negatives. Recall counts β times as much as precision; `beta` is 1 by
//! default. Exact ratios, with β as the nearest `f64`, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! fbeta_score = (1 + β²) TP / ((1 + β²) TP + β² FN + FP) of each class, averaged over classes
//! f1_score    = 2 TP / (2 TP + FN + FP)
//! ```
//!
//! TP, FP, FN and TN are the [sums of weights](crate::metric::classification#counts-by-class) of
//! each class.
//! See [averages over classes](crate::metric::classification#averages-over-classes) for `average`,
//! `absent` and `zero_division`.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts); a
//! denominator of zero (no positives in the truth and none predicted), unless `zero_division` gives
//! the value.
//!
//! # Source
//!
//! van Rijsbergen, "Information Retrieval" (1979); scikit-learn's `fbeta_score` and `f1_score`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["f1_score", "fbeta_score:beta=2"])
//!     .build()?;
//! let (score, label) = ([0.9_f32, 0.8, 0.2, 0.1, 0.7], [1_u8, 0, 1, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[1.0_f32, 2.0, 0.5, 0.5, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.weighted("f1_score")?, 4.0 / (4.0 + 0.5 + 2.0));
//! assert_eq!(report.weighted("fbeta_score:beta=2")?, 10.0 / (10.0 + 4.0 * 0.5 + 2.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::binary_counts::{BinaryCounts, THRESHOLD};
use super::class_counts::average_over_classes;
use super::{binary_counts, class_counts};
use crate::error::Undefined;
use crate::exact::ratio::{Fraction, share};
use crate::metric::{
    ABSENT, AVERAGE, Arguments, Key, MetricDef, Range, TotalsView, Value, ZERO_DIVISION,
};
use num_bigint::Sign;

pub(in crate::metric) const BETA: Key<f64> = Key {
    name: "beta",
    default: 1.0,
    domain: Range::new(0.0, 1e6),
    summary: "how many times as important recall is as precision",
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "f1_score",
        summary: "the harmonic mean of precision and recall",
        formula: "2TP / (2TP + FN + FP)",
        is_default: true,
        parameters: &[&THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| finish(arguments, view, 1.0),
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "fbeta_score",
        summary: "the harmonic mean of precision and recall, recall counting β times as much",
        formula: "(1+β²)TP / ((1+β²)TP + β²FN + FP)",
        parameters: &[&BETA, &THRESHOLD, &ZERO_DIVISION],
        finish: |arguments, view| finish(arguments, view, arguments.get(&BETA)?),
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "f1_score",
        summary: "the harmonic mean of precision and recall",
        formula: "2TP / (2TP + FN + FP) by class",
        is_default: true,
        parameters: class_counts::AVERAGED,
        finish: |arguments, view| by_class(arguments, view, 1.0),
        ..class_counts::MULTICLASS
    },
    MetricDef {
        name: "fbeta_score",
        summary: "the harmonic mean of precision and recall, recall counting β times as much",
        formula: "(1+β²)TP / ((1+β²)TP + β²FN + FP) by class",
        parameters: &[&BETA, &AVERAGE, &ABSENT, &ZERO_DIVISION],
        finish: |arguments, view| by_class(arguments, view, arguments.get(&BETA)?),
        ..class_counts::MULTICLASS
    },
];

fn finish(arguments: &Arguments, view: &TotalsView<'_>, beta: f64) -> Result<Value, Undefined> {
    let counts = BinaryCounts::new(arguments, view)?;
    let Fraction { numerator: beta, denominator: one } = Fraction::of(beta);
    let (beta2, one2) = (&beta * &beta, &one * &one);
    let hits = (&one2 + &beta2) * &counts.true_positives;
    let all = &hits + &beta2 * &counts.false_negatives + one2 * &counts.false_positives;
    let reason = match beta2.sign() {
        Sign::NoSign => "no predicted positives",
        _ => "no positives in the truth and none predicted",
    };
    let value = share(&hits, &all, reason);
    Ok(arguments.zero_division(value)?.into())
}

fn by_class(arguments: &Arguments, view: &TotalsView<'_>, beta: f64) -> Result<Value, Undefined> {
    let Fraction { numerator: beta, denominator: one } = Fraction::of(beta);
    let (beta2, one2) = (&beta * &beta, &one * &one);
    // Recall has no part in the score where β is 0.
    let reason = match beta2.sign() {
        Sign::NoSign => class_counts::NEVER_PREDICTED,
        _ => class_counts::ABSENT_CLASS,
    };
    average_over_classes(arguments, view, reason, |class| {
        let all = &beta2 * &class.truth + &one2 * &class.predicted;
        [(&one2 + &beta2) * &class.true_positives, all]
    })
}
