//! The difference between predicted probabilities and observed frequencies.
//!
//! ```text
//! expected_calibration_error = Σ_b |Σ_b w y − Σ_b w p| / Σ w
//! calibration_bins           = for each bin b with positive weight:
//!                              lower end, upper end, Σ_b w, Σ_b w p / Σ_b w, Σ_b w y / Σ_b w
//! ```
//!
//! p is the probability of label 1, y the label. With `from_logits`, p is 1 / (1 + e^−z) as a float
//! within 2 ulp. All sums are exact, and the ratio is rounded once. `calibration_bins` are the data
//! of a reliability diagram: a row per bin with its ends (`from` and `to` in tables), its `weight`
//! (a count in the unweighted value), its mean `probability`, and the `frequency` of label 1. In
//! the multilabel task each row begins with its `label`.
//!
//! # Bins
//!
//! There are `bins` bins, of equal width (`strategy=uniform`) or of equal weight (`quantile`).
//!
//! With `uniform` they are equal parts of [0, 1], whose ends are rounded to the precision of the
//! scores. Bin i begins at the number nearest to i / bins: a score of 0.7, which no float equals,
//! belongs to the eighth of ten bins in both precisions.
//!
//! With `quantile` samples are sorted by score, and samples of equal scores form a group in the
//! same bin. With g the weight of a group, B that of lower scores and W that of all, the group
//! belongs to bin ⌊bins · (B + g/2) / W⌋, the bin of its middle. This is computed with integers,
//! and does not depend on the order of samples or batches. Unweighted values count samples instead,
//! so their bins differ. The weight of a bin differs from W / bins by at most half of the groups at
//! its ends. Its ends are the probabilities of its lowest and its highest score. Scores are
//! [stored](crate::statistic::scores) for this.
//!
//! # Multiclass
//!
//! The same, with p the largest probability of a row, and y 1 if its class is the truth, else 0.
//! With `from_logits` p is 1 / (1 + Σ e^(z − top)), summed over all other classes. Bins have equal
//! width, because rows of scores are not stored.
//!
//! # Undefined
//!
//! No samples, all weights zero, NaN or infinite predictions, predictions outside [0, 1]; with
//! `strategy=quantile` also scores that did not fit in memory.
//!
//! # Source
//!
//! Naeini, Cooper and Hauskrecht (2015) with the L1 norm; TorchMetrics's `BinaryCalibrationError`
//! and `MulticlassCalibrationError`. Bins of equal weight are as in Nguyen and O'Connor (2015),
//! with weights.
//!
//! # Example
//!
//! ```
//! use weighbridge::{Batch, Evaluator, Task};
//!
//! let mut evaluator = Evaluator::builder(Task::Binary)
//!     .metrics(["expected_calibration_error:bins=2", "calibration_bins:bins=2"])
//!     .build()?;
//! let (score, label) = ([0.25_f32, 0.5, 0.75], [0_u8, 0, 1]);
//! evaluator.update(&Batch::new(&score, &label).weights(&[2.0_f32, 1.0, 1.0]))?;
//! let report = evaluator.result()?;
//! let error = "expected_calibration_error:bins=2";
//! assert_eq!(report.unweighted(error)?, (0.25 + (1.25 - 1.0)) / 3.0);
//! assert_eq!(report.weighted(error)?, (0.5 + (1.25 - 1.0)) / 4.0);
//! assert_eq!(report.to_json()["metrics"]["calibration_bins:bins=2"]["weighted"][1][3], 0.625);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::bin::Bin;
use super::bins::{BINARY_CALIBRATION, TOP_LABEL_CALIBRATION, bins};
use crate::exact::ExactSum;
use crate::exact::ratio::ratio;
use crate::metric::{Axes, Better, Law, MetricDef, OUTPUT_AVERAGE};
use crate::statistic::Task;
use num_bigint::{BigInt, BigUint};

const ERROR: MetricDef = MetricDef {
    name: "expected_calibration_error",
    summary: "the difference between predicted probabilities and observed frequencies",
    formula: "Σ_b|Σ_b wy − Σ_b wp| / Σw",
    label_average: Some(&OUTPUT_AVERAGE),
    finish: |arguments, view| {
        let gaps: BigUint = bins(arguments, view)?.iter().map(Bin::gap).sum();
        Ok(ratio(&BigInt::from(gaps), &view.weight()?.to_integer()).into())
    },
    ..BINARY_CALIBRATION
};

const BINS: MetricDef = MetricDef {
    name: "calibration_bins",
    summary: "ends, weight, mean probability and observed frequency of each non-empty bin",
    formula: "ends of b, Σ_b w, Σ_b wp / Σ_b w, Σ_b wy / Σ_b w",
    tasks: &[Task::Binary],
    axes: Axes::Columns(&["from", "to", "weight", "probability", "frequency"]),
    better: Better::Neither,
    range: [0.0, f64::INFINITY],
    exemptions: &[(Law::Scaling, "a weight of a bin is a sum of weights")],
    finish: |arguments, view| {
        let one = ExactSum::from_count(1).to_integer();
        let row = |bin: &Bin| {
            let [lower, upper] = bin.ends;
            let weight = ratio(&bin.weight, &one);
            vec![lower, upper, weight, bin.mean_probability(), bin.frequency()]
        };
        Ok(bins(arguments, view)?.iter().map(row).collect::<Vec<_>>().into())
    },
    ..BINARY_CALIBRATION
};

/// The metrics of this file.
pub(in crate::metric) const METRICS: &[MetricDef] = &[
    ERROR,
    MetricDef {
        tasks: TOP_LABEL_CALIBRATION.tasks,
        parameters: TOP_LABEL_CALIBRATION.parameters,
        ..ERROR
    },
    BINS,
    MetricDef {
        tasks: TOP_LABEL_CALIBRATION.tasks,
        parameters: TOP_LABEL_CALIBRATION.parameters,
        ..BINS
    },
    MetricDef {
        tasks: &[Task::Multilabel],
        axes: Axes::Columns(&["label", "from", "to", "weight", "probability", "frequency"]),
        ..BINS
    },
];
