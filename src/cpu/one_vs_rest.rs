//! Classes held against others: rows of scores as samples of two labels, contest by contest.

use super::{InstructionSet, accumulate};
use crate::batch::Chunk;
use crate::kernel::bits::{MASKED, ONE, OUTSIDE};
use crate::kernel::log_odds::contest_score;
use crate::kernel::row::NO_CLASS;
use crate::kernel::row::RowSummary;
use crate::statistic::{Contests, Plan, Totals, Versus};
use rayon::prelude::*;
use std::borrow::Cow;

/// Scores of all classes that are made at a time.
const SCORES: usize = 1 << 20;

/// Samples that are taken at a time, at least: as many as make a step of short rows; and at most.
const MIN_SAMPLES: usize = 256;
const MAX_SAMPLES: usize = 1 << 17;

/// Samples whose rows one thread reduces at a time.
const ROWS: usize = 1 << 10;

/// Adds the samples of `chunk` to the totals of all contests.
pub(crate) fn accumulate_contests(
    plan: &Plan,
    contests: &Contests,
    chunk: &Chunk<'_>,
    instructions: InstructionSet,
    totals: &mut [Totals],
) {
    let samples = (SCORES / contests.classes as usize).clamp(MIN_SAMPLES, MAX_SAMPLES);
    let (mut rows, reduction) = (Vec::new(), plan.row_needs());
    for start in (0..chunk.len()).step_by(samples) {
        let part = chunk.slice(start..chunk.len().min(start + samples));
        rows.resize(part.len(), RowSummary::default());
        rows.par_chunks_mut(ROWS).enumerate().for_each(|(index, rows)| {
            let start = index * ROWS;
            instructions.reduce(reduction, &part.slice(start..start + rows.len()), rows);
        });
        let scores_of = |class| {
            let mut scores = vec![0; part.len()];
            let scorer = Scorer { part: &part, rows: &rows, class, of_logits: contests.of_logits };
            instructions.score(&scorer, &mut scores);
            scores
        };
        let scores: Vec<_> = (0..contests.classes).into_par_iter().map(scores_of).collect();
        totals.par_iter_mut().enumerate().for_each(|(index, totals)| {
            let versus = contests.get(index);
            let (truth, weight) = (labels(versus, &rows), weights(versus, &rows, &part));
            let samples = Chunk {
                schema: contests.plan.schema(false),
                prediction: &scores[versus.class as usize],
                truth: &truth,
                weight: weight.as_deref(),
                masked: part.masked || versus.other.is_some(),
            };
            accumulate(&contests.plan, &samples, instructions, totals);
        });
    }
}

/// Makes the scores of a class.
pub(super) struct Scorer<'a> {
    part: &'a Chunk<'a>,
    rows: &'a [RowSummary],
    class: u32,
    of_logits: bool,
}

impl Scorer<'_> {
    /// Makes the score of each sample.
    #[inline(always)]
    pub fn score(&self, scores: &mut [u32]) {
        let &Self { part, rows, class, of_logits } = self;
        let given = part.prediction.chunks_exact(part.schema.prediction_width());
        for ((score, row), given) in scores.iter_mut().zip(rows).zip(given) {
            *score = contest_score(row, given[class as usize], class, of_logits);
        }
    }
}

/// 1 for samples of the class, 0 for others, and no label for those of no class.
fn labels(versus: Versus, rows: &[RowSummary]) -> Vec<u32> {
    let label = |row: &RowSummary| match row.truth {
        NO_CLASS => NO_CLASS,
        truth => u32::from(truth == versus.class),
    };
    rows.iter().map(label).collect()
}

/// The weights of samples, those of classes that are left out masked.
fn weights<'a>(versus: Versus, rows: &[RowSummary], part: &Chunk<'a>) -> Option<Cow<'a, [u32]>> {
    if versus.other.is_none() {
        return part.weight.map(Cow::Borrowed);
    }
    let weight = |(index, row): (usize, &RowSummary)| {
        let given = part.weight.map_or(ONE, |weight| weight[index]);
        match given {
            _ if row.truth != NO_CLASS && versus.leaves_out(row.truth) => MASKED,
            // Where nothing is masked, it is a NaN.
            MASKED if !part.masked => OUTSIDE,
            given => given,
        }
    };
    Some(rows.iter().enumerate().map(weight).collect())
}
