//! Cohen's kappa: agreement beyond that of chance.
//!
//! ```text
//! cohen_kappa = (a − c) / (1 − c),   a = (TP + TN) / n,   n = TP + FP + FN + TN,
//!               c = ((TP+FP)(TP+FN) + (TN+FN)(TN+FP)) / n²
//!             = 2 (TP·TN − FP·FN) / ((TP+FP)(TN+FP) + (TP+FN)(TN+FN))
//! ```
//!
//! From −1 to 1, 0 for chance. TP, FP, FN and TN are the [sums of
//! weights](crate::metric::classification#counts) of true and false positives and negatives. An
//! exact ratio, rounded once.
//!
//! # Multiclass
//!
//! ```text
//! cohen_kappa = 1 − Σ w d(p, t) / (Σᵢⱼ Tᵢ Pⱼ d(i, j) / N)
//! ```
//!
//! d is 1 for different classes (`weights=none`, the default), their distance |i − j| (`linear`),
//! or its square (`quadratic`). Tᵢ, Pⱼ and N are the sums of weights of samples of class i, of
//! samples predicted as class j, and of all samples. All are exact integers, and the ratio is
//! rounded once. No matrix is needed, so it works for very many classes.
//!
//! # Undefined
//!
//! No samples, all weights zero, [invalid scores](crate::metric::classification#counts); the same
//! single class in the truth and predicted, which makes agreement by chance certain.
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

use super::binary_counts::BinaryCounts;
use super::class_counts::{ClassCounts, classes, sum_of};
use super::{binary_counts, class_counts};
use crate::error::Undefined;
use crate::exact::ratio::share;
use crate::metric::parameter::choice;
use crate::metric::{Arguments, Key, MetricDef, TotalsView, Value};
use crate::statistic::{Moment, Statistic, ValueFn};
use num_bigint::BigInt;

/// How much a wrong class counts, by its distance from the right one.
const WEIGHTS: Key<KappaWeights> = Key {
    name: "weights",
    default: KappaWeights::None,
    domain: &[KappaWeights::None, KappaWeights::Linear, KappaWeights::Quadratic],
    summary: "how much a wrong class counts: d = 1, |i − j| or (i − j)²",
};

/// How much a wrong class counts in `cohen_kappa`, by its distance from the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KappaWeights {
    /// 1 for every wrong class.
    None,
    /// The distance of the classes.
    Linear,
    /// The square of the distance.
    Quadratic,
}

choice!(
    KappaWeights, "weights of classes", "none" => None, "linear" => Linear,
    "quadratic" => Quadratic
);

const DISTANCE: Statistic = Statistic::sum(ValueFn::AbsoluteError);
const MOMENTS: [Moment; 3] = [Moment::TruthSquare, Moment::PredictionSquare, Moment::Product];

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "cohen_kappa",
        summary: "the agreement of prediction and truth beyond that of chance",
        formula: "2(TP·TN − FP·FN) / ((TP+FP)(TN+FP) + (TP+FN)(TN+FN))",
        finish: |arguments, view| {
            let counts = BinaryCounts::new(arguments, view)?;
            let disagreement = counts.predicted_positives() * counts.negatives()
                + counts.positives() * counts.predicted_negatives();
            let reason = "prediction and truth are all of one class";
            Ok(share(&(counts.determinant() * 2), &disagreement, reason)?.into())
        },
        range: [-1.0, 1.0],
        ..binary_counts::BINARY
    },
    MetricDef {
        name: "cohen_kappa",
        summary: "the agreement of predicted and true classes beyond that of chance",
        formula: "1 − Σwd(i,j) / (Σᵢⱼ TᵢPⱼ d(i,j) / N)",
        parameters: &[&WEIGHTS],
        statistics: |arguments| {
            let mut statistics = vec![class_counts::margins(arguments)];
            match arguments.get(&WEIGHTS)? {
                KappaWeights::None => {}
                KappaWeights::Linear => statistics.push(DISTANCE),
                KappaWeights::Quadratic => {
                    statistics.extend(MOMENTS.map(Statistic::Moment));
                }
            }
            Ok(statistics)
        },
        finish: by_class,
        range: [-1.0, 1.0],
        ..class_counts::MULTICLASS
    },
];

/// Computed from sums of weights: the observed disagreement, and N times that by chance.
fn by_class(arguments: &Arguments, view: &TotalsView<'_>) -> Result<Value, Undefined> {
    let classes = classes(arguments, view)?;
    let total = view.weight()?.to_integer();
    let sum = |statistic| view.sum(statistic).map(|sum| sum.to_integer());
    let [observed, chance] = match arguments.get(&WEIGHTS)? {
        KappaWeights::Linear => [sum(DISTANCE)?, linear_chance(&classes)],
        KappaWeights::Quadratic => {
            let [truths, predictions, products] = MOMENTS.map(Statistic::Moment);
            let observed = sum(truths)? + sum(predictions)? - sum(products)? * 2;
            [observed, quadratic_chance(&classes)]
        }
        KappaWeights::None => {
            let hits = sum_of(&classes, |class| &class.true_positives);
            let matches: BigInt = classes.iter().map(|class| &class.truth * &class.predicted).sum();
            [&total - hits, &total * &total - matches]
        }
    };
    let reason = "prediction and truth are all of one class";
    Ok(share(&(&chance - observed * total), &chance, reason)?.into())
}

/// Σᵢⱼ Tᵢ Pⱼ |i − j|: a pair counts once for each step between its classes.
fn linear_chance(classes: &[ClassCounts]) -> BigInt {
    let total = sum_of(classes, |class| &class.truth);
    let (mut truth, mut predicted, mut chance) = (BigInt::ZERO, BigInt::ZERO, BigInt::ZERO);
    for class in classes {
        truth += &class.truth;
        predicted += &class.predicted;
        chance += &truth * (&total - &predicted) + &predicted * (&total - &truth);
    }
    chance
}

/// Σᵢⱼ Tᵢ Pⱼ (i − j)², from the sums of Tᵢ and Pⱼ times powers of i and j.
fn quadratic_chance(classes: &[ClassCounts]) -> BigInt {
    let power = |of: fn(&ClassCounts) -> &BigInt, exponent: u32| -> BigInt {
        let term = |(index, class)| of(class) * (index as u64).pow(exponent);
        classes.iter().enumerate().map(term).sum()
    };
    let truth = |exponent| power(|class| &class.truth, exponent);
    let predicted = |exponent| power(|class| &class.predicted, exponent);
    truth(2) * predicted(0) + truth(0) * predicted(2) - truth(1) * predicted(1) * 2
}
