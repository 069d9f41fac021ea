//! The area under the receiver operating characteristic.
//!
//! ```text
//! roc_auc = Σ_ij w_i w_j ([s_i > s_j] + [s_i = s_j] / 2) / (P N)
//! ```
//!
//! i runs over the samples of label 1 and j over those of label 0; P and N are the sums of their
//! weights. It is the probability that the score s of the former is the higher one: 1 for a perfect
//! order, 1/2 for none.
//!
//! # Bins
//!
//! Scores are counted in `bins` bins, weights and counts by label exactly, in one pass and in memory that
//! does not grow. Samples of one bin count as equal. Since only their order is unknown, the exact
//! value lies between what it would be if in each bin all samples of label 0 came first, and all of
//! label 1:
//!
//! ```text
//! low  = Σ_b pos_b · (neg below b)         / (P N)
//! high = Σ_b pos_b · (neg below b + neg_b) / (P N)
//! ```
//!
//! Both are quotients of integers, rounded outward; the value is the quotient in their middle. Half of the
//! bins are of equal width over [0, 1], or over [−32, 32] under `from_logits`, and half have as many
//! ends in each power of two of the distance from 0 and 1, or of the logit (see
//! [`histogram`](crate::statistic::histogram)); `spacing=uniform` makes all of equal width.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, one label only.
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

use super::histogram::{HISTOGRAM, Ranked};
use super::ratio::ratio;
use super::{Bounded, Definition};
use num_bigint::BigInt;

/// The metrics of this file.
pub const METRICS: &[Definition] = &[Definition {
    name: "roc_auc",
    summary: "the probability that a sample of label 1 has a higher score than one of label 0",
    formula: "Σ w_i w_j (1 where s_i > s_j, 1/2 where s_i = s_j) / (P N)",
    finish: |arguments, side| {
        let ranked = Ranked::of(arguments, side)?.with_both()?;
        let (mut above, mut low, mut width) = (BigInt::ZERO, BigInt::ZERO, BigInt::ZERO);
        for [negatives, positives] in &ranked.bins {
            // Pairs with what is ranked above, the samples of label 1 there being right.
            low += &above * negatives;
            width += positives * negatives;
            above += positives;
        }
        let pairs = ranked.positives * ranked.negatives;
        let high: BigInt = &low + &width;
        let twice = |pairs: &BigInt| pairs << 1_u8;
        let value = ratio(&(twice(&low) + &width), &twice(&pairs));
        Ok(Bounded::around(value, [ratio(&low, &pairs), ratio(&high, &pairs)]).into())
    },
    ..HISTOGRAM
}];
