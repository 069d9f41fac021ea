//! Sums of weights by label, in the order of scores: exactly, from stored scores, or as far as a histogram
//! knows it.

use super::{AVERAGE, Arguments, Axes, Definition, Parameter, Settings, Side};
use crate::error::{Error, ScoreError, Undefined};
use crate::exact::WeightSum;
use crate::statistic::bits::ONE;
use crate::statistic::histogram::MOST_BINS;
use crate::statistic::{Division, Statistic, StoredSample, StoredScores, Task};

/// The number of bins of a histogram of scores.
pub const HISTOGRAM_BINS: Parameter = Parameter {
    name: "bins",
    least: 2.0,
    greatest: MOST_BINS as f64,
    whole: true,
    summary: "counts scores in so many bins, in memory that does not grow, instead of storing them",
    ..Parameter::NUMBER
};

/// How the bins of a histogram divide the line of scores.
pub const SPACING: Parameter = Parameter {
    name: "spacing",
    choices: &["adaptive", "uniform"],
    summary: "half of the bins of equal width and half narrower where scores crowd (adaptive, if nothing \
              is said), or all of equal width",
    ..Parameter::NUMBER
};

/// What metrics over the order of scores have in common.
pub(super) const RANKING: Definition = Definition {
    tasks: &[Task::Binary, Task::Multilabel],
    parameters: &[HISTOGRAM_BINS, SPACING],
    axes: Axes::Labels(&["value", "low", "high"]),
    label_average: Some(&AVERAGE),
    statistics,
    check,
    support: |arguments, side| Ok(Ranking::of(arguments, side)?.positives.to_integer()),
    ..Definition::PLAIN
};

/// The scores themselves, or their histogram where bins are asked for; both, where the one takes over from
/// the other when memory ends.
pub(super) fn statistics(arguments: &Arguments) -> Vec<Statistic> {
    let bins = arguments.optional(HISTOGRAM_BINS.name).map(|bins| bins as u32);
    let fallback = arguments.settings.fallback_bins;
    let histogram = bins.or(fallback).map(|bins| histogram(arguments, bins));
    let scores = if bins.is_none() { Some(Statistic::Scores) } else { None };
    scores.into_iter().chain(histogram).collect()
}

/// Fails if there is a spacing, but nothing to space.
fn check(arguments: &Arguments) -> Result<(), Error> {
    let given = |parameter: &Parameter| arguments.optional(parameter.name).is_some();
    if given(&SPACING) && !given(&HISTOGRAM_BINS) && arguments.settings.fallback_bins.is_none() {
        return Err(ScoreError::SpacingWithoutBins.into());
    }
    Ok(())
}

fn histogram(arguments: &Arguments, bins: u32) -> Statistic {
    let Settings { from_logits, .. } = arguments.settings;
    let uniform = arguments.optional(SPACING.name) == Some(1.0);
    let division = if uniform { Division::uniform } else { Division::adaptive };
    Statistic::Histogram { division: division(from_logits, bins) }
}

/// Samples that have the same score, or whose scores share a bin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// The score; none of a bin, whose samples have several.
    pub score: Option<f32>,
    /// Sums of their weights by label.
    pub negatives: WeightSum,
    pub positives: WeightSum,
}

/// Groups of samples in the order of scores.
pub(super) struct Ranking<'a> {
    order: Order<'a>,
    /// Sums over all groups.
    pub negatives: WeightSum,
    pub positives: WeightSum,
}

enum Order<'a> {
    Scores { samples: &'a [StoredSample], weighted: bool },
    Bins(Vec<Group>),
}

impl<'a> Ranking<'a> {
    /// The order of a metric's scores.
    pub fn of(arguments: &Arguments, side: &Side<'a>) -> Result<Self, Undefined> {
        let order = match statistics(arguments)[..] {
            [Statistic::Scores, ref fallback @ ..] => {
                let scores = side.scores(Statistic::Scores)?;
                match fallback.first() {
                    Some(histogram) if scores.is_dropped() => side.histogram(*histogram)?,
                    None if scores.is_dropped() => return Err(Undefined::ScoresDropped),
                    _ => side.order_of(scores),
                }
            }
            [histogram, ..] => side.histogram(histogram)?,
            [] => Order::Bins(Vec::new()),
        };
        Ok(Self::new(order))
    }

    /// The order of scores.
    #[cfg(test)]
    pub fn of_scores(scores: &'a StoredScores, weighted: bool) -> Self {
        Self::new(Order::Scores { samples: scores.samples(), weighted })
    }

    fn new(order: Order<'a>) -> Self {
        let [mut negatives, mut positives] = [WeightSum::ZERO; 2];
        let ranking = Self { order, negatives, positives };
        match &ranking.order {
            Order::Scores { samples, weighted } => {
                for sample in *samples {
                    let sum = if sample.label() == 1 { &mut positives } else { &mut negatives };
                    sum.add_weight(if *weighted { sample.weight() } else { ONE });
                }
            }
            Order::Bins(bins) => {
                for bin in bins {
                    negatives.add(&bin.negatives);
                    positives.add(&bin.positives);
                }
            }
        }
        Self { negatives, positives, ..ranking }
    }

    /// Whether groups are bins, whose samples may have several scores.
    pub fn is_binned(&self) -> bool {
        matches!(self.order, Order::Bins(_))
    }

    /// The groups that weigh anything, that of the highest scores first.
    pub fn groups(&self) -> Groups<'_> {
        match &self.order {
            Order::Scores { samples, weighted } => Groups::Scores { samples, weighted: *weighted },
            Order::Bins(bins) => Groups::Bins(bins.iter().rev()),
        }
    }

    /// The same, if there is weight of label 1.
    pub fn with_positives(self) -> Result<Self, Undefined> {
        if self.positives.is_zero() { Err(Undefined::OneLabel { label: 0 }) } else { Ok(self) }
    }

    /// The same, if there is weight of both labels.
    pub fn with_both(self) -> Result<Self, Undefined> {
        let ranking = self.with_positives()?;
        if ranking.negatives.is_zero() {
            return Err(Undefined::OneLabel { label: 1 });
        }
        Ok(ranking)
    }
}

impl<'a> Side<'a> {
    fn order_of(&self, scores: &'a StoredScores) -> Order<'a> {
        Order::Scores { samples: scores.samples(), weighted: self.is_weighted() }
    }

    fn histogram(&self, statistic: Statistic) -> Result<Order<'a>, Undefined> {
        let group =
            |[negatives, positives]: [WeightSum; 2]| Group { score: None, negatives, positives };
        Ok(Order::Bins(self.bins(statistic)?.map(group).collect()))
    }
}

/// Groups that weigh anything, from the highest scores to the lowest.
pub(super) enum Groups<'a> {
    Scores { samples: &'a [StoredSample], weighted: bool },
    Bins(std::iter::Rev<std::slice::Iter<'a, Group>>),
}

impl Iterator for Groups<'_> {
    type Item = Group;

    #[inline]
    fn next(&mut self) -> Option<Group> {
        let (rest, weighted) = match self {
            Self::Bins(bins) => return bins.next().copied(),
            Self::Scores { samples, weighted } => (samples, *weighted),
        };
        let mut group =
            Group { score: None, negatives: WeightSum::ZERO, positives: WeightSum::ZERO };
        while let [others @ .., last] = *rest {
            if group.score.is_some_and(|score| score != last.score()) {
                break;
            }
            *rest = others;
            let weight = if weighted { last.weight() } else { ONE };
            if weight != 0 {
                group.score = Some(last.score());
                let sum =
                    if last.label() == 1 { &mut group.positives } else { &mut group.negatives };
                sum.add_weight(weight);
            }
        }
        group.score.map(|_| group)
    }
}

/// What share of a whole a part is, as an `f64`: three roundings.
#[inline(always)]
pub(super) fn share(part: &WeightSum, whole: &WeightSum) -> f64 {
    part.to_f64() / whole.to_f64()
}
