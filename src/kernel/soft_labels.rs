//! Soft truths: rows with a probability for each class, as bits of `f32`. The twin is in
//! `shaders/reduce/soft_labels.wgsl`.

use super::bits::{ONE, flushed};
use super::row::{nearly_one, quantised, quantum, units};

/// The class of a soft truth: the class with the largest probability, the lowest of several.
/// Elements that are not probabilities count as zero.
pub fn soft_class(truth: impl IntoIterator<Item = u32>) -> u32 {
    let (mut class, mut largest) = (0, 0);
    for (label, bits) in (0..).zip(truth) {
        let t = flushed(bits);
        if t > largest && t <= ONE {
            (class, largest) = (label, t);
        }
    }
    class
}

/// Whether a soft truth is a distribution: probabilities that sum to [nearly](nearly_one) 1.
pub fn is_distribution(truth: impl IntoIterator<Item = u32>) -> bool {
    let (mut sum, mut are_probabilities) = (0, true);
    for t in truth.into_iter().map(flushed) {
        are_probabilities &= t <= ONE;
        sum += if t <= ONE { units(quantised(t, quantum(ONE)), quantum(ONE)) } else { 0 };
    }
    are_probabilities && nearly_one(sum)
}
