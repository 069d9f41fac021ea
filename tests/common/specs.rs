//! Every metric as specs: by its name alone, and with parameters.

use weighbridge::Task;
use weighbridge::metric;

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
    "cohen_kappa:weights=linear",
    "cohen_kappa:weights=quadratic",
    "log_loss:label_smoothing=0.1",
    "log_loss:label_smoothing=1",
    "log_loss:eps=0.125",
    "expected_calibration_error:bins=1",
    "expected_calibration_error:bins=256",
    "calibration_bins:bins=7",
];

/// Every average over classes, and what they make of classes that are not there.
const AVERAGES: [&str; 6] = [
    ":average=none",
    ":average=micro",
    ":average=macro",
    ":average=weighted",
    ":absent=zero",
    ":zero_division=1",
];

/// The specs of a task.
pub fn specs(task: Task) -> Vec<String> {
    let names = metric::of_task(task).map(|metric| metric.name.to_owned());
    let of_task = |spec: &&str| {
        metric::of_task(task).filter(|metric| metric.name == name(spec)).any(|metric| {
            let mut given = spec.split(':').skip(1).filter_map(|part| part.split('=').next());
            given.all(|key| metric.parameters.iter().any(|parameter| parameter.name == key))
        })
    };
    let variants = VARIANTS.iter().copied().filter(of_task).map(str::to_owned);
    let thresholds = metric::of_task(task)
        .filter(|metric| metric.parameters.contains(&metric::THRESHOLD))
        .map(|metric| format!("{}:threshold=0.25", metric.name));
    let averages = metric::of_task(task)
        .filter(|metric| metric.parameters.contains(&metric::AVERAGE))
        .flat_map(|metric| AVERAGES.map(|variant| format!("{}{variant}", metric.name)));
    names.chain(variants).chain(thresholds).chain(averages).collect()
}

/// The name in a spec.
pub fn name(spec: &str) -> &str {
    spec.split(':').next().unwrap_or(spec)
}
