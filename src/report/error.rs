//! Why a report has no number for a metric.

use crate::error::Undefined;

/// Why a report has no number for a metric.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReportError {
    /// The metric was not requested.
    #[error("the report has no metric {spec:?}: it has {}", known.join(", "))]
    NotReported {
        /// The requested specification.
        spec: String,
        /// The specifications in the report.
        known: Vec<String>,
    },
    /// The value is a vector or a matrix.
    #[error("the value of {spec} is not a single number: read it from the report's entries")]
    NotANumber {
        /// The requested specification.
        spec: String,
    },
    /// The value does not come with a threshold.
    #[error("the value of {spec} does not come with a threshold")]
    NoThreshold {
        /// The requested specification.
        spec: String,
    },
    /// The value is undefined.
    #[error("{spec} is undefined: {reason}")]
    Undefined {
        /// The requested specification.
        spec: String,
        /// The reason.
        reason: Undefined,
    },
}

impl ReportError {
    /// The same error with the specification `name/spec`.
    pub(crate) fn with_prefix(self, name: &str) -> Self {
        let named = |spec: String| format!("{name}/{spec}");
        match self {
            Self::NotReported { spec, known } => Self::NotReported { spec: named(spec), known },
            Self::NotANumber { spec } => Self::NotANumber { spec: named(spec) },
            Self::NoThreshold { spec } => Self::NoThreshold { spec: named(spec) },
            Self::Undefined { spec, reason } => Self::Undefined { spec: named(spec), reason },
        }
    }
}
