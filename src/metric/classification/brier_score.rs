//! The mean of squared differences between the probability and the label.
//!
//! ```text
//! brier_score = Σ w (p − y)² / Σ w
//! ```
//!
//! From 0 to 1; p is the probability of label 1, and y the label. Each square is a float within 2
//! ulp of the exact one, or 6.2 ulp with `from_logits`, where it is computed from the probability
//! of the wrong label; the sum is exact, and the mean is rounded once.
//!
//! # Multiclass
//!
//! ```text
//! brier_score = Σ w Σ_k (p_k − y_k)² / Σ w
//! ```
//!
//! From 0 to 2, the sum over all classes, not halved; y_k is 1 for the class of the truth and 0 for
//! others. The sum of a sample is a float within 4 ulp of the exact one, 6 ulp with `from_logits`,
//! or 18 if hundreds of classes have scores so similar that their exponentials are rounded in the
//! same direction. Rows of probabilities are not normalised; the report says how many do not sum to
//! 1.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, predictions outside [0, 1].
//!
//! # Source
//!
//! Brier (1950); scikit-learn's `brier_score_loss`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("brier_score").build()?;
//! evaluator.update(&Batch::new(&[0.5_f32, 0.75], &[0_u8, 1]).weights(&[1.0_f32, 3.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("brier_score")?, (0.25 + 0.0625) / 2.0);
//! assert_eq!(report.weighted("brier_score")?, (0.25 + 3.0 * 0.0625) / 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::metric::{Arguments, Better, MetricDef, OUTPUT_AVERAGE, Settings};
use crate::statistic::{Statistic, Task, ValueFn};

fn sum(arguments: &Arguments) -> Statistic {
    let Settings { task, from_logits, .. } = arguments.settings;
    Statistic::sum(match (task, from_logits) {
        (Task::Multiclass, true) => ValueFn::SoftmaxBrier,
        (Task::Multiclass, false) => ValueFn::BrierOfProbabilities,
        (_, true) => ValueFn::LogitBrier,
        (_, false) => ValueFn::Brier,
    })
}

const BRIER_SCORE: MetricDef = MetricDef {
    name: "brier_score",
    summary: "the mean of squared differences between the probability and the label",
    formula: "Σw(p−y)² / Σw",
    tasks: &[Task::Binary, Task::Multilabel],
    label_average: Some(&OUTPUT_AVERAGE),
    statistics: |arguments| Ok(vec![sum(arguments)]),
    finish: |arguments, view| Ok(view.mean(sum(arguments))?.into()),
    better: Better::Lower,
    range: [0.0, 1.0],
    ..MetricDef::BASE
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    BRIER_SCORE,
    MetricDef {
        summary: "the mean of sums of squared differences between probabilities and one-hot truths",
        formula: "Σw Σ_k(p_k−y_k)² / Σw",
        tasks: &[Task::Multiclass],
        range: [0.0, 2.0],
        ..BRIER_SCORE
    },
];
