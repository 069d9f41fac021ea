//! The area under the steps of the precision-recall curve.
//!
//! ```text
//! average_precision = Σ_g a_g (A_g + a_g) / (A_g + a_g + B_g + b_g) / P
//! ```
//!
//! g runs over groups of equal scores from the highest; a_g and b_g are the weights of labels 1 and
//! 0 in the group, A_g and B_g those ranked above it, and P is the weight of all samples of label
//! 1: the sum of precisions, each weighted by the rise of recall, without interpolation.
//!
//! Scores are stored, 8 bytes per sample, and sorted when the result is requested. Weights are
//! summed exactly, and the precision of each group is rounded down to a multiple of 2^-62, with an
//! error of at most 2^-61. The error of the value is at most as large, and does not depend on the
//! order of samples or batches.
//!
//! # Bins
//!
//! As for [`roc_auc`](super::roc_auc), the samples of a bin count as equal, which gives the value,
//! and the exact one lies between bounds. In a bin of weights a and b, take a group with weight d
//! of label 1 and e of label 0, and let x and y be the weights ranked above it in the bin. It adds
//! d times its precision
//!
//! ```text
//! (A + x + d) / (A + x + d + B + y + e)
//! ```
//!
//! Precision rises with the weight of label 1 and falls with that of label 0. As x + d ≤ a and y ≥
//! 0 and e ≥ 0, it is at most (A + a) / (A + a + B), so a bin adds at most a (A + a) / (A + a + B).
//! As y + e ≤ b, it is at least (A + x + d) / (A + x + d + C) with C = B + b, and so no less than
//! the mean of (A + u) / (A + u + C) over u from x to x + d: a bin adds at least
//!
//! ```text
//! ∫₀ᵃ (A + u) / (A + u + C) du = a − C ln(1 + a / (A + C))
//! ```
//!
//! The bounds are widened by the errors of sums and roundings.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, no sample of label 1.
//!
//! # Source
//!
//! scikit-learn's `average_precision_score`.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("average_precision").build()?;
//! let (scores, labels) = ([0.1_f32, 0.4, 0.35, 0.8], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&scores, &labels))?;
//! let precision = evaluator.result()?.unweighted("average_precision")?;
//! assert!((precision - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-15);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{Group, RANKING, Ranking};
use crate::exact::ratio::ratio;
use crate::exact::{AnyWeightSum, SHARE_BITS, WeightSum};
use crate::metric::{Interval, MetricDef};
use num_bigint::BigInt;

/// A bound of the error of a term, relative to the weight of label 1 in its bin: the sum of the
/// errors of two quotients, a logarithm within 2 ulp of a rounded number, a product and a
/// difference, all below 2, in units of 2^-53.
const TERM_ERROR: f64 = 16.0 * f64::EPSILON;

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "average_precision",
    summary: "the mean precision over all samples of label 1, each at its own score",
    formula: "Σ_g a (A+a) / (A+a+B+b) / P",
    finish: |arguments, view| {
        let ranking = Ranking::new(arguments, view)?.with_positives()?;
        let whole = &ranking.positives << SHARE_BITS;
        let value = ratio(&ranking.sum_of_precisions(), &whole);
        Ok(match ranking.bins() {
            None => value.into(),
            Some(bins) => Interval::around(value, bounds(bins, &ranking.positives)).into(),
        })
    },
    ..RANKING
}];

/// The bounds of the value if groups are bins.
fn bounds(groups: &[Group<AnyWeightSum>], all: &BigInt) -> [f64; 2] {
    let (mut positives, mut negatives) = (BigInt::ZERO, BigInt::ZERO);
    let ([mut low, mut high, mut error], mut bins) = ([0.0; 3], 0);
    for group in groups {
        let [a, b] = [group.positives, group.negatives].map(WeightSum::to_integer);
        // A and B, without and with the bin.
        let (above, false_above) = (positives.clone(), negatives.clone());
        positives += &a;
        negatives += &b;
        bins += 1;
        let share = ratio(&a, all);
        if share == 0.0 {
            continue;
        }
        high += share * ratio(&positives, &(&positives + &false_above));
        // The mean of precisions over a: 1 − (C / a) ln(1 + a / (A + C)).
        let log = libm::log1p(ratio(&a, &(&above + &negatives)));
        let mean = if negatives == BigInt::ZERO { 1.0 } else { 1.0 - ratio(&negatives, &a) * log };
        low += share * mean.max(ratio(&above, &(&above + &negatives)));
        error += share * TERM_ERROR * (1.0 + ratio(&negatives, &a) * log);
    }
    // Each sum is rounded once per term.
    let error = error + f64::from(bins) * f64::EPSILON;
    [low - error, high + error]
}
