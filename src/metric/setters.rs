//! A method for each parameter of a metric.
//!
//! Generated from the list of metrics: `WEIGHBRIDGE_UPDATE=1 cargo test --lib constructors` writes
//! it.

use super::{
    AbsentClass, Average, BinSpacing, BinStrategy, KappaWeights, MetricSpec, MultiClass, Reduction,
};

impl MetricSpec {
    /// Whether a macro average skips a class that is neither in the truth nor predicted, or counts
    /// it as 0; skip or zero.
    pub fn absent(self, value: AbsentClass) -> Self {
        self.with("absent", value)
    }

    /// Of mean_squared_error, root_mean_squared_error, mean_absolute_error, mean_error, max_error,
    /// mean_absolute_percentage_error, symmetric_mean_absolute_percentage_error,
    /// weighted_mean_absolute_percentage_error, mean_squared_log_error,
    /// root_mean_squared_log_error, log_cosh_error, huber_loss, pinball_loss, poisson_deviance,
    /// gamma_deviance, tweedie_deviance, r2_score, explained_variance, pearson_correlation,
    /// concordance_correlation, hinge_loss, squared_hinge_loss, brier_score, log_loss,
    /// normalized_entropy, expected_calibration_error, maximum_calibration_error: a value for each
    /// output or label (none), or the mean of their values (macro); none or macro.
    ///
    /// Of precision, recall, specificity, f1_score, fbeta_score, jaccard_index, accuracy,
    /// hamming_loss, balanced_accuracy, negative_predictive_value, matthews_correlation,
    /// cohen_kappa, roc_auc, gini, average_precision, pr_auc, ks_statistic, best_fbeta_score,
    /// sensitivity_at_specificity, specificity_at_sensitivity, precision_at_recall,
    /// recall_at_precision: a value for each class or label (none), the value of the sums of their
    /// counts (micro), the mean of their values (macro), or the mean weighted by support
    /// (weighted); none, micro, macro or weighted.
    ///
    /// Of roc_auc, gini, average_precision, pr_auc, ks_statistic, best_fbeta_score,
    /// sensitivity_at_specificity, specificity_at_sensitivity, precision_at_recall,
    /// recall_at_precision: a value for each class (none), the mean of their values (macro), or the
    /// mean weighted by support (weighted); none, macro or weighted.
    ///
    /// Of true_positives, false_positives, true_negatives, false_negatives: a count for each label
    /// (none), or their sum (micro); none or micro.
    ///
    /// Of roc_curve, det_curve, precision_recall_curve: a curve for each label (none), or one curve
    /// of the samples of all labels (micro); none or micro.
    pub fn average(self, value: Average) -> Self {
        self.with("average", value)
    }

    /// How many times as important recall is as precision; a number from 0 to 1000000.
    pub fn beta(self, value: f64) -> Self {
        self.with("beta", value)
    }

    /// Of expected_calibration_error, calibration_bins, maximum_calibration_error,
    /// calibration_curve: the number of bins of probabilities; a whole number from 1 to 256.
    ///
    /// Of roc_auc, gini, average_precision, pr_auc, ks_statistic, best_fbeta_score,
    /// sensitivity_at_specificity, specificity_at_sensitivity, precision_at_recall,
    /// recall_at_precision, roc_curve, det_curve, precision_recall_curve: counts scores in this
    /// many bins, in memory that does not grow, instead of storing them; a whole number from 2 to
    /// 65536.
    pub fn bins(self, value: u32) -> Self {
        self.with("bins", value)
    }

    /// The absolute error above which the loss is linear; a number from 1e-18 to 1e18.
    pub fn delta(self, value: f64) -> Self {
        self.with("delta", value)
    }

    /// The smallest probability that counts; smaller ones are clipped to it (2^-23 by default,
    /// 2^-52 in double precision); a number from 1e-36 to 0.5.
    pub fn eps(self, value: f64) -> Self {
        self.with("eps", value)
    }

    /// The number of classes considered, at most all of them; a whole number from 1 to 1048576.
    pub fn k(self, value: u32) -> Self {
        self.with("k", value)
    }

    /// The share of each label that is spread evenly over all classes; a number from 0 to 1.
    pub fn label_smoothing(self, value: f64) -> Self {
        self.with("label_smoothing", value)
    }

    /// Counts the area up to this false positive rate only, standardised after McClish; a number
    /// above 0 and at most 1.
    pub fn max_fpr(self, value: f64) -> Self {
        self.with("max_fpr", value)
    }

    /// Each class against the rest (ovr), or against each other class (ovo); ovr or ovo.
    pub fn multi_class(self, value: MultiClass) -> Self {
        self.with("multi_class", value)
    }

    /// The power of the mean that the variance is proportional to; a number from -4 to 0 or from 1
    /// to 4.
    pub fn power(self, value: f64) -> Self {
        self.with("power", value)
    }

    /// The smallest precision that a threshold must have; a number from 0 to 1.
    pub fn precision(self, value: f64) -> Self {
        self.with("precision", value)
    }

    /// The quantile that is predicted; a number from 0 to 1.
    pub fn quantile(self, value: f64) -> Self {
        self.with("quantile", value)
    }

    /// The smallest recall that a threshold must have; a number from 0 to 1.
    pub fn recall(self, value: f64) -> Self {
        self.with("recall", value)
    }

    /// How losses are combined: Σwx / Σw, Σwx / N, or Σwx; weighted_mean, sum_over_batch_size or
    /// sum.
    pub fn reduction(self, value: Reduction) -> Self {
        self.with("reduction", value)
    }

    /// The smallest sensitivity (recall) that a threshold must have; a number from 0 to 1.
    pub fn sensitivity(self, value: f64) -> Self {
        self.with("sensitivity", value)
    }

    /// Half of the bins of equal width and half narrower where scores crowd (adaptive, the
    /// default), or all of equal width; adaptive or uniform.
    pub fn spacing(self, value: BinSpacing) -> Self {
        self.with("spacing", value)
    }

    /// The smallest specificity that a threshold must have; a number from 0 to 1.
    pub fn specificity(self, value: f64) -> Self {
        self.with("specificity", value)
    }

    /// Bins of equal width over [0, 1], or of equal weight, which stores all scores; uniform or
    /// quantile.
    pub fn strategy(self, value: BinStrategy) -> Self {
        self.with("strategy", value)
    }

    /// The probability above which a prediction is positive, instead of the evaluator's; a number
    /// from 0 to 1.
    pub fn threshold(self, value: f64) -> Self {
        self.with("threshold", value)
    }

    /// How much a wrong class counts: d = 1, |i − j| or (i − j)²; none, linear or quadratic.
    pub fn weights(self, value: KappaWeights) -> Self {
        self.with("weights", value)
    }

    /// The value where the denominator is zero, instead of undefined or, for a class or label in an
    /// average, 0; a number from 0 to 1.
    pub fn zero_division(self, value: f64) -> Self {
        self.with("zero_division", value)
    }
}
