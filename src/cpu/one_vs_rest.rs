//! Rows of scores as binary samples, one binary problem at a time.

use super::{InstructionSet, Job, accumulate};
use crate::batch::Chunk;
use crate::kernel::bits::{MASKED, ONE, OUTSIDE};
use crate::kernel::log_odds::problem_score;
use crate::kernel::row::NO_CLASS;
use crate::kernel::row::RowSummary;
use crate::kernel::row_needs::RowNeeds;
use crate::statistic::{BinaryProblem, Family, ScoreScale, Totals};
use rayon::prelude::*;
use std::borrow::Cow;

/// Number of scores, of all classes, that are computed at a time.
const SCORES: usize = 1 << 20;

/// The minimum and the maximum number of samples that are processed at a time. The minimum fills a
/// step of short rows.
const MIN_SAMPLES: usize = 256;
const MAX_SAMPLES: usize = 1 << 17;

/// Number of samples whose rows one thread reduces at a time.
const ROWS: usize = 1 << 10;

/// Adds the samples of `chunk`, which are rows of scores, to the totals of all binary problems of a
/// family.
pub(crate) fn accumulate_problems(
    row_needs: RowNeeds,
    family: &Family,
    chunk: &Chunk<'_>,
    instructions: InstructionSet,
    totals: &mut [Totals],
) {
    let Some((classes, scale)) = family.kind.binary_problems() else { return };
    let samples = (SCORES / classes as usize).clamp(MIN_SAMPLES, MAX_SAMPLES);
    let job = Job { statistics: &family.statistics, row_needs: RowNeeds::default() };
    let schema = family.columns(chunk.schema.task, chunk.schema.classes);
    let mut rows = Vec::new();
    for start in (0..chunk.len()).step_by(samples) {
        let part = chunk.slice(start..chunk.len().min(start + samples));
        rows.resize(part.len(), RowSummary::default());
        rows.par_chunks_mut(ROWS).enumerate().for_each(|(index, rows)| {
            let start = index * ROWS;
            instructions.reduce(row_needs, &part.slice(start..start + rows.len()), rows);
        });
        let scores_of = |class| {
            let mut scores = vec![0; part.len()];
            let scorer = Scorer { part: &part, rows: &rows, class, scale };
            instructions.score(&scorer, &mut scores);
            scores
        };
        let scores: Vec<_> = (0..classes).into_par_iter().map(scores_of).collect();
        totals.par_iter_mut().enumerate().for_each(|(index, totals)| {
            let problem = family.kind.problem(index);
            let (truth, weight) = (labels(problem, &rows), weights(problem, &rows, &part));
            let samples = Chunk {
                schema,
                prediction: &scores[problem.positive as usize],
                truth: &truth,
                weight: weight.as_deref(),
                masked: part.masked || problem.negative.is_some(),
            };
            accumulate(job, &samples, instructions, totals);
        });
    }
}

/// Computes the scores of a class.
pub(super) struct Scorer<'a> {
    part: &'a Chunk<'a>,
    rows: &'a [RowSummary],
    class: u32,
    scale: ScoreScale,
}

impl Scorer<'_> {
    /// Computes the score of each sample.
    #[inline(always)]
    pub fn score(&self, scores: &mut [u32]) {
        let &Self { part, rows, class, scale } = self;
        let of_logits = scale == ScoreScale::LogOdds;
        let given = part.prediction.chunks_exact(part.schema.prediction_width());
        for ((score, row), given) in scores.iter_mut().zip(rows).zip(given) {
            *score = problem_score(row, given[class as usize], class, of_logits);
        }
    }
}

/// 1 for samples of the positive class, 0 for others, and an invalid label if the class is invalid.
fn labels(problem: BinaryProblem, rows: &[RowSummary]) -> Vec<u32> {
    let label = |row: &RowSummary| match row.truth {
        NO_CLASS => NO_CLASS,
        truth => u32::from(truth == problem.positive),
    };
    rows.iter().map(label).collect()
}

/// The weights of the samples; those of excluded classes are masked.
fn weights<'a>(
    problem: BinaryProblem,
    rows: &[RowSummary],
    part: &Chunk<'a>,
) -> Option<Cow<'a, [u32]>> {
    if problem.negative.is_none() {
        return part.weight.map(Cow::Borrowed);
    }
    let weight = |(index, row): (usize, &RowSummary)| {
        let given = part.weight.map_or(ONE, |weight| weight[index]);
        match given {
            _ if row.truth != NO_CLASS && problem.excludes(row.truth) => MASKED,
            // In a chunk without a mask, this value is a NaN.
            MASKED if !part.masked => OUTSIDE,
            given => given,
        }
    };
    Some(rows.iter().enumerate().map(weight).collect())
}
