//! The area under the receiver operating characteristic.
//!
//! ```text
//! roc_auc = Σ_ij w_i w_j ([s_i > s_j] + [s_i = s_j] / 2) / (P N)
//! ```
//!
//! i runs over the samples of label 1 and j over those of label 0; P and N are the sums of their
//! weights. It is the probability that the score s of the former is higher: 1 for a perfect order,
//! 1/2 for a random one.
//!
//! Scores are [stored](crate::statistic::scores), 8 bytes per sample, and sorted when the result is
//! requested. The numerator is an exact integer, and the ratio is rounded once.
//!
//! # Partial area
//!
//! With `max_fpr` (m), only false positive rates up to m count. Their area A is rescaled so that
//! chance is 1/2 and a perfect order 1 (McClish 1989):
//!
//! ```text
//! (1 + (A - m²/2) / (m - m²/2)) / 2
//! ```
//!
//! This is a sum in `f64` of exact sums of weights.
//!
//! # Bins
//!
//! With `bins`, scores are counted in this many bins instead, in memory that does not grow. Weights
//! and counts by label are exact, and samples of one bin count as equal. Only the order within bins
//! is unknown, so the exact value lies between two extremes: in each bin all samples of label 0 are
//! ranked first, or all samples of label 1:
//!
//! ```text
//! low  = Σ_b pos_b · (neg below b)         / (P N)
//! high = Σ_b pos_b · (neg below b + neg_b) / (P N)
//! ```
//!
//! Both are ratios of integers, rounded outward, and the value is the ratio in their middle. Half
//! of the bins have equal width over [0, 1], or over [−32, 32] with `from_logits`. The other half
//! has equally many ends in each power of two of the distance from 0 and 1, or of the logit (see
//! [`histogram`](crate::statistic::histogram)). With `spacing=uniform` all bins have equal width.
//!
//! # Several classes
//!
//! In the multiclass task each class is compared with the rest (`multi_class=ovr`): its samples
//! have label 1 and all others label 0. The score is the score of the class, or with `from_logits`
//! the [log-odds](crate::kernel::log_odds::log_odds) of its probability, which rank like softmax.
//! `average` combines the values of classes: their mean (`macro`), their mean weighted by the
//! weights of classes (`weighted`), or a list (`none`). Classes without samples of positive weight
//! are left out.
//!
//! With `multi_class=ovo` each pair of classes is compared among the samples of both (Hand and Till
//! 2001). The value of a pair is the mean of the values of each class against the other, and the
//! average is over pairs, optionally weighted by the weights of both classes. All metrics of the
//! order of scores support both.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores (of any class), only one label or class.
//!
//! # Source
//!
//! scikit-learn's `roc_auc_score`; Hanley and McNeil (1982).
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("roc_auc").build()?;
//! let (scores, labels) = ([0.1_f32, 0.4, 0.35, 0.8], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&scores, &labels).weights(&[1.0_f32, 1.0, 3.0, 1.0]))?;
//! let report = evaluator.result()?;
//! assert_eq!(report.unweighted("roc_auc")?, 0.75);
//! assert_eq!(report.weighted("roc_auc")?, 5.0 / 8.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{RANKING, Ranking};
use crate::exact::ProductSum;
use crate::exact::ratio::ratio;
use crate::metric::{HISTOGRAM_BINS, Interval, Key, MetricDef, Range, SPACING, Value};

/// The false positive rate up to which the area counts.
const MAX_FPR: Key<Option<f64>> = Key {
    name: "max_fpr",
    default: None,
    domain: Range::above_zero(1.0),
    summary: "counts the area up to this false positive rate only, standardised after McClish",
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    MetricDef {
        name: "roc_auc",
        summary: "the probability that a sample of label 1 has a higher score than one of label 0",
        formula: "Σ w_i w_j (1 where s_i > s_j, 1/2 where s_i = s_j) / (P N)",
        parameters: &[&HISTOGRAM_BINS, &SPACING, &MAX_FPR],
        finish: |arguments, view| {
            let ranking = Ranking::new(arguments, view)?.with_both()?;
            let max_fpr = arguments.get(&MAX_FPR)?.filter(|max| *max < 1.0);
            let area = match max_fpr {
                None => area(&ranking),
                Some(max) => partial_area(&ranking, max),
            };
            Ok(unless_exact(&ranking, area))
        },
        ..RANKING
    },
    MetricDef {
        name: "gini",
        summary: "how much better than chance the order of scores is: 2 roc_auc - 1",
        formula: "2 Σ w_i w_j (1 where s_i > s_j, 1/2 where s_i = s_j) / (P N) - 1",
        range: [-1.0, 1.0],
        finish: |arguments, view| {
            let ranking = Ranking::new(arguments, view)?.with_both()?;
            let Interval { value, low, high } = area(&ranking);
            // Exact for areas from 1/4 on, and within one rounding for others.
            let [value, low, high] = [value, low, high].map(|area| 2.0 * area - 1.0);
            Ok(unless_exact(&ranking, Interval::within([-1.0, 1.0], value, [low, high])))
        },
        ..RANKING
    },
];

/// A number, with its bounds where scores are counted in bins.
fn unless_exact(ranking: &Ranking<'_>, number: Interval) -> Value {
    if ranking.bins().is_some() { number.into() } else { number.value.into() }
}

/// The area under the curve, and its bounds.
fn area(ranking: &Ranking<'_>) -> Interval {
    let twice = ranking.twice_concordant_pairs();
    let mut equal = ProductSum::default();
    let bins = ranking.bins().unwrap_or_default();
    bins.iter().for_each(|bin| equal.add(bin.negatives, bin.positives));
    let equal = equal.to_integer();
    let all = &ranking.positives * &ranking.negatives * 2_u8;
    let [low, high] = [&twice - &equal, &twice + &equal].map(|twice| ratio(&twice, &all));
    Interval::around(ratio(&twice, &all), [low, high])
}

/// The area up to a false positive rate, standardised, and its bounds.
fn partial_area(ranking: &Ranking<'_>, max_fpr: f64) -> Interval {
    let [mut value, mut low, mut high] = [0.0; 3];
    let ([mut x, mut y], mut groups) = ([0.0; 2], 0);
    ranking.for_each_threshold(|point| {
        if x >= max_fpr {
            return;
        }
        let (next_x, next_y) = (point.false_positive_rate(), point.true_positive_rate());
        let width = next_x.min(max_fpr) - x;
        let is_last = next_x > max_fpr;
        let height = if is_last { (next_y - y) * (width / (next_x - x)) } else { next_y - y };
        value += width * (y + height / 2.0);
        low += width * y;
        high += width * next_y;
        (x, y, groups) = (next_x, next_y, groups + 1);
    });
    let standardised = |area: f64| {
        let chance = max_fpr * max_fpr / 2.0;
        (1.0 + (area - chance) / (max_fpr - chance)) / 2.0
    };
    // Each term has an error of a few roundings of numbers whose sum is at most `max_fpr`.
    let error = f64::from(groups + 8) * f64::EPSILON;
    let [low, high] = [standardised(low) - error, standardised(high) + error];
    Interval::around(standardised(value), [low, high])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::bits::flushed;
    use crate::statistic::{StoredSample, StoredScores};
    use num_bigint::BigInt;

    #[test]
    fn pairs_in_order_of_scores_and_of_their_negatives_add_up_to_all() {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as u32
        };
        for samples in [2, 3, 100, 5000] {
            // Few scores, some of them zero, and weights over 60 orders of magnitude.
            let rows: Vec<_> = (0..samples)
                .map(|_| {
                    let score = (random() % 50) as f32 - 25.0;
                    (score, random() % 3 == 0, random() % (191 << 23))
                })
                .collect();
            for weighted in [false, true] {
                let found = [1.0, -1.0].map(|sign| {
                    let samples = rows.iter().map(|&(score, label, weight)| {
                        StoredSample::new(flushed((sign * score).to_bits()), label, weight)
                    });
                    let mut scores: StoredScores = samples.collect();
                    scores.sort();
                    let ranking = Ranking::from_scores(&scores, weighted).expect("sorted scores");
                    let all: BigInt = &ranking.positives * &ranking.negatives * 2_u8;
                    [ranking.twice_concordant_pairs(), all]
                });
                let [[twice, all], [reversed, _]] = found;
                assert_eq!(twice + reversed, all);
            }
        }
    }
}
