//! How truths are encoded.

/// How truths are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TruthEncoding {
    /// One element for each sample, or for each of its outputs or labels.
    #[default]
    Labels,
    /// Rows with 1 for the sample's class and 0 for all others.
    OneHot,
    /// Rows of probabilities that sum to 1.
    Soft,
}

impl TruthEncoding {
    /// Whether the truth of a sample is a row of elements.
    pub fn are_rows(self) -> bool {
        self != Self::Labels
    }
}
