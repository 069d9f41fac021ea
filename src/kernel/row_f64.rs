//! Summaries of rows in double precision, from which values are computed.
//!
//! They contain what those of [`row`](super::row) contain. A sum is added up in the order of the
//! classes, with about twice the digits, so that it is rounded once.

use super::bits::two_to;
use super::deviance_f64::ratio_defect;
use super::double_f64::{CompensatedSum, two_sum};
use super::math_f64::{exponential, ln, ln1p};
use super::row::{
    NO_CLASS, ROW_CLIPPED, ROW_NONFINITE, ROW_OUTSIDE, ROW_SOFT, ROW_TRUTH_NONFINITE,
    ROW_UNNORMALIZED,
};
use super::row_needs::{RowNeeds, ScoreKind};
use crate::task::Schema;

/// The largest difference of a sum of probabilities from 1, and of a sum of soft truths.
const TOLERANCE: f64 = 1.0 / 2048.0;
const SOFT_TOLERANCE: f64 = 1.0 / 256.0;

/// The summary of a row of scores and its truth. The fields are those of
/// [`RowSummary`](super::row::RowSummary), but sums of vectors have no units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowSummaryF64 {
    /// The class of the largest score, the lowest of several.
    pub arg_max: u32,
    /// The true class, or `NO_CLASS` if the truth is not a class.
    pub truth: u32,
    /// Number of classes before the true one in descending order of scores.
    pub rank: u32,
    /// The flags `ROW_…` that apply.
    pub flags: u32,
    /// The largest score.
    pub max: f64,
    /// The largest score of the other classes.
    pub runner_up: f64,
    /// The score of the true class; for soft truths, Σ t (max − z) or Σ t (−ln max(p, eps)); for
    /// vectors, Σ t².
    pub truth_score: f64,
    /// For logits, Σ e^(z − runner-up) over all classes but the arg max; for vectors, Σ p t.
    pub sum: f64,
    /// The sum of the squares of these terms, of the probabilities but the largest, or of the
    /// elements of a vector of predictions; for soft truths, if losses are needed, Σ t.
    pub sum_of_squares: f64,
    /// The mean of max − z, or of −ln max(p, eps); for vectors, the divergence.
    pub mean: f64,
}

impl RowSummaryF64 {
    /// e^(runner-up − max).
    #[inline(always)]
    pub(crate) fn runner_up_over_max(&self) -> f64 {
        let gap = two_sum(self.runner_up, -self.max);
        let power = exponential(gap.high);
        if gap.high.is_finite() { power + power * gap.low } else { 0.0 }
    }

    /// Σ e^(z − max) over all classes but the arg max, which is 1 / p − 1 for its probability p.
    #[inline(always)]
    pub(crate) fn exp_sum_without_max(&self) -> f64 {
        self.runner_up_over_max() * self.sum
    }
}

impl RowSummaryF64 {
    /// The score of a class in a binary problem: its score in the row or, if `of_logits`, its
    /// log-odds, as in [`log_odds`](super::log_odds). NaN if any score of the row is not finite.
    pub(crate) fn problem_score(&self, score: f64, class: u32, of_logits: bool) -> f64 {
        if self.flags & ROW_NONFINITE != 0 {
            return f64::NAN;
        }
        if of_logits { self.log_odds(score, class) } else { score }
    }

    /// The log-odds of a class among logits, within 2^-51 of its magnitude plus that of 2 ln K.
    fn log_odds(&self, score: f64, class: u32) -> f64 {
        let bounded = |x: f64| x.clamp(f64::MIN, f64::MAX);
        if class == self.arg_max {
            return bounded(self.max - self.runner_up) - ln(self.sum);
        }
        let other_terms = self.sum - exponential(score - self.runner_up);
        bounded(score - self.max) - ln1p(self.runner_up_over_max() * other_terms.max(0.0))
    }
}

/// Summarizes the rows of a block: of scores and classes or soft truths, or of two vectors.
pub(crate) fn reduce_all(
    needs: RowNeeds,
    schema: Schema,
    scores: &[f64],
    truths: &[f64],
    rows: &mut Vec<RowSummaryF64>,
) {
    let pairs = scores.chunks(schema.prediction_width()).zip(truths.chunks(schema.truth_width()));
    rows.clear();
    rows.extend(pairs.map(|(scores, truth)| match truth {
        _ if schema.has_vectors() => of_vectors(needs, scores, truth),
        _ if schema.soft => of_soft(needs, scores, truth),
        // What is not a class saturates, and is then not a class of the row either.
        &[class] => of_scores(needs, scores, class as u32),
        _ => RowSummaryF64::default(),
    }));
}

/// A number; 0 for an infinity or NaN.
#[inline(always)]
fn finite_or_zero(x: f64) -> f64 {
    if x.is_finite() { x } else { 0.0 }
}

#[inline(always)]
fn flag_if(applies: bool, flag: u32) -> u32 {
    if applies { flag } else { 0 }
}

fn is_probability(x: f64) -> bool {
    (0.0..=1.0).contains(&x)
}

/// The summary of a row of scores and its true class.
pub fn of_scores(needs: RowNeeds, scores: &[f64], truth: u32) -> RowSummaryF64 {
    let of_probabilities = needs.scores == ScoreKind::Probabilities;
    let scores = || scores.iter().map(|&score| (score, finite_or_zero(score)));
    let mut row = RowSummaryF64 { max: f64::NEG_INFINITY, ..RowSummaryF64::default() };
    row.runner_up = f64::NEG_INFINITY;
    let (mut lowest, mut classes) = (f64::INFINITY, 0_u32);
    row.truth = NO_CLASS;
    for (class, (raw, score)) in (0..).zip(scores()) {
        row.flags |= flag_if(!raw.is_finite(), ROW_NONFINITE);
        row.flags |= flag_if(of_probabilities && !is_probability(score), ROW_OUTSIDE);
        if score > row.max {
            row.runner_up = row.max;
            (row.max, row.arg_max) = (score, class);
        } else if score > row.runner_up {
            row.runner_up = score;
        }
        if class == truth {
            (row.truth, row.truth_score) = (class, score);
        }
        lowest = lowest.min(score);
        classes += 1;
    }
    if needs.rank && row.truth != NO_CLASS {
        let before = (0..).zip(scores()).filter(|&(class, (_, score))| {
            score > row.truth_score || score == row.truth_score && class < truth
        });
        row.rank = before.count() as u32;
    }
    let others = || (0..).zip(scores()).filter(|&(class, _)| class != row.arg_max);
    let (mut sum, mut squares) = (CompensatedSum::ZERO, CompensatedSum::ZERO);
    match needs.scores {
        ScoreKind::Any | ScoreKind::Vectors => {}
        ScoreKind::Logits => {
            for (_, (_, score)) in others() {
                let term = exponential(score - row.runner_up);
                sum.add(term);
                squares.add_product(term, term);
            }
            row.sum = sum.number();
            row.sum_of_squares = if needs.squares { squares.number() } else { 0.0 };
        }
        ScoreKind::Probabilities => {
            scores().filter(|&(_, p)| is_probability(p)).for_each(|(_, p)| sum.add(p));
            row.flags |= flag_if((sum.number() - 1.0).abs() > TOLERANCE, ROW_UNNORMALIZED);
            if needs.squares {
                let probabilities = others().filter(|&(_, (_, p))| is_probability(p));
                probabilities.for_each(|(_, (_, p))| squares.add_product(p, p));
                row.sum_of_squares = squares.number();
            }
        }
    }
    if let Some(eps) = needs.mean.map(|eps| eps.double) {
        let mut mean = CompensatedSum::ZERO;
        for (_, score) in scores() {
            if eps == 0.0 {
                let gap = two_sum(row.max, -score);
                mean.add(gap.high);
                mean.add(gap.low);
            } else if score <= 1.0 {
                mean.add(ln(if score < eps { eps } else { score }).abs());
            }
        }
        let spread = row.max - lowest;
        row.mean = if eps == 0.0 && !spread.is_finite() {
            spread
        } else {
            mean.number() / f64::from(classes)
        };
    }
    row
}

/// The class of a soft truth: the class with the largest probability, the lowest of several.
/// Elements that are not probabilities count as zero.
pub(crate) fn soft_class(truth: &[f64]) -> u32 {
    let (mut class, mut largest) = (0, 0.0);
    for (label, &t) in (0..).zip(truth) {
        if t > largest && t <= 1.0 {
            (class, largest) = (label, t);
        }
    }
    class
}

/// Whether a soft truth is a distribution: probabilities that sum to nearly 1.
pub(crate) fn is_distribution(truth: &[f64]) -> bool {
    let mut sum = CompensatedSum::ZERO;
    truth.iter().for_each(|&t| sum.add(finite_or_zero(t)));
    truth.iter().all(|&t| is_probability(t)) && (sum.number() - 1.0).abs() <= SOFT_TOLERANCE
}

/// The summary of a row of scores and its soft truth.
pub fn of_soft(needs: RowNeeds, scores: &[f64], truth: &[f64]) -> RowSummaryF64 {
    let mut row = of_scores(needs, scores, soft_class(truth));
    row.flags |= ROW_SOFT;
    if !is_distribution(truth) {
        row.truth = NO_CLASS;
    }
    let Some(eps) = needs.loss.map(|eps| eps.double) else { return row };
    let (mut sum, mut losses) = (CompensatedSum::ZERO, CompensatedSum::ZERO);
    let elements = scores.iter().zip(truth).map(|(&score, &t)| (finite_or_zero(score), t));
    let mut overflows = false;
    for (score, t) in elements.filter(|&(_, t)| t > 0.0 && t <= 1.0) {
        sum.add(t);
        if eps == 0.0 {
            let gap = two_sum(row.max, -score);
            // Products of larger numbers are not exact; losses of this size overflow.
            if gap.high < two_to(900) {
                losses.add_product(t, gap.high);
                losses.add(t * gap.low);
            } else {
                overflows = true;
            }
        } else {
            row.flags |= flag_if(score < eps, ROW_CLIPPED);
            let loss = ln(score.clamp(eps, 1.0)).abs();
            losses.add_product(t, loss);
        }
    }
    row.truth_score = if overflows { f64::INFINITY } else { losses.number() };
    row.sum_of_squares = sum.number();
    row
}

/// The summary of two vectors.
pub fn of_vectors(needs: RowNeeds, prediction: &[f64], truth: &[f64]) -> RowSummaryF64 {
    let mut row = RowSummaryF64::default();
    let elements = || prediction.iter().zip(truth).map(|(&p, &t)| [p, t]);
    let finite = || elements().map(|pair| pair.map(finite_or_zero));
    for [p, t] in elements() {
        row.flags |= flag_if(!p.is_finite(), ROW_NONFINITE);
        row.flags |= flag_if(!t.is_finite(), ROW_TRUTH_NONFINITE);
    }
    if needs.squares {
        // Powers of two keep the products in range.
        let scale = |of: usize| {
            let largest = finite().map(|pair| pair[of].abs()).fold(0.0, f64::max);
            libm::scalbn(1.0, 1023 - (largest.to_bits() >> 52) as i32)
        };
        let [of_p, of_t] = [scale(0), scale(1)];
        let mut sums = [CompensatedSum::ZERO; 3];
        for [p, t] in finite() {
            let [p, t] = [p * of_p, t * of_t];
            sums[0].add_product(p, t);
            sums[1].add_product(p, p);
            sums[2].add_product(t, t);
        }
        [row.sum, row.sum_of_squares, row.truth_score] = sums.map(CompensatedSum::number);
    }
    if let Some(eps) = needs.mean.map(|eps| eps.double) {
        let (mut divergence, mut sums) = (CompensatedSum::ZERO, [CompensatedSum::ZERO; 2]);
        for [p, t] in finite() {
            if !is_probability(p) || !is_probability(t) {
                row.flags |= ROW_OUTSIDE;
                continue;
            }
            row.flags |= flag_if(p < eps && t != 0.0, ROW_CLIPPED);
            let counted = if p < eps { eps } else { p };
            // t ln(t/p) is the sum of t ln(t/p) − t + p, which is never negative, and of t − p.
            let half = if t == 0.0 { counted } else { t * ratio_defect(counted, t) };
            divergence.add(half);
            divergence.add(t);
            divergence.add(-counted);
            sums[0].add(p);
            sums[1].add(t);
        }
        row.mean = divergence.number();
        let normalized = |sum: CompensatedSum| (sum.number() - 1.0).abs() <= TOLERANCE;
        row.flags |= flag_if(!sums.into_iter().all(normalized), ROW_UNNORMALIZED);
    }
    row
}
