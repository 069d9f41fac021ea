//! Specs of every metric: by name only, and with parameters.

use weighbridge::Task;
use weighbridge::metric::{self, Parameter, ResolvedMetric, Settings};

/// Classes of the multiclass task: more than any k below.
pub const CLASSES: usize = 5;

/// A task and its kind of predictions. The multiclass task has several kinds, and metrics that need
/// scores are not available for predicted classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    Regression,
    /// Rows of probabilities as predictions and truths, for values of whole samples.
    Vectors,
    Binary,
    /// Values without a truth.
    Values,
    /// Predicted classes.
    Classes,
    /// Rows of probabilities.
    Probabilities,
    /// Rows of logits.
    Logits,
    /// Two labels.
    Labels,
}

impl Inputs {
    pub const ALL: &[Self] = &[
        Self::Regression,
        Self::Vectors,
        Self::Binary,
        Self::Values,
        Self::Classes,
        Self::Probabilities,
        Self::Logits,
        Self::Labels,
    ];

    pub fn task(self) -> Task {
        match self {
            Self::Regression | Self::Vectors => Task::Regression,
            Self::Binary => Task::Binary,
            Self::Values => Task::Aggregation,
            Self::Classes | Self::Probabilities | Self::Logits => Task::Multiclass,
            Self::Labels => Task::Multilabel,
        }
    }

    /// Number of labels or outputs.
    pub fn outputs(self) -> u32 {
        match self {
            Self::Labels => 2,
            Self::Vectors => 3,
            _ => 1,
        }
    }

    /// Whether a prediction is a row of scores.
    pub fn rows(self) -> bool {
        matches!(self, Self::Probabilities | Self::Logits)
    }

    pub fn are_logits(self) -> bool {
        self == Self::Logits
    }

    /// Parses a spec.
    pub fn spec(self, text: &str) -> ResolvedMetric {
        let (task, from_logits) = (self.task(), self.are_logits());
        let (classes, outputs) = (CLASSES as u32, self.outputs());
        let settings = Settings { from_logits, classes, outputs, ..Settings::new(task) };
        ResolvedMetric::parse(text, settings).expect("a spec of the task")
    }
}

/// Metrics with parameters other than the default ones, each parameter at least once.
const VARIANTS: &[&str] = &[
    "huber_loss:delta=0.25",
    "huber_loss:delta=20",
    "pinball_loss:quantile=0",
    "pinball_loss:quantile=0.9",
    "pinball_loss:quantile=1",
    "tweedie_deviance:power=-0.5",
    "tweedie_deviance:power=0",
    "tweedie_deviance:power=1",
    "tweedie_deviance:power=1.0001",
    "tweedie_deviance:power=2",
    "tweedie_deviance:power=3",
    "precision:zero_division=1",
    "negative_predictive_value:zero_division=0",
    "recall:zero_division=0.5",
    "specificity:zero_division=1",
    "f1_score:zero_division=0",
    "fbeta_score:beta=0",
    "fbeta_score:beta=0.3",
    "fbeta_score:beta=2:zero_division=1",
    "jaccard_index:zero_division=0",
    "cohen_kappa:weights=none",
    "true_positives:average=none",
    "false_negatives:average=micro",
    "cohen_kappa:weights=linear",
    "cohen_kappa:weights=quadratic",
    "log_loss:label_smoothing=0.1",
    "log_loss:label_smoothing=1",
    "log_loss:eps=0.125",
    "pinball_loss:quantile=0.9:reduction=sum",
    "log_loss:label_smoothing=0.1:reduction=sum_over_batch_size",
    "expected_calibration_error:bins=1",
    "expected_calibration_error:bins=256",
    "expected_calibration_error:strategy=uniform",
    "expected_calibration_error:bins=4:strategy=quantile",
    "expected_calibration_error:bins=256:strategy=quantile",
    "maximum_calibration_error:bins=7",
    "maximum_calibration_error:bins=7:strategy=quantile",
    "calibration_bins:bins=7",
    "calibration_bins:bins=7:strategy=quantile",
    "calibration_curve:bins=7",
    "calibration_curve:strategy=quantile",
    "normalized_entropy:eps=0.125",
    "perplexity:eps=0.125",
    "kl_divergence:eps=0.125",
    "top_k_accuracy:k=1",
    "top_k_accuracy:k=4",
    "roc_auc:bins=2",
    "roc_auc:bins=100:spacing=uniform",
    "roc_auc:bins=100:multi_class=ovo",
    "gini:bins=100:multi_class=ovr",
    "average_precision:bins=100:multi_class=ovo:average=weighted",
    "average_precision:bins=7",
    "average_precision:bins=20:spacing=uniform",
    "roc_auc:max_fpr=0.3",
    "roc_auc:max_fpr=0.9:bins=100",
    "gini:bins=50:spacing=uniform",
    "pr_auc:bins=4096",
    "pr_auc:bins=1024:spacing=uniform",
    "ks_statistic:bins=4096",
    "ks_statistic:bins=1024:spacing=uniform",
    "best_fbeta_score:beta=2",
    "best_fbeta_score:bins=4096",
    "best_fbeta_score:bins=1024:spacing=uniform",
    "sensitivity_at_specificity:specificity=0.75",
    "sensitivity_at_specificity:bins=4096",
    "sensitivity_at_specificity:bins=1024:spacing=uniform",
    "specificity_at_sensitivity:sensitivity=0.75",
    "specificity_at_sensitivity:bins=4096",
    "specificity_at_sensitivity:bins=1024:spacing=uniform",
    "precision_at_recall:recall=0.75",
    "precision_at_recall:bins=4096",
    "precision_at_recall:bins=1024:spacing=uniform",
    "recall_at_precision:precision=0.5",
    "recall_at_precision:bins=4096",
    "recall_at_precision:bins=1024:spacing=uniform",
    "roc_curve:average=none",
    "det_curve:average=none",
    "precision_recall_curve:average=none",
    "roc_curve:bins=4096",
    "roc_curve:bins=1024:spacing=uniform",
    "det_curve:bins=4096",
    "det_curve:bins=1024:spacing=uniform",
    "precision_recall_curve:bins=4096",
    "precision_recall_curve:bins=1024:spacing=uniform",
];

/// Every average over classes, and every treatment of absent classes.
const AVERAGES: [&str; 6] = [
    ":average=none",
    ":average=micro",
    ":average=macro",
    ":average=weighted",
    ":absent=zero",
    ":zero_division=1",
];

/// Every average of one-vs-rest and one-vs-one metrics.
const ONE_VS_REST: [&str; 4] =
    [":average=none", ":average=weighted", ":multi_class=ovo", ":average=weighted:multi_class=ovo"];

/// Every reduction of a loss except the default.
const REDUCTIONS: [&str; 2] = [":reduction=sum", ":reduction=sum_over_batch_size"];

/// The specs that are available for these inputs.
pub fn specs(inputs: Inputs) -> Vec<String> {
    let task = inputs.task();
    let names = metric::of_task(task).map(|metric| metric.name.to_owned());
    let of_task = |spec: &&str| {
        metric::of_task(task).filter(|metric| metric.name == name(spec)).any(|metric| {
            let mut keys = spec.split(':').skip(1).filter_map(|part| part.split('=').next());
            let parameters = metric.parameters_in(task, inputs.outputs());
            keys.all(|key| parameters.iter().any(|parameter| parameter.name() == key))
        })
    };
    let variants = VARIANTS.iter().copied().filter(of_task).map(str::to_owned);
    let thresholds = metric::of_task(task)
        .filter(|metric| metric.has_parameter("threshold"))
        .map(|metric| format!("{}:threshold=0.25", metric.name));
    let reductions = metric::of_task(task)
        .filter(|metric| metric.has_parameter("reduction"))
        .flat_map(|metric| REDUCTIONS.map(|variant| format!("{}{variant}", metric.name)));
    let averages = metric::of_task(task)
        .filter(|metric| {
            let parameters = metric.parameters_in(task, inputs.outputs());
            let is_full = |known: &&dyn Parameter| {
                known.name() == "average" && known.range() == "none, micro, macro or weighted"
            };
            parameters.iter().any(is_full)
        })
        .flat_map(|metric| AVERAGES.map(|variant| format!("{}{variant}", metric.name)))
        .filter(|spec| of_task(&spec.as_str()));
    let one_vs_rest = metric::of_task(task)
        .filter(|metric| {
            let parameters = metric.parameters_in(task, inputs.outputs());
            parameters.iter().any(|known| known.name() == "multi_class")
        })
        .flat_map(|metric| ONE_VS_REST.map(|variant| format!("{}{variant}", metric.name)));
    let all = names.chain(variants).chain(thresholds).chain(reductions).chain(averages);
    let all = all.chain(one_vs_rest);
    let fits = |text: &String| match task {
        // An evaluator has one eps.
        Task::Regression if text == "kl_divergence" => false,
        Task::Multiclass => inputs.rows() || !inputs.spec(text).needs_rows(),
        Task::Regression => (inputs == Inputs::Vectors) == inputs.spec(text).needs_rows(),
        _ => true,
    };
    all.filter(fits).collect()
}

/// The metric name in a spec.
pub fn name(spec: &str) -> &str {
    spec.split(':').next().unwrap_or(spec)
}
