//! Errors about statistics, in the words of those who asked for metrics.

use crate::error::{Error, SoftTruthError};
use crate::metric::Spec;

/// The error with the metric in place of its statistic; a statistic that no metric needs stays.
pub(super) fn with_metric_names(error: Error, specs: &[Spec]) -> Error {
    let of = |statistic: String| {
        let needs = |spec: &&Spec| {
            let needed = (spec.definition.statistics)(&spec.arguments);
            needed.iter().any(|needed| needed.to_string() == statistic)
        };
        specs.iter().find(needs).map(|spec| spec.text.clone()).unwrap_or(statistic)
    };
    match error {
        Error::SoftTruths(SoftTruthError::Unsupported { value }) => {
            SoftTruthError::Unsupported { value: of(value) }.into()
        }
        Error::ScoresNeeded { value, classes } => Error::ScoresNeeded { value: of(value), classes },
        Error::RowsConflict { first, second } => {
            Error::RowsConflict { first: of(first), second: of(second) }
        }
        error => error,
    }
}
