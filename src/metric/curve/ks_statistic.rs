//! The largest distance between the distributions of the scores of both labels.
//!
//! ```text
//! ks_statistic = max_x |TPR(x) - FPR(x)|
//! ```
//!
//! x runs over all thresholds. TPR and FPR are the shares, by weight, of samples of labels 1 and 0
//! with scores above x. The value comes with the highest threshold that reaches it, on the scale of
//! the scores. With `bins`, only the ends of bins are thresholds, so the value is at most the exact
//! one.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, only one label.
//!
//! # Source
//!
//! The two-sample statistic of Kolmogorov and Smirnov; SciPy's `ks_2samp` of the scores of both
//! labels.
//!
//! # Example
//!
//! ```
//! use weighbridge::metric::{AtThreshold, Value};
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("ks_statistic").build()?;
//! let (scores, labels) = ([0.25_f32, 0.5, 0.375, 0.75], [0_u8, 0, 1, 1]);
//! evaluator.update(&Batch::new(&scores, &labels))?;
//! let reached = AtThreshold { value: 0.5, threshold: 0.5 };
//! let report = evaluator.result()?;
//! let value = &report.get("ks_statistic").expect("requested").weighted;
//! assert_eq!(*value, Ok(Value::AtThreshold(reached)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{RANKING, Ranking, Search, THRESHOLD_AXES};
use crate::metric::MetricDef;

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "ks_statistic",
    summary: "the largest distance between the distributions of the scores of both labels",
    formula: "max_x|TPR(x) - FPR(x)|",
    axes: THRESHOLD_AXES,
    finish: |arguments, view| {
        let ranking = Ranking::new(arguments, view)?.with_both()?;
        let mut search = Search::default();
        ranking.for_each_threshold(|point| {
            // In whole numbers, unless sums of weights exceed 2^53, so that equal distances compare
            // equal.
            let right = point.true_positives * point.negatives;
            let distance = (right - point.false_positives * point.positives).abs();
            search.offer(distance / (point.positives * point.negatives), &point);
        });
        Ok(search.best()?.into())
    },
    ..RANKING
}];
