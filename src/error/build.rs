//! Errors of building an evaluator.

use super::words::{bits, count, did_you_mean, shortest_number, size};
use crate::task::{MAX_CLASSES, MAX_OUTPUTS, Task};

/// Why an evaluator cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No metric has this name.
    #[error("unknown metric {name:?}{}", did_you_mean(nearest))]
    UnknownMetric {
        /// The name as given.
        name: String,
        /// The most similar name, if one is similar.
        nearest: Option<String>,
    },

    /// The metric belongs to other tasks.
    #[error("metric {metric} is not available in the {task} task; it is available in: {tasks}")]
    WrongTask {
        /// The metric.
        metric: &'static str,
        /// The task of the evaluator.
        task: Task,
        /// The tasks of the metric.
        tasks: String,
    },

    /// The metric has no parameter of this name in the task of the evaluator.
    #[error(
        "{metric} has no parameter {parameter:?} in the {task} task; {}",
        match known.as_slice() {
            [] => "it has none".to_owned(),
            [only] => format!("it has only {only}"),
            known => format!("it has {}", known.join(", ")),
        }
    )]
    UnknownParameter {
        /// The metric.
        metric: &'static str,
        /// The parameter as given.
        parameter: String,
        /// The task of the evaluator.
        task: Task,
        /// The parameters that it has.
        known: Vec<&'static str>,
    },

    /// The parameter does not accept this value.
    #[error(
        "{metric}: {parameter} {}, but must be {expected}",
        if value.is_empty() { "has no value".to_owned() } else { format!("is {value:?}") }
    )]
    InvalidParameter {
        /// The metric.
        metric: String,
        /// The parameter.
        parameter: &'static str,
        /// The value as given.
        value: String,
        /// The values that it accepts.
        expected: String,
    },

    /// The parameter is given more than once.
    #[error("{metric}: {parameter} is given twice")]
    RepeatedParameter {
        /// The metric.
        metric: &'static str,
        /// The parameter.
        parameter: &'static str,
    },

    /// Two metrics need different sums over the same rows.
    #[error(
        "{first} and {second} need different sums over the same rows: give them the same parameters, \
         or use an evaluator for each"
    )]
    ConflictingMetrics {
        /// A metric as requested, or a statistic that no metric needs.
        first: String,
        /// The other.
        second: String,
    },

    /// Scores cannot be compared with this threshold.
    #[error("the threshold is {value}, but must be {expected}")]
    InvalidThreshold {
        /// The threshold as given.
        value: String,
        /// The thresholds that are accepted.
        expected: &'static str,
    },

    /// The multiclass task needs the number of classes.
    #[error(
        "the multiclass task needs the number of classes: set it with EvaluatorBuilder::classes"
    )]
    MissingClasses,

    /// The number of classes is out of range.
    #[error(
        "the number of classes is {classes}, but must be from 2 to {MAX_CLASSES}: classes count from \
         0, so it is one more than the largest class"
    )]
    InvalidClasses {
        /// The number of classes.
        classes: usize,
    },

    /// The number of names differs from the number of classes, or of labels.
    #[error("{} for {expected} {nouns}: there must be one for each", count(*names, "name"))]
    ClassNameCount {
        /// The number of names.
        names: usize,
        /// The number of classes or labels.
        expected: usize,
        /// `classes`, or `labels` in the multilabel task.
        nouns: &'static str,
    },

    /// The multilabel task needs the number of labels.
    #[error(
        "the multilabel task needs the number of labels: set it with EvaluatorBuilder::outputs"
    )]
    MissingLabels,

    /// The task has one output per sample.
    #[error(
        "the {task} task has one output per sample: only the regression and multilabel tasks can have \
         several"
    )]
    OutputsUnsupported {
        /// The task.
        task: Task,
    },

    /// The number of outputs or labels is out of range.
    #[error("the number of outputs is {outputs}, but must be from 1 to {MAX_OUTPUTS}")]
    InvalidOutputs {
        /// The number of outputs.
        outputs: usize,
    },

    /// A setting of labels in a task without labels.
    #[error(
        "{setting} cannot be used in the {task} task, which has no labels: use weights per sample, or \
         a mask"
    )]
    LabelsUnsupported {
        /// The setting.
        setting: &'static str,
        /// The task.
        task: Task,
    },

    /// A weight is given for a class that does not exist.
    #[error("a weight is given for class {class}, but the classes are 0 to {}", classes.saturating_sub(1))]
    UnknownClass {
        /// The class.
        class: usize,
        /// The number of classes.
        classes: u32,
    },

    /// The weight of a class is negative, NaN, infinite, or 2^64 or more.
    #[error(
        "the weight of class {class} is {}: weights must be finite, not negative and below 2^64",
        shortest_number(*weight)
    )]
    InvalidClassWeight {
        /// The class.
        class: u32,
        /// The weight.
        weight: f64,
    },

    /// A class has more than one weight.
    #[error("class {class} is given two weights: there must be one per class")]
    RepeatedClassWeight {
        /// The class.
        class: u32,
    },

    /// The interval of checkpoints is 0.
    #[error("a checkpoint every 0 updates: give 1 or more, or leave it out for none")]
    CheckpointInterval,

    /// The number of updates of a window is 0.
    #[error("a window of 0 updates: give 1 or more")]
    EmptyWindow,

    /// The confusion matrix has too many classes.
    #[error(
        "a confusion matrix of {classes} classes would take {}: it can have at most {limit} classes; \
         the other metrics of counts need no matrix",
        size(*bytes)
    )]
    MatrixTooLarge {
        /// The number of classes.
        classes: u32,
        /// The size of the matrix in bytes.
        bytes: u64,
        /// The largest number of classes of a matrix.
        limit: u32,
    },

    /// The number of fallback bins is out of range.
    #[error("fallback_bins is {bins}; it must be from 2 to {max}")]
    InvalidFallbackBins {
        /// The number of bins.
        bins: u32,
        /// The largest number of bins.
        max: u32,
    },

    /// The spacing of bins is given without bins.
    #[error("spacing needs bins to divide scores into: give their number too, as in bins=4096")]
    SpacingWithoutBins,

    /// Too many one-vs-rest and one-vs-one curves.
    #[error(
        "{classes} classes make {curves} curves, but at most {max} are possible: use one-vs-rest \
         (multi_class=ovr), or fewer classes"
    )]
    TooManyCurves {
        /// The number of classes.
        classes: u32,
        /// The number of curves: one per class with one-vs-rest, one per pair with one-vs-one.
        curves: usize,
        /// The largest number of curves.
        max: usize,
    },

    /// The bins of all labels or classes need more memory than is allowed.
    #[error(
        "the bins of all labels or classes need {}, but at most {} are allowed: use fewer bins",
        size(*bytes),
        size(*limit)
    )]
    BinsTooLarge {
        /// The size of the bins in bytes.
        bytes: u64,
        /// The largest size in bytes.
        limit: u64,
    },

    /// A custom value has a name that it cannot have.
    #[error("a custom value cannot be named {name:?}: {reason}")]
    InvalidValueName {
        /// The name.
        name: &'static str,
        /// The reason.
        reason: &'static str,
    },

    /// The WGSL of a custom value is invalid.
    #[error("the custom value {name}, line {line}: {message}")]
    InvalidValueWgsl {
        /// The value.
        name: &'static str,
        /// The line of its text, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },

    /// The loops of a custom value are longer than the device allows a thread.
    #[error(
        "the custom value {name} takes {steps} loop steps for a sample, but {adapter} gives a thread \
         {limit} for all of its loops: shorten the loops, or use another device"
    )]
    ValueLoopsTooLong {
        /// The value.
        name: &'static str,
        /// Loop steps for a sample.
        steps: u32,
        /// The adapter.
        adapter: String,
        /// The adapter's limit.
        limit: u32,
    },

    /// The Rust and the WGSL function of a custom value give different results.
    #[error(
        "the custom value {name}: for prediction {}, truth {} and parameter {} its Rust function \
         returns {}, but its WGSL function on {adapter} returns {}: both must have the same \
         operations, and each operation on floats in WGSL must be within rounded( )",
        bits(*prediction), bits(*truth), bits(*parameter), bits(*rust), bits(*wgsl)
    )]
    ValueTwinsDiffer {
        /// The value.
        name: &'static str,
        /// The adapter that ran the WGSL.
        adapter: String,
        /// The prediction of the first sample that differs, as the bits of an `f32`, like all that
        /// follow.
        prediction: u32,
        /// Its truth.
        truth: u32,
        /// The parameter.
        parameter: u32,
        /// The result of the Rust function.
        rust: u32,
        /// The result of the WGSL function.
        wgsl: u32,
    },
}
