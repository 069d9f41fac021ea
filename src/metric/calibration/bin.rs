//! A bin of probabilities.

use crate::exact::ratio::ratio;
use num_bigint::{BigInt, BigUint};

/// A bin of positive weight. Sums are in units of the exact sum.
#[derive(Clone, Debug)]
pub(in crate::metric) struct Bin {
    /// Its ends; for a bin of equal weight, its smallest and its largest probability.
    pub ends: [f64; 2],
    /// The sum of weights.
    pub weight: BigInt,
    /// The sum of weights of label 1.
    pub positives: BigInt,
    /// The sum of weight × probability.
    pub probability: BigInt,
}

impl Bin {
    /// The absolute difference between the sum of weight × probability and the weight of label 1.
    pub fn gap(&self) -> BigUint {
        (&self.positives - &self.probability).into_parts().1
    }

    /// The mean of probabilities, rounded once.
    pub fn mean_probability(&self) -> f64 {
        ratio(&self.probability, &self.weight)
    }

    /// The frequency of label 1, rounded once.
    pub fn frequency(&self) -> f64 {
        ratio(&self.positives, &self.weight)
    }
}
