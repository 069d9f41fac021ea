//! The scores of a class in the binary problems that it takes part in.

use crate::batch::Chunk;
use crate::kernel::log_odds::problem_score;
use crate::kernel::row::RowSummary;
use crate::statistic::ScoreScale;

/// Computes the scores of a class.
pub(super) struct Scorer<'a> {
    pub part: &'a Chunk<'a>,
    pub rows: &'a [RowSummary],
    pub class: u32,
    pub scale: ScoreScale,
}

impl Scorer<'_> {
    /// Computes the score of each sample.
    #[inline(always)]
    pub fn score(&self, scores: &mut [u32]) {
        let &Self { part, rows, class, scale } = self;
        let of_logits = scale == ScoreScale::LogOdds;
        let row_scores = part.prediction.chunks_exact(part.schema.prediction_width());
        for ((score, row), row_scores) in scores.iter_mut().zip(rows).zip(row_scores) {
            *score = problem_score(row, row_scores[class as usize], class, of_logits);
        }
    }
}
