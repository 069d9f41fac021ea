//! What can be wrong with soft truths.

/// Why a batch of soft truths cannot be added. Nothing of it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SoftTruthError {
    /// Predictions are classes.
    #[error(
        "soft truths beside predicted classes: give {classes} scores per sample, or the class of \
         each truth"
    )]
    ClassPredictions {
        /// The number of classes.
        classes: usize,
    },

    /// A value that has no meaning, or none here, beside several classes of a sample.
    #[error("{value} takes no soft truths: give the class of each sample, or leave it out")]
    Unsupported {
        /// The metric as it was asked for, or a statistic that no metric needs.
        value: String,
    },

    /// A truth that is no distribution, in a sample of positive weight.
    #[error(
        "the truth in row {row} is no distribution: its elements must be probabilities that sum to 1"
    )]
    NoDistribution {
        /// Row of the batch, from 0.
        row: usize,
    },
}
