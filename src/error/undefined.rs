//! Why a value is undefined.

use super::Input;
use serde::{Deserialize, Serialize};

/// Why a value is undefined: never a 0, a 0.5 or a NaN instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Undefined {
    /// Nothing was added.
    #[error("no samples")]
    NoSamples,
    /// Samples, but none of positive weight.
    #[error("all weights are zero")]
    ZeroWeights,
    /// A prediction or truth was NaN or infinite.
    #[error("NaN or infinity in {count} of the samples")]
    NonFinite {
        /// Number of such samples.
        count: u64,
    },
    /// The per-sample value did not fit an `f32`.
    #[error("the value of {count} of the samples is too large for a 32-bit float")]
    Overflow {
        /// Number of such samples.
        count: u64,
    },
    /// A sample lies outside the metric's domain.
    #[error("inputs outside the domain, {domain}, in {count} of the samples")]
    OutsideDomain {
        /// Number of such samples.
        count: u64,
        /// The domain.
        domain: String,
    },
    /// Weights that are negative, NaN, infinite, or 2^64 or more.
    #[error("a weight that is negative, NaN, infinite, or 2^64 or more in {count} of the samples")]
    InvalidWeight {
        /// Number of such samples.
        count: u64,
    },
    /// Labels that are none of the classes.
    #[error("a label that is no class in {count} of the samples")]
    InvalidLabel {
        /// Number of such samples.
        count: u64,
    },
    /// A ratio with nothing in its denominator.
    #[error("nothing to divide by: {reason}")]
    ZeroDenominator {
        /// What there is none of.
        reason: String,
    },
    /// A curve of two labels, of which there is one only.
    #[error("all samples that weigh anything have label {label}")]
    OneLabel {
        /// The label.
        label: u8,
    },
    /// Classes are compared with others, and there is one only.
    #[error("all samples that weigh anything are of class {class}")]
    OneClass {
        /// The class.
        class: u32,
    },
    /// A class is compared with others, and no sample is of it.
    #[error("no sample that weighs anything is of class {class}")]
    AbsentClass {
        /// The class.
        class: u32,
    },
    /// No threshold is good enough.
    #[error("no threshold reaches a {what} of {least}")]
    Unreached {
        /// What it would have to reach.
        what: String,
        /// How much of it.
        least: String,
    },
    /// There was no memory for all scores, and they were not counted in bins either.
    #[error("there was no memory for all scores, so that none were kept")]
    ScoresDropped,
    /// A variance is zero where the metric divides by it.
    #[error("{input} is constant")]
    Constant {
        /// Which input is constant.
        input: Input,
    },
    /// A metric and its totals do not go together: a bug.
    #[error("internal error, please report it: {reason}")]
    Internal {
        /// What is wrong.
        reason: String,
    },
    /// One label of several, or more of them for different reasons.
    #[error("label {label}: {reason}")]
    Label {
        /// The first such label.
        label: usize,
        /// Why.
        reason: Box<Undefined>,
    },
    /// One class of several, or more of them for different reasons.
    #[error("class {class}: {reason}")]
    Class {
        /// The first such class.
        class: usize,
        /// Why.
        reason: Box<Undefined>,
    },
    /// One output of several, or more of them for different reasons.
    #[error("output {output}: {reason}")]
    Output {
        /// The first such output.
        output: usize,
        /// Why.
        reason: Box<Undefined>,
    },
}

impl Undefined {
    /// A bug.
    pub(crate) fn internal(reason: impl Into<String>) -> Self {
        Self::Internal { reason: reason.into() }
    }
}
