//! What can be wrong with a suite of outputs.

use super::Error;

/// Why a [`MultiOutput`](crate::MultiOutput) cannot be, or a batch not be added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MultiOutputError {
    /// Two outputs of a suite with the same name.
    #[error("the suite has an output {name:?} already: each needs a name of its own")]
    RepeatedOutput {
        /// The name.
        name: String,
    },

    /// No output of this name.
    #[error("the suite has no output {name:?}: it has {}", known.join(", "))]
    UnknownOutput {
        /// The name asked for.
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
        /// What the output's evaluator reports.
        known: Vec<String>,
    },

    /// A weight of a loss that is not finite.
    #[error("the weight of the loss of output {output:?} is {weight}: it must be finite")]
    InvalidLossWeight {
        /// The output.
        output: String,
        /// Its weight.
        weight: f64,
    },

    /// What the evaluator of an output refuses.
    #[error(transparent)]
    Evaluator(#[from] Error),
}
