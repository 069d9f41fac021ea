//! The parts of row summaries that values need. Their union tells the engines what to compute in
//! one pass over a row.

use super::constant::Constant;

/// How the scores of a row are interpreted when they are summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScoreKind {
    /// Anything that can be ordered.
    #[default]
    Any,
    /// Logits: the probabilities of the classes are e^z / Σ e^z.
    Logits,
    /// Probabilities.
    Probabilities,
    /// The elements of a vector, beside a vector of truths.
    Vectors,
}

/// Which parts of a [`RowSummary`](super::row::RowSummary) are read, besides the arg max, the truth
/// and their scores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowNeeds {
    /// Whether rows are read at all.
    pub rows: bool,
    /// How the scores are interpreted.
    pub scores: ScoreKind,
    /// Whether the rank of the truth is read.
    pub rank: bool,
    /// Whether the sum of squares is read.
    pub squares: bool,
    /// If the mean is read: the smallest probability, to which smaller ones are clipped; 0 for
    /// logits. For vectors the mean is the divergence.
    pub mean: Option<Constant>,
    /// If losses are read, which are sums over the classes for soft truths: the smallest
    /// probability, to which smaller ones are clipped; 0 for logits.
    pub loss: Option<Constant>,
}

impl RowNeeds {
    /// The arg max and the truth of rows of any scores.
    pub const ROWS: Self = Self {
        rows: true,
        scores: ScoreKind::Any,
        rank: false,
        squares: false,
        mean: None,
        loss: None,
    };

    /// The same of rows of logits.
    pub const LOGITS: Self = Self { scores: ScoreKind::Logits, ..Self::ROWS };

    /// The same of rows of probabilities.
    pub const PROBABILITIES: Self = Self { scores: ScoreKind::Probabilities, ..Self::ROWS };

    /// Two vectors.
    pub const VECTORS: Self = Self { scores: ScoreKind::Vectors, ..Self::ROWS };

    /// The union of both. If they are not [compatible](Self::compatible_with), `other`
    /// decides.
    pub fn and(self, other: Self) -> Self {
        Self {
            rows: self.rows | other.rows,
            scores: if other.scores == ScoreKind::Any { self.scores } else { other.scores },
            rank: self.rank | other.rank,
            squares: self.squares | other.squares,
            mean: other.mean.or(self.mean),
            loss: other.loss.or(self.loss),
        }
    }

    /// Whether one row summary can serve both.
    pub fn compatible_with(self, other: Self) -> bool {
        let scores = [self.scores, other.scores];
        let means = (self.mean, other.mean);
        (scores.contains(&ScoreKind::Any) || self.scores == other.scores)
            && !matches!(means, (Some(one), Some(other)) if one != other)
    }

    /// Whether the elements of rows are taken for probabilities: as scores, or for a divergence.
    pub fn are_probabilities(self) -> bool {
        match self.scores {
            ScoreKind::Any | ScoreKind::Logits => false,
            ScoreKind::Probabilities => true,
            ScoreKind::Vectors => self.mean.is_some(),
        }
    }
}
