//! What values need of rows of scores, so that a row is looked at for all of them at once.

use crate::statistic::{Statistic, Task, ValueFn, ValueSpec};

/// What a row's scores are taken for, as far as sums of them go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scores {
    /// Anything that has an order.
    #[default]
    Any,
    /// Logits: the probabilities of the classes are e^z / Σ e^z.
    Logits,
    /// Probabilities.
    Probabilities,
    /// No scores but numbers, beside rows of truths.
    Vectors,
}

/// Which parts of a [`Row`](crate::statistic::Row) the values of a plan look at, besides arg max, truth and their scores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reduction {
    /// Whether any looks at rows at all.
    pub rows: bool,
    /// What the scores are.
    pub scores: Scores,
    /// Whether ranks are looked at.
    pub rank: bool,
    /// Whether squares are looked at.
    pub squares: bool,
    /// Whether means are looked at: the bits of the least probability that counts, 0 for logits. Of
    /// vectors, whether the divergence is.
    pub mean: Option<u32>,
    /// Whether losses are looked at, of which soft truths take a sum: the bits of the least
    /// probability that counts, 0 for logits.
    pub loss: Option<u32>,
}

impl Reduction {
    /// What both need. If they do not go together, that of the other.
    pub fn with(self, other: Self) -> Self {
        Self {
            rows: self.rows | other.rows,
            scores: if other.scores == Scores::Any { self.scores } else { other.scores },
            rank: self.rank | other.rank,
            squares: self.squares | other.squares,
            mean: other.mean.or(self.mean),
            loss: other.loss.or(self.loss),
        }
    }

    /// Whether a row that is reduced for both needs can serve either.
    pub fn compatible_with(self, other: Self) -> bool {
        let scores = [self.scores, other.scores];
        let means = (self.mean, other.mean);
        (scores.contains(&Scores::Any) || self.scores == other.scores)
            && !matches!(means, (Some(one), Some(other)) if one != other)
    }
}

impl Statistic {
    /// What it needs of rows.
    pub fn reduction(self) -> Reduction {
        let need = |value: ValueSpec| value.function.reduction(value.parameter.to_bits());
        self.value().map(need).unwrap_or_default()
    }
}

impl ValueFn {
    /// The task of the rows that it looks at, if it is a value of rows.
    pub fn task_of_rows(self) -> Option<Task> {
        let Reduction { rows, scores, .. } = self.reduction(0);
        let task = if scores == Scores::Vectors { Task::Regression } else { Task::Multiclass };
        rows.then_some(task)
    }

    /// Whether it is a value of rows that takes soft truths as well.
    pub fn accepts_soft_truths(self) -> bool {
        !matches!(self, Self::CategoricalHinge | Self::SoftmaxBrier | Self::BrierOfProbabilities)
    }

    /// What a value needs of rows.
    pub fn reduction(self, parameter: u32) -> Reduction {
        let need = Reduction { rows: true, ..Reduction::default() };
        let logits = Reduction { scores: Scores::Logits, ..need };
        let probabilities = Reduction { scores: Scores::Probabilities, ..need };
        let vectors = Reduction { scores: Scores::Vectors, ..need };
        match self {
            Self::TopK => Reduction { rank: true, ..need },
            Self::CategoricalHinge => need,
            Self::SoftmaxLoss => Reduction { loss: Some(0), ..logits },
            Self::MaxSoftmax => logits,
            Self::UniformCrossEntropy => Reduction { mean: Some(0), ..logits },
            Self::SoftmaxBrier => Reduction { squares: true, ..logits },
            Self::CrossEntropyOfProbabilities => {
                Reduction { loss: Some(parameter), ..probabilities }
            }
            Self::MaxProbability => probabilities,
            Self::UniformCrossEntropyOfProbabilities => {
                Reduction { mean: Some(parameter), ..probabilities }
            }
            Self::BrierOfProbabilities => Reduction { squares: true, ..probabilities },
            Self::Cosine => Reduction { squares: true, ..vectors },
            Self::Divergence => Reduction { mean: Some(parameter), ..vectors },
            _ => Reduction::default(),
        }
    }
}
