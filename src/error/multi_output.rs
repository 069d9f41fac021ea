//! Errors of models with several outputs.

use super::evaluator::Error;

/// Why a [`MultiOutput`](crate::MultiOutput) cannot be built, or a batch cannot be added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MultiOutputError {
    /// Two outputs have the same name.
    #[error("there are two outputs {name:?}: each needs its own name")]
    RepeatedOutput {
        /// The name.
        name: String,
    },

    /// No output has this name.
    #[error("there is no output {name:?}: there are {}", known.join(", "))]
    UnknownOutput {
        /// The requested name.
        name: String,
        /// The names of the outputs.
        known: Vec<String>,
    },

    /// The loss of an output is a metric that its evaluator does not report.
    #[error(
        "the loss of output {output:?} cannot be {spec:?}, which its evaluator does not report: it has {}",
        known.join(", ")
    )]
    NoLoss {
        /// The output.
        output: String,
        /// The metric.
        spec: String,
        /// The metrics that the evaluator reports.
        known: Vec<String>,
    },

    /// The weight of a loss is not finite.
    #[error("the weight of the loss of output {output:?} is {weight}: it must be finite")]
    InvalidLossWeight {
        /// The output.
        output: String,
        /// The weight.
        weight: f64,
    },

    /// The evaluator of an output fails.
    #[error(transparent)]
    Evaluator(#[from] Error),
}
