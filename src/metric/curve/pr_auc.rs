//! The area under the precision-recall curve, interpolated as Davis and Goadrich do.
//!
//! ```text
//! pr_auc = Σ_g a/(a+b) (a + (A - a/(a+b) (A+B)) ln((A+a+B+b) / (A+B))) / P
//! ```
//!
//! g runs over groups of equal scores from the highest; a and b are the weights of labels 1 and 0
//! in the group, A and B those ranked above it, and P is the weight of all samples of label 1.
//! Between two thresholds true positives rise in proportion to false ones, and precision follows.
//! This is neither a straight line between points, which is too optimistic, nor the steps of
//! [`average_precision`](super::average_precision). Above the highest score, precision is that of
//! its group.
//!
//! Sums of weights are exact, and the area is a sum in `f64`. With `bins` it is the area for scores
//! rounded to bins, without a certified interval.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite scores, no sample of label 1.
//!
//! # Source
//!
//! Davis and Goadrich (2006), as Keras's `AUC(curve="PR", summation_method="interpolation")`, of
//! all thresholds.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary).metric("pr_auc").build()?;
//! let (scores, labels) = ([0.9_f32, 0.8, 0.8, 0.1], [1_u8, 1, 0, 0]);
//! evaluator.update(&Batch::new(&scores, &labels))?;
//! let area = evaluator.result()?.unweighted("pr_auc")?;
//! assert!((area - (1.0 + (1.0 + 0.5 * 3_f64.ln()) / 2.0) / 2.0).abs() < 1e-15);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::ranking::{Point, RANKING, Ranking};
use crate::metric::MetricDef;

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[MetricDef {
    name: "pr_auc",
    summary: "the area under the precision-recall curve, interpolated between thresholds",
    formula: "Σ_g a/(a+b) (a + (A - a/(a+b) (A+B)) ln((A+a+B+b)/(A+B))) / P",
    finish: |arguments, view| {
        let ranking = Ranking::new(arguments, view)?.with_positives()?;
        let (mut area, mut last) = (0.0, None::<Point>);
        ranking.for_each_threshold(|point| {
            if let Some(last) = last {
                area += between(&last, &point);
            }
            last = Some(point);
        });
        Ok(area.min(1.0).into())
    },
    ..RANKING
}];

/// The area between two thresholds. It uses the sums of the added group, not the difference of
/// rounded sums, in which a small group may vanish.
fn between(last: &Point, point: &Point) -> f64 {
    let positives = point.added_positives;
    let added = positives + point.added_negatives;
    let above = last.true_positives + last.false_positives;
    let slope = positives / added;
    let log = if above > 0.0 { libm::log1p(added / above) } else { 0.0 };
    slope * (positives + (last.true_positives - slope * above) * log) / point.positives
}
