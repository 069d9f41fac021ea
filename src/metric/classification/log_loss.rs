//! The mean negative logarithm of the predicted probability of the label.
//!
//! ```text
//! log_loss = −Σ w (y′ ln p + (1 − y′) ln(1 − p)) / Σ w,   y′ = y (1 − α) + α/2
//! ```
//!
//! p is the probability of label 1, y the label and α the `label_smoothing`. A probability of the
//! label below `eps` is clipped to `eps`, and the report counts these samples. With `from_logits`
//! nothing is clipped: the loss of a logit z is ln(1 + e^−z) for label 1 and ln(1 + e^z) for label
//! 0. Each loss is a float within 2 ulp of the exact one; its sum is exact, and the mean is rounded
//! once.
//!
//! # Multiclass
//!
//! ```text
//! log_loss   = −Σ w Σ_k y′_k ln p_k / Σ w,   y′_k = y_k (1 − α) + α/K
//! perplexity = e^log_loss
//! ```
//!
//! p_k is the probability of class k, and y_k is 1 for the class of the truth and 0 for others, or
//! the probability in a [soft truth](crate::Batch::soft). With `from_logits` p_k is e^z_k / Σ e^z.
//! The loss of a sample is a float within 4 ulp of the exact one, or 8 if hundreds of classes have
//! scores so similar that their exponentials are rounded in the same direction; soft truths add 2
//! ulp, or 3 if scores are probabilities. Rows of probabilities are not normalised; the report
//! counts those whose sum differs from 1 by more than 2^-11.
//!
//! For other reductions of the losses than their weighted mean, see
//! [`Reduction`](crate::metric::Reduction).
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, probabilities outside [0, 1].
//!
//! # Source
//!
//! scikit-learn's `log_loss`, whose `eps` for `float32` is the default here. The smoothing is as in
//! Keras's `BinaryCrossentropy` and `CategoricalCrossentropy`. Perplexity is as in TorchMetrics.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("log_loss").build()?;
//! evaluator.update(&Batch::new(&[0.5_f32, 0.25], &[0_u8, 1]).weights(&[1.0_f32, 3.0]))?;
//! let ln2 = 2_f64.ln();
//! let report = evaluator.result()?;
//! assert!((report.unweighted("log_loss")? - 1.5 * ln2).abs() < 1e-7);
//! assert!((report.weighted("log_loss")? - (1.0 + 3.0 * 2.0) / 4.0 * ln2).abs() < 1e-7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::error::{Error, Undefined};
use crate::exact::ratio::{Fraction, ratio};
use crate::metric::{
    Arguments, Better, Key, MetricDef, OUTPUT_AVERAGE, REDUCTION, Range, TotalsView,
    UndeclaredParameter,
};
use crate::statistic::{Constant, Statistic, Task, ValueFn, ValueSpec};

const LABEL_SMOOTHING: Key<f64> = Key {
    name: "label_smoothing",
    default: 0.0,
    domain: Range::UNIT,
    summary: "the share of each label that is spread evenly over all classes",
};

/// The default is the distance from 1 to the next number, 2^-23 or 2^-52.
pub(in crate::metric) const EPS: Key<Option<f64>> = Key {
    name: "eps",
    default: None,
    domain: Range::new(1e-36, 0.5),
    summary: "the smallest probability that counts; smaller ones are clipped to it (2^-23 by \
              default, 2^-52 in double precision)",
};

/// The smallest probability that counts.
pub(in crate::metric) fn min_probability(
    arguments: &Arguments,
) -> Result<Constant, UndeclaredParameter> {
    Ok(arguments.get(&EPS)?.map_or(Constant::EPSILON, Constant::new))
}

/// The sums of losses for the labels, and for the other labels that label smoothing adds.
struct Losses {
    label_loss: Statistic,
    /// Binary: for the other labels. Multiclass: the mean over all classes.
    other_labels: Statistic,
    /// The label smoothing at which only the other labels count.
    max_smoothing: u32,
}

impl Losses {
    fn new(arguments: &Arguments) -> Result<Self, UndeclaredParameter> {
        let from_logits = arguments.settings.from_logits;
        let binary = arguments.settings.task != Task::Multiclass;
        let (label_loss, other_labels) = match (binary, from_logits) {
            (true, true) => (ValueFn::LogitLoss, ValueFn::LogitLossOfOtherLabel),
            (true, false) => (ValueFn::LogLoss, ValueFn::LogLossOfOtherLabel),
            (false, true) => (ValueFn::SoftmaxLoss, ValueFn::UniformCrossEntropy),
            (false, false) => {
                (ValueFn::CrossEntropyOfProbabilities, ValueFn::UniformCrossEntropyOfProbabilities)
            }
        };
        let parameter = if from_logits { Constant::ZERO } else { min_probability(arguments)? };
        let sum = |function| Statistic::Sum(ValueSpec { function, parameter });
        let max_smoothing = if binary { 2 } else { 1 };
        Ok(Self { label_loss: sum(label_loss), other_labels: sum(other_labels), max_smoothing })
    }

    fn statistics(arguments: &Arguments) -> Result<Vec<Statistic>, Error> {
        let Self { label_loss, other_labels, .. } = Self::new(arguments)?;
        let smooths = arguments.get(&LABEL_SMOOTHING)? > 0.0;
        Ok(if smooths { vec![label_loss, other_labels] } else { vec![label_loss] })
    }

    /// The reduced losses.
    fn reduced(arguments: &Arguments, view: &TotalsView<'_>) -> Result<f64, Undefined> {
        let Self { label_loss, other_labels, max_smoothing } = Self::new(arguments)?;
        let alpha = arguments.get(&LABEL_SMOOTHING)?;
        let reduction = arguments.get(&REDUCTION)?;
        if alpha == 0.0 {
            return reduction.reduce(label_loss, view);
        }
        let Fraction { numerator: alpha, denominator: one } = Fraction::of(alpha);
        let [label_loss, other_labels] =
            [view.sum(label_loss)?, view.sum(other_labels)?].map(|s| s.to_integer());
        let sum = (&one * max_smoothing - &alpha) * label_loss + alpha * other_labels;
        Ok(ratio(&sum, &(one * reduction.divisor(view)? * max_smoothing)))
    }
}

/// The sum of the losses of labels without smoothing.
pub(in crate::metric) fn label_loss(
    arguments: &Arguments,
) -> Result<Statistic, UndeclaredParameter> {
    Ok(Losses::new(arguments)?.label_loss)
}

/// The mean negative logarithm of probabilities.
const LOG_LOSS: MetricDef = MetricDef {
    name: "log_loss",
    summary: "the mean negative logarithm of the predicted probability of the label",
    formula: "−Σw(y′ ln p + (1−y′) ln(1−p)) / Σw, y′ = y(1−α) + α/2",
    tasks: &[Task::Binary],
    is_default: true,
    parameters: &[&LABEL_SMOOTHING, &EPS, &REDUCTION],
    statistics: Losses::statistics,
    finish: |arguments, view| Ok(Losses::reduced(arguments, view)?.into()),
    better: Better::Lower,
    range: [0.0, f64::INFINITY],
    ..MetricDef::BASE
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    LOG_LOSS,
    MetricDef {
        tasks: &[Task::Multilabel],
        is_default: false,
        label_average: Some(&OUTPUT_AVERAGE),
        ..LOG_LOSS
    },
    MetricDef {
        formula: "−Σw Σ_k y′_k ln p_k / Σw, y′_k = y_k(1−α) + α/K",
        tasks: &[Task::Multiclass],
        is_default: false,
        ..LOG_LOSS
    },
    MetricDef {
        name: "perplexity",
        summary: "the number of equally probable classes that would be as hard to predict",
        formula: "e^log_loss",
        tasks: &[Task::Multiclass],
        is_default: false,
        range: [1.0, f64::INFINITY],
        parameters: &[&EPS],
        statistics: |arguments| Ok(vec![label_loss(arguments)?]),
        finish: |arguments, view| Ok(libm::exp(view.mean(label_loss(arguments)?)?).into()),
        ..LOG_LOSS
    },
];
