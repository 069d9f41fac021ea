//! Sums of weights by label, in the order of scores: exactly, from stored scores, or as far as a histogram
//! knows it.

mod groups;
mod order;
mod search;

pub(in crate::metric) use self::groups::{Group, Samples};
pub(in crate::metric) use self::order::{Point, Ranking};
pub(in crate::metric) use self::search::{MIN_RATE, Search, THRESHOLD_AXES};

use crate::error::{Error, ScoreError};
use crate::metric::{
    AVERAGE, Arguments, Axes, CLASS_AVERAGE, MULTI_CLASS, MetricDef, MetricFamily, Parameter,
    Settings,
};
use crate::statistic::histogram::MAX_BINS;
use crate::statistic::{Binning, Statistic, Task};

/// The number of bins of a histogram of scores.
pub const HISTOGRAM_BINS: Parameter = Parameter {
    name: "bins",
    least: 2.0,
    greatest: MAX_BINS as f64,
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
pub(in crate::metric) const RANKING: MetricDef = MetricDef {
    tasks: &[Task::Binary, Task::Multiclass, Task::Multilabel],
    family: MetricFamily::BinaryProblems,
    parameters: &[HISTOGRAM_BINS, SPACING],
    axes: Axes::Labels(&["value", "low", "high"]),
    label_average: Some(&AVERAGE),
    class_parameters: &[CLASS_AVERAGE, MULTI_CLASS],
    statistics,
    check,
    support: |arguments, view| Ok(Ranking::of(arguments, view)?.support()),
    ..MetricDef::BASE
};

/// Curves of several labels.
const MICRO: Parameter = Parameter {
    name: "average",
    default: Some(1.0),
    choices: &["none", "micro"],
    summary: "a curve for each label, or that of all labels together (micro)",
    ..Parameter::NUMBER
};

/// What curves have in common.
pub(in crate::metric) const CURVE: MetricDef =
    MetricDef { label_average: Some(&MICRO), class_parameters: &[], exemptions: &[], ..RANKING };

/// The scores themselves, or their histogram where bins are asked for; both, where the one takes over from
/// the other when memory ends.
fn statistics(arguments: &Arguments) -> Vec<Statistic> {
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
    let division = if uniform { Binning::uniform } else { Binning::adaptive };
    Statistic::Histogram { division: division(from_logits, bins) }
}
