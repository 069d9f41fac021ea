//! Which values of a metric are better, and its range. A wrong direction makes a search or a
//! learner choose the worst model, so each is compared with those that other libraries document.

use crate::common::specs::{Inputs, name, specs};
use weighbridge::metric::Better::{Higher, Lower, Neither};
use weighbridge::metric::{self, Better};

const ANY: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
const FROM_ZERO: [f64; 2] = [0.0, f64::INFINITY];
const FROM_ONE: [f64; 2] = [1.0, f64::INFINITY];
const TO_ONE: [f64; 2] = [f64::NEG_INFINITY, 1.0];
const UNIT: [f64; 2] = [0.0, 1.0];
const TO_TWO: [f64; 2] = [0.0, 2.0];
const SIGNED: [f64; 2] = [-1.0, 1.0];

/// Every metric with its direction, its range, and the direction (+ or -) in the libraries that
/// document one: S in the scorers of scikit-learn, whose names begin with `neg_` if lower values
/// are better; K in `_direction` of Keras; T in `higher_is_better` of TorchMetrics.
const TABLE: &[(&str, Better, [f64; 2], &str)] = &[
    ("mean_squared_error", Lower, FROM_ZERO, "S- K- T-"),
    ("root_mean_squared_error", Lower, FROM_ZERO, "S- K- T-"),
    ("mean_absolute_error", Lower, FROM_ZERO, "S- K- T-"),
    ("mean_error", Neither, ANY, ""),
    ("max_error", Lower, FROM_ZERO, "S-"),
    ("mean_absolute_percentage_error", Lower, FROM_ZERO, "S- K- T-"),
    ("symmetric_mean_absolute_percentage_error", Lower, TO_TWO, "T-"),
    ("weighted_mean_absolute_percentage_error", Lower, FROM_ZERO, "T-"),
    ("mean_squared_log_error", Lower, FROM_ZERO, "S- K- T-"),
    ("root_mean_squared_log_error", Lower, FROM_ZERO, "S-"),
    ("log_cosh_error", Lower, FROM_ZERO, "K- T-"),
    ("huber_loss", Lower, FROM_ZERO, ""),
    ("pinball_loss", Lower, FROM_ZERO, ""),
    ("poisson_deviance", Lower, FROM_ZERO, "S-"),
    ("gamma_deviance", Lower, FROM_ZERO, "S-"),
    ("tweedie_deviance", Lower, FROM_ZERO, ""),
    ("r2_score", Higher, TO_ONE, "S+ K+ T+"),
    ("explained_variance", Higher, TO_ONE, "S+ T+"),
    ("pearson_correlation", Higher, SIGNED, "K+"),
    ("concordance_correlation", Higher, SIGNED, "K+ T+"),
    ("cosine_similarity", Higher, SIGNED, "K+ T+"),
    ("kl_divergence", Lower, FROM_ZERO, "K- T-"),
    ("accuracy", Higher, UNIT, "S+ K+ T+"),
    ("hamming_loss", Lower, UNIT, "T-"),
    ("balanced_accuracy", Higher, UNIT, "S+ T+"),
    ("top_k_accuracy", Higher, UNIT, "S+ K+ T+"),
    ("precision", Higher, UNIT, "S+ K+ T+"),
    ("negative_predictive_value", Higher, UNIT, ""),
    ("recall", Higher, UNIT, "S+ K+ T+"),
    ("specificity", Higher, UNIT, ""),
    ("f1_score", Higher, UNIT, "S+ K+ T+"),
    ("fbeta_score", Higher, UNIT, "K+ T+"),
    ("jaccard_index", Higher, UNIT, "S+ K+ T+"),
    ("exact_match", Higher, UNIT, "S+ T+"),
    ("matthews_correlation", Higher, SIGNED, "S+ T+"),
    ("cohen_kappa", Higher, SIGNED, "T+"),
    ("hinge_loss", Lower, FROM_ZERO, "K- T-"),
    ("squared_hinge_loss", Lower, FROM_ZERO, "K- T-"),
    ("brier_score", Lower, UNIT, "S-"),
    ("brier_score", Lower, TO_TWO, "S-"),
    ("log_loss", Lower, FROM_ZERO, "S- K-"),
    ("perplexity", Lower, FROM_ONE, "T-"),
    ("normalized_entropy", Lower, FROM_ZERO, ""),
    ("confusion_matrix", Neither, FROM_ZERO, ""),
    ("true_positives", Higher, FROM_ZERO, ""),
    ("false_positives", Lower, FROM_ZERO, ""),
    ("true_negatives", Higher, FROM_ZERO, ""),
    ("false_negatives", Lower, FROM_ZERO, ""),
    ("expected_calibration_error", Lower, UNIT, "T-"),
    ("calibration_bins", Neither, FROM_ZERO, ""),
    ("maximum_calibration_error", Lower, UNIT, "T-"),
    ("calibration_curve", Neither, UNIT, ""),
    ("roc_auc", Higher, UNIT, "S+ K+ T+"),
    ("gini", Higher, SIGNED, ""),
    ("average_precision", Higher, UNIT, "S+ T+"),
    ("pr_auc", Higher, UNIT, "K+"),
    ("ks_statistic", Higher, UNIT, ""),
    ("best_fbeta_score", Higher, UNIT, ""),
    ("sensitivity_at_specificity", Higher, UNIT, "K+"),
    ("specificity_at_sensitivity", Higher, UNIT, "K+"),
    ("precision_at_recall", Higher, UNIT, "K+"),
    ("recall_at_precision", Higher, UNIT, "K+"),
    ("roc_curve", Neither, ANY, ""),
    ("det_curve", Neither, ANY, ""),
    ("precision_recall_curve", Neither, ANY, ""),
    ("mean", Neither, ANY, ""),
    ("sum", Neither, ANY, ""),
    ("sum_over_batch_size", Neither, ANY, ""),
    ("minimum", Neither, ANY, ""),
    ("maximum", Neither, ANY, ""),
];

#[test]
fn directions_and_ranges_are_those_of_the_table() {
    for metric in metric::all() {
        let row = (metric.name, metric.better, metric.range);
        let is_in_table =
            TABLE.iter().any(|&(name, better, range, _)| (name, better, range) == row);
        assert!(is_in_table, "{row:?} is not in the table");
    }
    for (name, better, range, _) in TABLE {
        let is_metric = |metric: &metric::MetricDef| metric.name == *name && metric.range == *range;
        assert!(metric::all().any(is_metric), "{name} ({better:?}, {range:?}) does not exist");
    }
}

#[test]
fn directions_are_those_of_other_libraries() {
    for (name, better, _, others) in TABLE {
        let (higher, lower) = (others.contains('+'), others.contains('-'));
        assert!(!higher || *better == Higher, "{name}: {others}");
        assert!(!lower || *better == Lower, "{name}: {others}");
    }
}

/// `log_loss:reduction=sum` is as much a loss as `log_loss`.
#[test]
fn parameters_make_no_difference() {
    for &inputs in Inputs::ALL {
        for spec in specs(inputs) {
            let better = inputs.spec(&spec).definition.better;
            let rows = TABLE.iter().filter(|row| row.0 == name(&spec));
            assert_eq!(rows.map(|row| row.1).next(), Some(better), "{spec}");
        }
    }
}
