//! Sums of weights by label in the order of scores: exact from stored scores, or approximate from a
//! histogram.

mod groups;
mod order;
mod search;
mod statistics;

pub(in crate::metric) use self::groups::{Group, Samples};
pub(in crate::metric) use self::order::{Point, Ranking};
pub(in crate::metric) use self::search::{Search, THRESHOLD_AXES, best_rate, min_rate};
pub use self::statistics::BinSpacing;
pub(crate) use self::statistics::{HISTOGRAM_BINS, SPACING};

use self::statistics::{check, statistics};
use crate::metric::{
    AVERAGE, Axes, Better, CLASS_AVERAGE, CURVE_AVERAGE, MULTI_CLASS, MetricDef, MetricFamily,
};
use crate::statistic::Task;

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
    support: |arguments, view| Ok(Ranking::new(arguments, view)?.support()),
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
