//! Sums of weights by label in the order of scores: exact from stored scores, or approximate from a
//! histogram.

mod groups;
mod order;
mod search;

pub(in crate::metric) use self::groups::{Group, Samples};
pub(in crate::metric) use self::order::{Point, Ranking};
pub(in crate::metric) use self::search::{Search, THRESHOLD_AXES, best_where, min_rate};

use crate::error::{BuildError, Error};
use crate::metric::{
    AVERAGE, Arguments, Axes, Better, CLASS_AVERAGE, CURVE_AVERAGE, Choice, Key, MULTI_CLASS,
    MetricDef, MetricFamily, Settings, UndeclaredParameter,
};
use crate::statistic::histogram::MAX_BINS;
use crate::statistic::{Binning, Statistic, Task};

/// The number of bins of a histogram of scores.
pub const HISTOGRAM_BINS: Key<Option<u32>> = Key {
    name: "bins",
    default: None,
    domain: [2, MAX_BINS],
    summary: "counts scores in this many bins, in memory that does not grow, instead of storing them",
};

/// How the bins of a histogram divide the line of scores.
pub const SPACING: Key<Option<BinSpacing>> = Key {
    name: "spacing",
    default: None,
    domain: &[BinSpacing::Adaptive, BinSpacing::Uniform],
    summary: "half of the bins of equal width and half narrower where scores crowd (adaptive, the \
              default), or all of equal width",
};

/// How the bins of a histogram divide the line of scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinSpacing {
    /// Half of the bins have equal width, and half are narrower where scores crowd.
    Adaptive,
    /// All bins have equal width.
    Uniform,
}

impl Choice for BinSpacing {
    const TYPE: &'static str = "BinSpacing";
    const NAMES: &'static [(&'static str, Self)] =
        &[("adaptive", Self::Adaptive), ("uniform", Self::Uniform)];
}

/// The common parts of metrics of the order of scores.
pub(in crate::metric) const RANKING: MetricDef = MetricDef {
    tasks: &[Task::Binary, Task::Multiclass, Task::Multilabel],
    family: MetricFamily::BinaryProblems,
    parameters: &[&HISTOGRAM_BINS, &SPACING],
    axes: Axes::Labels(&["value", "low", "high"]),
    label_average: Some(&AVERAGE),
    class_parameters: &[&CLASS_AVERAGE, &MULTI_CLASS],
    statistics: |arguments| Ok(statistics(arguments)?),
    check,
    support: |arguments, view| Ok(Ranking::of(arguments, view)?.support()),
    better: Better::Higher,
    range: [0.0, 1.0],
    ..MetricDef::BASE
};

/// The common parts of curves.
pub(in crate::metric) const CURVE: MetricDef = MetricDef {
    label_average: Some(&CURVE_AVERAGE),
    class_parameters: &[],
    better: Better::Neither,
    range: MetricDef::BASE.range,
    ..RANKING
};

/// The scores, or their histogram if bins are requested; both, if the histogram replaces the scores
/// when memory is full.
fn statistics(arguments: &Arguments) -> Result<Vec<Statistic>, UndeclaredParameter> {
    let bins = arguments.get(&HISTOGRAM_BINS)?;
    let fallback = arguments.settings.fallback_bins;
    let histogram = bins.or(fallback).map(|bins| histogram(arguments, bins)).transpose()?;
    let scores = if bins.is_none() { Some(Statistic::Scores) } else { None };
    Ok(scores.into_iter().chain(histogram).collect())
}

/// Fails if there is a spacing, but nothing to space.
fn check(arguments: &Arguments) -> Result<(), Error> {
    let has_bins = arguments.get(&HISTOGRAM_BINS)?.or(arguments.settings.fallback_bins).is_some();
    if arguments.get(&SPACING)?.is_some() && !has_bins {
        return Err(BuildError::SpacingWithoutBins.into());
    }
    Ok(())
}

fn histogram(arguments: &Arguments, bins: u32) -> Result<Statistic, UndeclaredParameter> {
    let Settings { from_logits, .. } = arguments.settings;
    let division = match arguments.get(&SPACING)? {
        Some(BinSpacing::Uniform) => Binning::uniform(from_logits, bins),
        Some(BinSpacing::Adaptive) | None => Binning::adaptive(from_logits, bins),
    };
    Ok(Statistic::Histogram { division })
}
