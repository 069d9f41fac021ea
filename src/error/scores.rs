//! What can be wrong with stored scores.

/// Why scores cannot be stored.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// More than stored scores may take. Nothing of the batch, or of the state, was added.
    #[error(
        "the scores of {samples} samples take {bytes} bytes, but stored scores may take {limit}: allow \
         them more memory (score_memory), let bins take over when it ends (fallback_bins), or ask for \
         bins from the start, as in roc_auc:bins=4096"
    )]
    OutOfMemory {
        /// Number of samples, with those that are stored already.
        samples: u64,
        /// Bytes that they take.
        bytes: u64,
        /// Bytes that they may take.
        limit: u64,
    },

    /// A number of bins to fall back on that no histogram has.
    #[error("{bins} bins to fall back on: there must be from 2 to {most}")]
    InvalidBins {
        /// Number of bins.
        bins: u32,
        /// Most bins.
        most: u32,
    },

    /// A spacing of bins, where there are none.
    #[error(
        "spacing says how bins divide scores, but there are no bins: say how many, as in bins=4096"
    )]
    SpacingWithoutBins,
}
