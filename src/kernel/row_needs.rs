//! What values need of rows of scores, so that a row is looked at for all of them at once.

use crate::statistic::{Plan, Statistic, Task, ValueFn, ValueSpec};

/// What a row's scores are taken for, as far as sums of them go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScoreKind {
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

/// Which parts of a [`RowSummary`](crate::statistic::RowSummary) the values of a plan look at, besides arg max, truth and their scores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowNeeds {
    /// Whether any looks at rows at all.
    pub rows: bool,
    /// What the scores are.
    pub scores: ScoreKind,
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

impl RowNeeds {
    /// What all values of a plan need. If they do not go together, that of the last.
    pub fn of(plan: &Plan) -> Self {
        let mut all = Self::default();
        let of_contests = plan.contests.iter().map(|contests| contests.row_needs());
        let of_statistics = plan.statistics.iter().map(|statistic| statistic.row_needs());
        for need in of_statistics.chain(of_contests) {
            all = Self {
                rows: all.rows | need.rows,
                scores: if need.scores == ScoreKind::Any { all.scores } else { need.scores },
                rank: all.rank | need.rank,
                squares: all.squares | need.squares,
                mean: need.mean.or(all.mean),
                loss: need.loss.or(all.loss),
            };
        }
        all
    }

    /// Whether a row that is reduced for both needs can serve either.
    pub fn compatible_with(self, other: Self) -> bool {
        let scores = [self.scores, other.scores];
        let means = (self.mean, other.mean);
        (scores.contains(&ScoreKind::Any) || self.scores == other.scores)
            && !matches!(means, (Some(one), Some(other)) if one != other)
    }
}

impl Statistic {
    /// What it needs of rows.
    pub fn row_needs(self) -> RowNeeds {
        let need = |value: ValueSpec| value.function.row_needs(value.parameter.to_bits());
        self.value().map(need).unwrap_or_default()
    }
}

impl ValueFn {
    /// The task of the rows that it looks at, if it is a value of rows.
    pub fn task_of_rows(self) -> Option<Task> {
        let RowNeeds { rows, scores, .. } = self.row_needs(0);
        let task = if scores == ScoreKind::Vectors { Task::Regression } else { Task::Multiclass };
        rows.then_some(task)
    }

    /// Whether it is a value of rows that takes soft truths as well.
    pub fn accepts_soft_truths(self) -> bool {
        !matches!(self, Self::CategoricalHinge | Self::SoftmaxBrier | Self::BrierOfProbabilities)
    }

    /// What a value needs of rows.
    pub fn row_needs(self, parameter: u32) -> RowNeeds {
        let need = RowNeeds { rows: true, ..RowNeeds::default() };
        let logits = RowNeeds { scores: ScoreKind::Logits, ..need };
        let probabilities = RowNeeds { scores: ScoreKind::Probabilities, ..need };
        let vectors = RowNeeds { scores: ScoreKind::Vectors, ..need };
        match self {
            Self::TopK => RowNeeds { rank: true, ..need },
            Self::CategoricalHinge => need,
            Self::SoftmaxLoss => RowNeeds { loss: Some(0), ..logits },
            Self::MaxSoftmax => logits,
            Self::UniformCrossEntropy => RowNeeds { mean: Some(0), ..logits },
            Self::SoftmaxBrier => RowNeeds { squares: true, ..logits },
            Self::CrossEntropyOfProbabilities => {
                RowNeeds { loss: Some(parameter), ..probabilities }
            }
            Self::MaxProbability => probabilities,
            Self::UniformCrossEntropyOfProbabilities => {
                RowNeeds { mean: Some(parameter), ..probabilities }
            }
            Self::BrierOfProbabilities => RowNeeds { squares: true, ..probabilities },
            Self::Cosine => RowNeeds { squares: true, ..vectors },
            Self::Divergence => RowNeeds { mean: Some(parameter), ..vectors },
            _ => RowNeeds::default(),
        }
    }
}
