//! Warnings about the values of a report.

use super::number::number;
use super::result::MetricResult;
use crate::batch::{PrecisionLoss, Ties};
use crate::error::Input;
use crate::metric::{ResolvedMetric, Value};
use crate::statistic::{Faults, Plan, Statistic, StatisticSet, Task, Totals, ValueFn};
use std::fmt;

/// A warning about values that may mislead.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// Rounding an input lost more than a thousandth of the mean absolute error: to `f32` in single
    /// precision, and of integers beyond 2^53 to `f64` in double precision.
    PrecisionLoss {
        /// The input.
        input: Input,
        /// The largest rounding.
        largest_rounding: f64,
        /// The mean absolute error, unweighted.
        mean_absolute_error: f64,
    },
    /// Inputs in double precision were narrowed to `f32` for custom values that have no function in
    /// double precision.
    NarrowedForValues {
        /// The metrics of the custom values, and statistics that no metric needs.
        values: Vec<String>,
    },
    /// Weights are too small: they lost digits, or count as zero.
    SmallWeights {
        /// Number of such weights.
        count: u64,
    },
    /// Numbers that are not zero were rounded to zero.
    Underflow {
        /// The metrics with such numbers, and statistics that no metric needs.
        values: Vec<String>,
        /// Number of samples with such numbers, of the statistic that has most of them.
        count: u64,
    },
    /// Probabilities below the smallest one that a metric accepts were clipped to it.
    Clipped {
        /// The metrics that clip, and statistics that no metric needs.
        values: Vec<String>,
        /// Number of clipped samples, of the statistic that has most of them.
        count: u64,
    },
    /// Rows of probabilities whose sum differs from 1 by more than 2^-11 were used unchanged.
    Unnormalized {
        /// The metrics that interpret rows as probabilities, and statistics that no metric needs.
        values: Vec<String>,
        /// Number of such rows, of the statistic that has most of them.
        count: u64,
    },
    /// Every score lies within [0, 1] although predictions are read as logits: they are probably
    /// probabilities.
    LogitsWithinUnit,
    /// Bins replaced the stored scores, whose memory was full: these values are approximations, and
    /// have no interval.
    Approximated {
        /// The metrics.
        values: Vec<String>,
    },
    /// Scores that differ became ties, because [`Precision::Single`](crate::Precision::Single)
    /// rounded them to `f32`, where numbers below the normal ones count as zero.
    ///
    /// Only scores of the same label or class can be ties. Scores are counted in batches of `f64`
    /// numbers or of integers, unless they are masked or not finite, and only in the evaluator to
    /// which the batches were added: states do not contain the rounded scores, so reports of merged
    /// states and of a [`Window`](crate::Window) do not have this warning. Scores of multiclass
    /// logits are not counted, because curves order the log-odds of their rows.
    TiedScores {
        /// The metrics that order scores.
        values: Vec<String>,
        /// Number of distinct scores before they were rounded, of all labels or classes.
        distinct: u64,
        /// Number of distinct scores after they were rounded.
        left: u64,
        /// Whether there may be more ties, because not all scores were counted: no more than 2^20
        /// are, and none of merged states, of batches of other types, and of batches in buffers.
        at_least: bool,
    },
    /// Outputs that should be probabilities (predictions, truths or both) do not sum to 1.
    UnnormalizedOutputs {
        /// The metrics that interpret outputs as probabilities, and statistics that no metric
        /// needs.
        values: Vec<String>,
        /// Number of such samples, of the statistic that has most of them.
        count: u64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrecisionLoss { input, largest_rounding, mean_absolute_error } => write!(
                f,
                "rounding changed the {input} by up to {}, more than a thousandth of the mean absolute \
                 error, {}: subtract a common offset from prediction and truth first, or \
                 use double precision",
                number(*largest_rounding),
                number(*mean_absolute_error)
            ),
            Self::SmallWeights { count } => write!(
                f,
                "weights in {count} of the samples are too small and lost digits or count as zero: \
                 multiply all weights by a power of two, which changes no ratio"
            ),
            Self::NarrowedForValues { values } => write!(
                f,
                "inputs in double precision were narrowed to 32-bit floats for {}, which {} no \
                 function in double precision",
                values.join(", "),
                if values.len() == 1 { "has" } else { "have" }
            ),
            Self::Underflow { values, count } => write!(
                f,
                "numbers in at least {count} of the samples are so small that they count as zero \
                 in {}",
                values.join(", ")
            ),
            Self::Clipped { values, count } => write!(
                f,
                "the probability of the label is clipped in {count} of the samples in {}",
                values.join(", ")
            ),
            Self::Unnormalized { values, count } => write!(
                f,
                "the probabilities of {count} of the samples do not sum to 1 in {}: if they are \
                 logits, say so (from_logits)",
                values.join(", ")
            ),
            Self::LogitsWithinUnit => f.write_str(
                "every score is within [0, 1], as probabilities are, but scores are read as \
                 logits: if they are probabilities, leave out from_logits (--from-logits)",
            ),
            Self::Approximated { values } => write!(
                f,
                "the memory for scores was full, so {} {} computed from bins: an approximation \
                 without an interval; allow more memory for exact values",
                values.join(", "),
                if values.len() == 1 { "is" } else { "are" }
            ),
            Self::TiedScores { values, distinct, left, at_least: false } => write!(
                f,
                "rounding to 32-bit floats left {left} of {distinct} distinct scores, which can \
                 change {}: use double precision",
                values.join(", ")
            ),
            Self::TiedScores { values, distinct, left, at_least: true } => write!(
                f,
                "rounding to 32-bit floats left {left} of the {distinct} distinct scores that were \
                 counted (there may be more), which can change {}: use double precision",
                values.join(", ")
            ),
            Self::UnnormalizedOutputs { values, count } => write!(
                f,
                "the predictions or the truths of {count} of the samples do not sum to 1 in {}: \
                 divide them by their sum",
                values.join(", ")
            ),
        }
    }
}

impl Warning {
    /// All warnings about these totals.
    pub(crate) fn all(
        totals: &Totals,
        plan: &Plan,
        specs: &[ResolvedMetric],
        precision_loss: &PrecisionLoss,
    ) -> Vec<Self> {
        // Without samples this is NaN, which no rounding exceeds.
        let mean_absolute_error =
            precision_loss.absolute_error.to_f64() / precision_loss.samples as f64;
        let roundings =
            [(Input::Prediction, precision_loss.prediction), (Input::Truth, precision_loss.truth)];
        let narrowed = roundings
            .into_iter()
            .filter(|(_, rounding)| *rounding > mean_absolute_error / 1000.0)
            .map(|(input, largest_rounding)| Self::PrecisionLoss {
                input,
                largest_rounding,
                mean_absolute_error,
            });
        let count = precision_loss.lossy_weights;
        let lossy_weights = (count > 0).then_some(Self::SmallWeights { count });
        let from_faults = Self::from_faults(totals, plan, specs);
        let of_values =
            Self::of_custom_values(plan, specs).filter(|_| precision_loss.double_samples > 0);
        narrowed.chain(of_values).chain(lossy_weights).chain(from_faults).collect()
    }

    /// The warning about custom values without a function in double precision, if there are any.
    fn of_custom_values(plan: &Plan, specs: &[ResolvedMetric]) -> Option<Self> {
        let statistics = plan.view_statistics.iter();
        let narrows = |statistic: &Statistic| match statistic.value().map(|value| value.function) {
            Some(ValueFn::Custom(custom)) => custom.narrows(),
            _ => false,
        };
        let mut values = Vec::new();
        for statistic in statistics.filter(|statistic| narrows(statistic)) {
            let mut metrics =
                specs.iter().filter(|spec| spec.statistics.contains(statistic)).peekable();
            if metrics.peek().is_none() {
                values.push(statistic.to_string());
            }
            values.extend(metrics.map(|spec| spec.text.clone()));
        }
        (!values.is_empty()).then_some(Self::NarrowedForValues { values })
    }

    /// The warning about underflow in binary problems, if any, with the largest number of samples
    /// of any problem.
    pub(crate) fn in_binary_problems(
        totals: &[Totals],
        plan: &Plan,
        specs: &[ResolvedMetric],
    ) -> Option<Self> {
        let (mut max_count, mut affected_values) = (0, Vec::new());
        for family in plan.families.iter().filter(|family| !family.kind.is_view()) {
            for totals in &totals[family.totals.clone()] {
                if let Some((values, count)) =
                    affected(totals, &family.statistics, specs, |faults| faults.underflow)
                {
                    max_count = max_count.max(count);
                    affected_values.extend(values);
                }
            }
        }
        let values = specs.iter().map(|spec| spec.text.clone());
        let values = values.filter(|text| affected_values.contains(text)).collect();
        (max_count > 0).then_some(Self::Underflow { values, count: max_count })
    }

    /// The warning about values without an interval that were computed from bins, because scores
    /// were dropped, if there are any.
    pub(crate) fn of_dropped_scores(
        totals: &[Totals],
        specs: &[ResolvedMetric],
        results: &[MetricResult],
    ) -> Option<Self> {
        if !totals.iter().any(Totals::has_dropped_scores) {
            return None;
        }
        let has_no_interval =
            |(_, value): (_, &Result<Value, _>)| !matches!(value, Err(_) | Ok(Value::Interval(_)));
        let approximated = specs.iter().zip(results).filter(|(spec, result)| {
            let stores = spec.statistics.contains(&Statistic::Scores);
            stores && result.sides().into_iter().any(has_no_interval)
        });
        let values: Vec<_> = approximated.map(|(spec, _)| spec.text.clone()).collect();
        (!values.is_empty()).then_some(Self::Approximated { values })
    }

    /// The warning about scores that became ties, if a value depends on their order.
    pub(crate) fn of_ties(
        ties: Ties,
        specs: &[ResolvedMetric],
        results: &[MetricResult],
    ) -> Option<Self> {
        let Ties { distinct, left, at_least } = ties;
        let orders = |(spec, result): &(&ResolvedMetric, &MetricResult)| {
            let is_defined = result.sides().into_iter().any(|(_, value)| value.is_ok());
            is_defined && spec.statistics.contains(&Statistic::Scores)
        };
        let ordered = specs.iter().zip(results).filter(orders);
        let values: Vec<_> = ordered.map(|(spec, _)| spec.text.clone()).collect();
        (!values.is_empty()).then_some(Self::TiedScores { values, distinct, left, at_least })
    }

    /// Warnings about samples that were flushed to zero, clipped, or not normalized.
    fn from_faults(totals: &Totals, plan: &Plan, specs: &[ResolvedMetric]) -> Vec<Self> {
        let statistics = &plan.view_statistics;
        let underflow = affected(totals, statistics, specs, |faults| faults.underflow)
            .map(|(values, count)| Self::Underflow { values, count });
        let clipped = affected(totals, statistics, specs, |faults| faults.clipped)
            .map(|(values, count)| Self::Clipped { values, count });
        let unnormalized = affected(totals, statistics, specs, |faults| faults.unnormalized).map(
            |(values, count)| match plan.task {
                Task::Regression => Self::UnnormalizedOutputs { values, count },
                _ => Self::Unnormalized { values, count },
            },
        );
        underflow.into_iter().chain(clipped).chain(unnormalized).collect()
    }
}

/// The metrics that a count of samples affects, as requested, and the largest count of a statistic;
/// none if all counts are zero.
fn affected(
    totals: &Totals,
    statistics: &StatisticSet,
    specs: &[ResolvedMetric],
    count: fn(&Faults) -> u64,
) -> Option<(Vec<String>, u64)> {
    let counts = totals.statistics.iter().map(|total| count(&total.faults));
    let largest = counts.clone().max().filter(|&count| count > 0)?;
    let statistics = statistics.iter().zip(&statistics.metrics).zip(counts);
    let affected = statistics.filter(|(_, count)| *count > 0).map(|(statistic, _)| statistic);
    let texts = specs.iter().map(|spec| &spec.text);
    let texts = texts.filter(|text| affected.clone().any(|(_, metrics)| metrics.contains(text)));
    let of_no_metric = affected.clone().filter(|(_, metrics)| metrics.is_empty());
    let names = of_no_metric.map(|(statistic, _)| statistic.to_string());
    Some((texts.cloned().chain(names).collect(), largest))
}
