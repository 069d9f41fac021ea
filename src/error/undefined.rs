//! Reasons why a value is undefined.

use super::input::Input;
use serde::{Deserialize, Serialize};

/// The reason why a value is undefined. There is never a 0, a 0.5 or a NaN instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Undefined {
    /// No samples were added.
    #[error("no samples")]
    NoSamples,
    /// There are samples, but none of positive weight.
    #[error("all weights are zero")]
    ZeroWeights,
    /// Predictions or truths are NaN or infinite.
    #[error("NaN or infinity in {count} of the samples")]
    NonFinite {
        /// Number of such samples.
        count: u64,
    },
    /// The per-sample value does not fit an `f32`, or is 2^384 or more in double precision.
    #[error(
        "the value of {count} of the samples is too large: above 3.4e38, or 3.9e115 in double \
         precision"
    )]
    Overflow {
        /// Number of such samples.
        count: u64,
    },
    /// Samples are outside the domain of the metric.
    #[error("inputs outside the domain ({domain}) in {count} of the samples")]
    OutsideDomain {
        /// Number of such samples.
        count: u64,
        /// The domain.
        domain: String,
    },
    /// Weights are negative, NaN, infinite, or 2^64 or more.
    #[error("a weight that is negative, NaN, infinite, or 2^64 or more in {count} of the samples")]
    InvalidWeight {
        /// Number of such samples.
        count: u64,
    },
    /// Labels are not classes.
    #[error("a label that is not a class in {count} of the samples")]
    InvalidLabel {
        /// Number of such samples.
        count: u64,
    },
    /// The denominator of a ratio is zero.
    #[error("division by zero: {reason}")]
    ZeroDenominator {
        /// What is missing in the denominator.
        reason: String,
    },
    /// A metric of two labels, but all samples have the same one.
    #[error("all samples of positive weight have label {label}")]
    OneLabel {
        /// The label.
        label: u8,
    },
    /// A metric compares classes, but all samples are of the same one.
    #[error("all samples of positive weight are of class {class}")]
    OneClass {
        /// The class.
        class: u32,
    },
    /// A metric compares a class with others, but no sample is of it.
    #[error("no sample of positive weight is of class {class}")]
    AbsentClass {
        /// The class.
        class: u32,
    },
    /// No threshold reaches the required rate.
    #[error("no threshold reaches a {rate} of {min}")]
    Unreached {
        /// The name of the rate.
        rate: String,
        /// The smallest value that is accepted.
        min: String,
    },
    /// The scores did not fit in memory, and were not counted in bins either.
    #[error("there was not enough memory for all scores, so none were stored")]
    ScoresDropped,
    /// The metric divides by a variance that is zero.
    #[error("{input} is constant")]
    Constant {
        /// The constant input.
        input: Input,
    },
    /// Parts of the library are inconsistent: a bug.
    #[error("internal error: {reason}; please report this")]
    Internal {
        /// What is inconsistent.
        reason: String,
    },
    /// The value of a label is undefined; of several such labels, the first.
    #[error("label {label}: {reason}")]
    Label {
        /// The label.
        label: usize,
        /// The reason.
        reason: Box<Undefined>,
    },
    /// The value of a class is undefined; of several such classes, the first.
    #[error("class {class}: {reason}")]
    Class {
        /// The class.
        class: usize,
        /// The reason.
        reason: Box<Undefined>,
    },
    /// The value of an output is undefined; of several such outputs, the first.
    #[error("output {output}: {reason}")]
    Output {
        /// The output.
        output: usize,
        /// The reason.
        reason: Box<Undefined>,
    },
}

impl Undefined {
    /// A bug.
    pub(crate) fn internal(reason: impl Into<String>) -> Self {
        Self::Internal { reason: reason.into() }
    }
}
