//! Which batch of many could not be added.

use super::Error;

/// A batch of a stream that could not be added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("batch {batch}: {error}")]
pub struct FailedBatch {
    /// How many batches came before it.
    pub batch: u64,
    /// Why.
    #[source]
    pub error: Error,
}
