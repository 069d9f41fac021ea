//! Errors of streams of batches.

use super::evaluator::Error;

/// A batch of a stream that cannot be added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("batch {batch}: {error}")]
pub struct FailedBatch {
    /// Its index in the stream, from 0.
    pub batch: u64,
    /// The error.
    #[source]
    pub error: Error,
}
