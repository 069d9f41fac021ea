//! The statistics of the order of scores: stored scores, or a histogram.

use crate::error::{BuildError, Error};
use crate::metric::parameter::choice;
use crate::metric::{Arguments, Key, Settings, UndeclaredParameter};
use crate::statistic::histogram::MAX_BINS;
use crate::statistic::{Binning, Statistic};

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

choice!(BinSpacing, "spacing of bins", "adaptive" => Adaptive, "uniform" => Uniform);

/// The scores, or their histogram if bins are requested; both if the histogram is a fallback for
/// scores that do not fit in memory.
pub fn statistics(arguments: &Arguments) -> Result<Vec<Statistic>, UndeclaredParameter> {
    let bins = arguments.get(&HISTOGRAM_BINS)?;
    let fallback = arguments.settings.fallback_bins;
    let histogram = bins.or(fallback).map(|bins| histogram(arguments, bins)).transpose()?;
    let scores = if bins.is_none() { Some(Statistic::Scores) } else { None };
    Ok(scores.into_iter().chain(histogram).collect())
}

/// Fails if there is a spacing, but nothing to space.
pub fn check(arguments: &Arguments) -> Result<(), Error> {
    let has_bins = arguments.get(&HISTOGRAM_BINS)?.or(arguments.settings.fallback_bins).is_some();
    if arguments.get(&SPACING)?.is_some() && !has_bins {
        return Err(BuildError::SpacingWithoutBins.into());
    }
    Ok(())
}

fn histogram(arguments: &Arguments, bins: u32) -> Result<Statistic, UndeclaredParameter> {
    let Settings { from_logits, .. } = arguments.settings;
    let binning = match arguments.get(&SPACING)? {
        Some(BinSpacing::Uniform) => Binning::uniform(from_logits, bins),
        Some(BinSpacing::Adaptive) | None => Binning::adaptive(from_logits, bins),
    };
    Ok(Statistic::Histogram { binning })
}
