//! Rows of scores as binary samples, one binary problem at a time.

use super::job::Job;
use super::problem_scores::Scorer;
use super::ranges::accumulate;
use super::samples::Samples;
use super::simd::InstructionSet;
use crate::batch::{Chunk, DoubleChunk};
use crate::error::Error;
use crate::kernel::StandardFloats;
use crate::kernel::bits::{MASKED, ONE, OUTSIDE};
use crate::kernel::row::{NO_CLASS, RowSummary};
use crate::kernel::row_f64::{self, RowSummaryF64};
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

/// Samples that may be rows of scores.
pub(crate) trait SamplesWithProblems: Samples {
    /// Adds them to the totals of all binary problems of a family: its number of classes, and the
    /// scale of the scores.
    fn accumulate_problems(
        &self,
        row_needs: RowNeeds,
        family: &Family,
        problems: (u32, ScoreScale),
        instructions: InstructionSet,
        totals: &mut [Totals],
    ) -> Result<(), Error>;
}

impl SamplesWithProblems for Chunk<'_> {
    fn accumulate_problems(
        &self,
        row_needs: RowNeeds,
        family: &Family,
        (classes, scale): (u32, ScoreScale),
        instructions: InstructionSet,
        totals: &mut [Totals],
    ) -> Result<(), Error> {
        let samples = (SCORES / classes as usize).clamp(MIN_SAMPLES, MAX_SAMPLES);
        let job = Job { statistics: &family.statistics, row_needs: RowNeeds::default() };
        let schema = family.columns(self.schema.task, self.schema.classes);
        let mut rows = Vec::new();
        for start in (0..self.len()).step_by(samples) {
            let part = self.slice(start..self.len().min(start + samples));
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
            totals.par_iter_mut().enumerate().try_for_each(|(index, totals)| {
                let problem = family.kind.problem(index);
                let (truth, weight) = (labels(problem, &rows), weights(problem, &rows, &part));
                let samples = Chunk {
                    schema,
                    prediction: &scores[problem.positive as usize],
                    truth: &truth,
                    weight: weight.as_deref(),
                    masked: part.masked || problem.negative.is_some(),
                };
                accumulate(job, &samples, instructions, totals)
            })?;
        }
        Ok(())
    }
}

impl SamplesWithProblems for DoubleChunk<'_> {
    fn accumulate_problems(
        &self,
        row_needs: RowNeeds,
        family: &Family,
        (classes, scale): (u32, ScoreScale),
        instructions: InstructionSet,
        totals: &mut [Totals],
    ) -> Result<(), Error> {
        let samples = (SCORES / classes as usize).clamp(MIN_SAMPLES, MAX_SAMPLES);
        let job = Job { statistics: &family.statistics, row_needs: RowNeeds::default() };
        let schema = family.columns(self.schema.task, self.schema.classes);
        let (mut scores, mut truth, mut weight) = (Vec::new(), Vec::new(), Vec::new());
        let mut rows = Vec::new();
        for start in (0..self.len()).step_by(samples) {
            let part = self.slice(start..self.len().min(start + samples));
            let (scores, truth) = (part.prediction(&mut scores), part.truth(&mut truth));
            row_f64::reduce_all(row_needs, part.schema, scores, truth, &mut rows);
            let weight = part.weight(|index| rows[index].truth, &mut weight);
            let unmasked: Vec<_> = (0..part.len()).map(|index| !part.is_masked(index)).collect();
            let score_of = |class: u32| -> Vec<f64> {
                let _floats = StandardFloats::set();
                let of_logits = scale == ScoreScale::LogOdds;
                let rows = rows.iter().zip(scores.chunks(classes as usize));
                rows.map(|(row, scores)| {
                    row.problem_score(scores[class as usize], class, of_logits)
                })
                .collect()
            };
            let scores: Vec<_> = (0..classes).into_par_iter().map(score_of).collect();
            totals.par_iter_mut().enumerate().try_for_each(|(index, totals)| {
                let problem = family.kind.problem(index);
                let labels = rows.iter().map(|row| label(problem, row.truth)).collect::<Vec<_>>();
                let included = |(row, &unmasked): (&RowSummaryF64, &bool)| {
                    unmasked && (row.truth == NO_CLASS || !problem.excludes(row.truth))
                };
                let mask: Vec<_> = rows.iter().zip(&unmasked).map(included).collect();
                let samples = part.binary_samples(
                    schema,
                    &scores[problem.positive as usize],
                    &labels,
                    weight,
                    &mask,
                );
                accumulate(job, &samples, instructions, totals)
            })?;
        }
        Ok(())
    }
}

/// 1 for a sample of the positive class, 0 for others, and an invalid label if the class is
/// invalid.
fn label(problem: BinaryProblem, truth: u32) -> u32 {
    match truth {
        NO_CLASS => NO_CLASS,
        truth => u32::from(truth == problem.positive),
    }
}

/// 1 for samples of the positive class, 0 for others, and an invalid label if the class is invalid.
fn labels(problem: BinaryProblem, rows: &[RowSummary]) -> Vec<u32> {
    rows.iter().map(|row| label(problem, row.truth)).collect()
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
        match part.weight.map_or(ONE, |weight| weight[index]) {
            _ if row.truth != NO_CLASS && problem.excludes(row.truth) => MASKED,
            // In a chunk without a mask, this value is a NaN.
            MASKED if !part.masked => OUTSIDE,
            weight => weight,
        }
    };
    Some(rows.iter().enumerate().map(weight).collect())
}
