//! A constructor for each metric.
//!
//! Generated from the list of metrics: `WEIGHBRIDGE_UPDATE=1 cargo test --lib constructors` writes
//! it.

use super::MetricSpec;

/// The mean of squared errors.
///
/// Task: regression.
pub fn mean_squared_error() -> MetricSpec {
    MetricSpec::from("mean_squared_error")
}

/// The root of the mean of squared errors.
///
/// Task: regression.
pub fn root_mean_squared_error() -> MetricSpec {
    MetricSpec::from("root_mean_squared_error")
}

/// The mean of absolute errors.
///
/// Task: regression.
pub fn mean_absolute_error() -> MetricSpec {
    MetricSpec::from("mean_absolute_error")
}

/// The mean of errors, positive where predictions are too high.
///
/// Task: regression.
pub fn mean_error() -> MetricSpec {
    MetricSpec::from("mean_error")
}

/// The largest absolute error among samples of positive weight.
///
/// Task: regression.
pub fn max_error() -> MetricSpec {
    MetricSpec::from("max_error")
}

/// The mean of absolute errors, each as a fraction of its truth.
///
/// Task: regression.
pub fn mean_absolute_percentage_error() -> MetricSpec {
    MetricSpec::from("mean_absolute_percentage_error")
}

/// The mean of absolute errors, each as a fraction of the mean size of prediction and truth.
///
/// Task: regression.
pub fn symmetric_mean_absolute_percentage_error() -> MetricSpec {
    MetricSpec::from("symmetric_mean_absolute_percentage_error")
}

/// The sum of absolute errors as a fraction of the sum of absolute truths.
///
/// Task: regression.
pub fn weighted_mean_absolute_percentage_error() -> MetricSpec {
    MetricSpec::from("weighted_mean_absolute_percentage_error")
}

/// The mean of squared differences of logarithms.
///
/// Task: regression.
pub fn mean_squared_log_error() -> MetricSpec {
    MetricSpec::from("mean_squared_log_error")
}

/// The root of the mean of squared differences of logarithms.
///
/// Task: regression.
pub fn root_mean_squared_log_error() -> MetricSpec {
    MetricSpec::from("root_mean_squared_log_error")
}

/// The mean of logarithms of the hyperbolic cosine of errors.
///
/// Task: regression.
pub fn log_cosh_error() -> MetricSpec {
    MetricSpec::from("log_cosh_error")
}

/// The mean of losses that are squared for small errors and linear for large ones.
///
/// Task: regression.
pub fn huber_loss() -> MetricSpec {
    MetricSpec::from("huber_loss")
}

/// The mean pinball loss of a predicted quantile.
///
/// Task: regression.
pub fn pinball_loss() -> MetricSpec {
    MetricSpec::from("pinball_loss")
}

/// The mean deviance of Poisson distributions, for truths that are counts.
///
/// Task: regression.
pub fn poisson_deviance() -> MetricSpec {
    MetricSpec::from("poisson_deviance")
}

/// The mean deviance of gamma distributions, for truths above 0.
///
/// Task: regression.
pub fn gamma_deviance() -> MetricSpec {
    MetricSpec::from("gamma_deviance")
}

/// The mean deviance of Tweedie distributions, whose variance is a power of the mean.
///
/// Task: regression.
pub fn tweedie_deviance() -> MetricSpec {
    MetricSpec::from("tweedie_deviance")
}

/// The share of the truth's variance that predictions explain.
///
/// Task: regression.
pub fn r2_score() -> MetricSpec {
    MetricSpec::from("r2_score")
}

/// The share of the truth's variance that predictions explain, up to a constant bias.
///
/// Task: regression.
pub fn explained_variance() -> MetricSpec {
    MetricSpec::from("explained_variance")
}

/// The linear correlation of prediction and truth.
///
/// Task: regression.
pub fn pearson_correlation() -> MetricSpec {
    MetricSpec::from("pearson_correlation")
}

/// The agreement of prediction and truth, including scale and bias.
///
/// Task: regression.
pub fn concordance_correlation() -> MetricSpec {
    MetricSpec::from("concordance_correlation")
}

/// The mean cosine between predictions and truths as vectors of all outputs.
///
/// Task: regression.
pub fn cosine_similarity() -> MetricSpec {
    MetricSpec::from("cosine_similarity")
}

/// The mean Kullback-Leibler divergence of predicted from true distributions.
///
/// Task: regression.
pub fn kl_divergence() -> MetricSpec {
    MetricSpec::from("kl_divergence")
}

/// The share of correct predictions.
///
/// Tasks: binary, multilabel, multiclass.
pub fn accuracy() -> MetricSpec {
    MetricSpec::from("accuracy")
}

/// The share of wrong predictions.
///
/// Tasks: binary, multilabel, multiclass.
pub fn hamming_loss() -> MetricSpec {
    MetricSpec::from("hamming_loss")
}

/// The mean of the recalls of the classes present in the truth.
///
/// Tasks: binary, multilabel, multiclass.
pub fn balanced_accuracy() -> MetricSpec {
    MetricSpec::from("balanced_accuracy")
}

/// The share of samples whose class is among the k with the largest scores.
///
/// Task: multiclass.
pub fn top_k_accuracy() -> MetricSpec {
    MetricSpec::from("top_k_accuracy")
}

/// The share of positive predictions that are correct.
///
/// Tasks: binary, multilabel, multiclass.
pub fn precision() -> MetricSpec {
    MetricSpec::from("precision")
}

/// The share of negative predictions that are correct.
///
/// Tasks: binary, multilabel.
pub fn negative_predictive_value() -> MetricSpec {
    MetricSpec::from("negative_predictive_value")
}

/// The share of positives that are predicted positive.
///
/// Tasks: binary, multilabel, multiclass.
pub fn recall() -> MetricSpec {
    MetricSpec::from("recall")
}

/// The share of negatives that are predicted negative.
///
/// Tasks: binary, multilabel, multiclass.
pub fn specificity() -> MetricSpec {
    MetricSpec::from("specificity")
}

/// The harmonic mean of precision and recall.
///
/// Tasks: binary, multilabel, multiclass.
pub fn f1_score() -> MetricSpec {
    MetricSpec::from("f1_score")
}

/// The harmonic mean of precision and recall, recall counting β times as much.
///
/// Tasks: binary, multilabel, multiclass.
pub fn fbeta_score() -> MetricSpec {
    MetricSpec::from("fbeta_score")
}

/// The intersection of predicted and true positives over their union.
///
/// Tasks: binary, multilabel, multiclass.
pub fn jaccard_index() -> MetricSpec {
    MetricSpec::from("jaccard_index")
}

/// The share of samples whose labels are all correct.
///
/// Task: multilabel.
pub fn exact_match() -> MetricSpec {
    MetricSpec::from("exact_match")
}

/// The correlation of predicted and true labels.
///
/// Tasks: binary, multilabel, multiclass.
pub fn matthews_correlation() -> MetricSpec {
    MetricSpec::from("matthews_correlation")
}

/// The agreement of prediction and truth beyond that of chance.
///
/// Tasks: binary, multilabel, multiclass.
pub fn cohen_kappa() -> MetricSpec {
    MetricSpec::from("cohen_kappa")
}

/// The mean hinge loss of raw scores.
///
/// Tasks: binary, multilabel, multiclass.
pub fn hinge_loss() -> MetricSpec {
    MetricSpec::from("hinge_loss")
}

/// The mean of squared hinge losses of raw scores.
///
/// Tasks: binary, multilabel.
pub fn squared_hinge_loss() -> MetricSpec {
    MetricSpec::from("squared_hinge_loss")
}

/// The mean of squared differences between the probability and the label.
///
/// Tasks: binary, multilabel, multiclass.
pub fn brier_score() -> MetricSpec {
    MetricSpec::from("brier_score")
}

/// The mean negative logarithm of the predicted probability of the label.
///
/// Tasks: binary, multilabel, multiclass.
pub fn log_loss() -> MetricSpec {
    MetricSpec::from("log_loss")
}

/// The number of equally probable classes that would be as hard to predict.
///
/// Task: multiclass.
pub fn perplexity() -> MetricSpec {
    MetricSpec::from("perplexity")
}

/// The log loss, relative to that of predicting label frequencies.
///
/// Tasks: binary, multilabel, multiclass.
pub fn normalized_entropy() -> MetricSpec {
    MetricSpec::from("normalized_entropy")
}

/// The sums of weights by truth (rows) and prediction (columns).
///
/// Tasks: binary, multilabel, multiclass.
pub fn confusion_matrix() -> MetricSpec {
    MetricSpec::from("confusion_matrix")
}

/// The sum of weights of positive predictions that are correct.
///
/// Tasks: binary, multilabel.
pub fn true_positives() -> MetricSpec {
    MetricSpec::from("true_positives")
}

/// The sum of weights of positive predictions that are wrong.
///
/// Tasks: binary, multilabel.
pub fn false_positives() -> MetricSpec {
    MetricSpec::from("false_positives")
}

/// The sum of weights of negative predictions that are correct.
///
/// Tasks: binary, multilabel.
pub fn true_negatives() -> MetricSpec {
    MetricSpec::from("true_negatives")
}

/// The sum of weights of negative predictions that are wrong.
///
/// Tasks: binary, multilabel.
pub fn false_negatives() -> MetricSpec {
    MetricSpec::from("false_negatives")
}

/// The difference between predicted probabilities and observed frequencies.
///
/// Tasks: binary, multilabel, multiclass.
pub fn expected_calibration_error() -> MetricSpec {
    MetricSpec::from("expected_calibration_error")
}

/// Ends, weight, mean probability and observed frequency of each non-empty bin.
///
/// Tasks: binary, multiclass, multilabel.
pub fn calibration_bins() -> MetricSpec {
    MetricSpec::from("calibration_bins")
}

/// The largest difference between predicted probability and observed frequency of a bin.
///
/// Tasks: binary, multilabel, multiclass.
pub fn maximum_calibration_error() -> MetricSpec {
    MetricSpec::from("maximum_calibration_error")
}

/// Mean probability and observed frequency of each non-empty bin.
///
/// Tasks: binary, multilabel, multiclass.
pub fn calibration_curve() -> MetricSpec {
    MetricSpec::from("calibration_curve")
}

/// The probability that a sample of label 1 has a higher score than one of label 0.
///
/// Tasks: binary, multiclass, multilabel.
pub fn roc_auc() -> MetricSpec {
    MetricSpec::from("roc_auc")
}

/// How much better than chance the order of scores is: 2 roc_auc - 1.
///
/// Tasks: binary, multiclass, multilabel.
pub fn gini() -> MetricSpec {
    MetricSpec::from("gini")
}

/// The mean precision over all samples of label 1, each at its own score.
///
/// Tasks: binary, multiclass, multilabel.
pub fn average_precision() -> MetricSpec {
    MetricSpec::from("average_precision")
}

/// The area under the precision-recall curve, interpolated between thresholds.
///
/// Tasks: binary, multiclass, multilabel.
pub fn pr_auc() -> MetricSpec {
    MetricSpec::from("pr_auc")
}

/// The largest distance between the distributions of the scores of both labels.
///
/// Tasks: binary, multiclass, multilabel.
pub fn ks_statistic() -> MetricSpec {
    MetricSpec::from("ks_statistic")
}

/// The best F-score of all thresholds, and the highest threshold with it.
///
/// Tasks: binary, multiclass, multilabel.
pub fn best_fbeta_score() -> MetricSpec {
    MetricSpec::from("best_fbeta_score")
}

/// The best sensitivity (recall) of thresholds with enough specificity.
///
/// Tasks: binary, multiclass, multilabel.
pub fn sensitivity_at_specificity() -> MetricSpec {
    MetricSpec::from("sensitivity_at_specificity")
}

/// The best specificity of thresholds with enough sensitivity.
///
/// Tasks: binary, multiclass, multilabel.
pub fn specificity_at_sensitivity() -> MetricSpec {
    MetricSpec::from("specificity_at_sensitivity")
}

/// The best precision of thresholds with enough recall.
///
/// Tasks: binary, multiclass, multilabel.
pub fn precision_at_recall() -> MetricSpec {
    MetricSpec::from("precision_at_recall")
}

/// The best recall of thresholds with enough precision.
///
/// Tasks: binary, multiclass, multilabel.
pub fn recall_at_precision() -> MetricSpec {
    MetricSpec::from("recall_at_precision")
}

/// True and false positive rates at all thresholds.
///
/// Tasks: binary, multiclass, multilabel.
pub fn roc_curve() -> MetricSpec {
    MetricSpec::from("roc_curve")
}

/// False negative and false positive rates at all thresholds.
///
/// Tasks: binary, multiclass, multilabel.
pub fn det_curve() -> MetricSpec {
    MetricSpec::from("det_curve")
}

/// Precision and recall at all thresholds.
///
/// Tasks: binary, multiclass, multilabel.
pub fn precision_recall_curve() -> MetricSpec {
    MetricSpec::from("precision_recall_curve")
}

/// The mean of values.
///
/// Task: aggregation.
pub fn mean() -> MetricSpec {
    MetricSpec::from("mean")
}

/// The sum of values.
///
/// Task: aggregation.
pub fn sum() -> MetricSpec {
    MetricSpec::from("sum")
}

/// The sum of values divided by their number, whatever their weights.
///
/// Task: aggregation.
pub fn sum_over_batch_size() -> MetricSpec {
    MetricSpec::from("sum_over_batch_size")
}

/// The smallest value of positive weight.
///
/// Task: aggregation.
pub fn minimum() -> MetricSpec {
    MetricSpec::from("minimum")
}

/// The largest value of positive weight.
///
/// Task: aggregation.
pub fn maximum() -> MetricSpec {
    MetricSpec::from("maximum")
}
