//! Errors about statistics, in the words of those who asked for metrics.

use crate::error::{BuildError, Error, UpdateError};
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
        Error::Update(UpdateError::SoftTruthsUnsupported { value }) => {
            UpdateError::SoftTruthsUnsupported { value: of(value) }.into()
        }
        Error::Update(UpdateError::ScoresNeeded { value, classes }) => {
            Error::Update(UpdateError::ScoresNeeded { value: of(value), classes })
        }
        Error::Build(BuildError::ConflictingMetrics { first, second }) => {
            Error::Build(BuildError::ConflictingMetrics { first: of(first), second: of(second) })
        }
        Error::Update(UpdateError::SoftTruthsConflict { first, second }) => {
            Error::Update(UpdateError::SoftTruthsConflict { first: of(first), second: of(second) })
        }
        error => error,
    }
}
