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

    /// More binary problems than classes may make.
    #[error(
        "{classes} classes make {problems} curves, but there may be {most}: hold each class against the \
         rest, not against each other one (multi_class=ovr), or evaluate fewer classes"
    )]
    TooManyBinaryProblems {
        /// Number of classes.
        classes: u32,
        /// Number of binary problems: classes, or ordered pairs of classes.
        problems: usize,
        /// Most of them.
        most: usize,
    },

    /// More cells of all labels or classes together than the host holds.
    #[error(
        "the bins of all labels or classes take {bytes} bytes, but they may take {limit}: ask for fewer \
         bins"
    )]
    TooManyBins {
        /// Bytes that they take.
        bytes: u64,
        /// Bytes that they may take.
        limit: u64,
    },
}
