//! What can be wrong with sequences.

/// Why a batch of sequences cannot be added. Nothing of it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// Samples that make up no whole sequences.
    #[error("{samples} samples do not divide into sequences of {steps} steps")]
    PartOfSequence {
        /// Number of samples.
        samples: usize,
        /// Number of samples of a sequence.
        steps: usize,
    },

    /// Not one length per sequence.
    #[error(
        "{lengths} lengths for {sequences} sequences of {steps} steps: there must be one per sequence"
    )]
    Lengths {
        /// Number of lengths.
        lengths: usize,
        /// Number of sequences.
        sequences: usize,
        /// Number of samples of a sequence.
        steps: usize,
    },

    /// A length that no sequence of the batch can have.
    #[error(
        "the length of sequence {sequence} is {length}: it must be a whole number from 0 to {steps}"
    )]
    InvalidLength {
        /// Which sequence of the batch, from 0.
        sequence: usize,
        /// Its length as text.
        length: String,
        /// Number of samples of a sequence.
        steps: usize,
    },
}
