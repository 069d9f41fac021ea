//! Errors of adding a batch.

use super::input::Input;
use super::words::{count, expected_label, or_each, perhaps_sequences, shortest_number, size};
use crate::task::Task;

/// Why a batch cannot be added. Nothing of it was.
///
/// Rows count from 0 within the batch.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// Predictions and truths differ in number.
    #[error(
        "{} for {}: there must be one truth per prediction",
        count(*truth, "truth"), count(*prediction, "prediction")
    )]
    LengthMismatch {
        /// The number of predictions.
        prediction: usize,
        /// The number of truths.
        truth: usize,
    },

    /// Predictions are neither one class nor one row of scores per sample.
    #[error(
        "{} of predictions for {} of {classes} classes: there must be a row of {classes} scores per \
         sample, or one class per sample",
        count(*prediction, "element"), count(*samples, "sample")
    )]
    PredictionShape {
        /// The number of elements of predictions.
        prediction: usize,
        /// The number of samples, according to the truths.
        samples: usize,
        /// The number of classes.
        classes: usize,
    },

    /// The number of elements is not a multiple of the width of a row.
    #[error(
        "the {input} has {}, which is not a multiple of the row width {classes}",
        count(*elements, "element")
    )]
    PartialRow {
        /// The input.
        input: Input,
        /// The number of elements.
        elements: usize,
        /// The width of a row: the number of classes, outputs or labels.
        classes: usize,
    },

    /// The task needs truths.
    #[error(
        "the {task} task needs truths: give predictions and truths with Batch::new instead of values"
    )]
    MissingTruth {
        /// The task.
        task: Task,
    },

    /// The task has no truths.
    #[error("the {task} task has no truths: give the values with Batch::values")]
    UnexpectedTruth {
        /// The task.
        task: Task,
    },

    /// One-hot or soft truths in a task that has none.
    #[error(
        "one-hot and soft truths are supported only in the multiclass task; the {task} task needs one \
         truth per prediction"
    )]
    TruthRowsUnsupported {
        /// The task.
        task: Task,
    },

    /// The predictions are classes, but a metric needs scores.
    #[error(
        "{value} needs rows of {classes} scores, but the predictions are classes: give {classes} \
         scores per sample, or leave out metrics that need them"
    )]
    ScoresNeeded {
        /// The metric as requested, or a statistic that no metric needs.
        value: String,
        /// The number of classes.
        classes: usize,
    },

    /// Weights have the wrong shape.
    #[error(
        "{} for {}: there must be one weight per sample{}{}",
        count(*weight, "weight"),
        count(*samples, "sample"),
        or_each(*outputs, *steps),
        perhaps_sequences(*weight, *samples, *steps)
    )]
    WeightShape {
        /// The number of samples.
        samples: usize,
        /// The number of outputs or labels per sample.
        outputs: usize,
        /// The number of samples per sequence; 1 without sequences.
        steps: usize,
        /// The number of weights.
        weight: usize,
    },

    /// A mask has the wrong shape.
    #[error(
        "{} of a mask for {}: there must be one per sample{}{}",
        count(*mask, "element"),
        count(*samples, "sample"),
        or_each(*outputs, *steps),
        perhaps_sequences(*mask, *samples, *steps)
    )]
    MaskShape {
        /// The number of samples.
        samples: usize,
        /// The number of outputs or labels per sample that can be masked separately.
        outputs: usize,
        /// The number of samples per sequence; 1 without sequences.
        steps: usize,
        /// The number of elements of the mask.
        mask: usize,
    },

    /// The elements of an input have a type that it cannot have.
    #[error("{input} of type {dtype} in the {task} task: {expected}")]
    WrongType {
        /// The input.
        input: Input,
        /// The element type.
        dtype: &'static str,
        /// The task.
        task: Task,
        /// The types that are accepted.
        expected: &'static str,
    },

    /// A number of a sample of positive weight does not fit an `f32`.
    #[error("the {input} in row {row} is {value:e}: it does not fit an f32, which ends at 3.4e38")]
    TooLarge {
        /// The input.
        input: Input,
        /// The row in the batch, from 0.
        row: usize,
        /// The number.
        value: f64,
    },

    /// A number of a sample of positive weight is NaN or infinite.
    #[error(
        "the {input} in row {row} is {}: it must be finite; mask the row, or count such faults with \
         on_fault(FaultPolicy::Count)",
        shortest_number(*value)
    )]
    NotFinite {
        /// The input.
        input: Input,
        /// The row in the batch, from 0.
        row: usize,
        /// The number.
        value: f64,
    },

    /// A weight is negative, NaN, infinite, or 2^64 or more.
    #[error(
        "the weight in row {row} is {}: weights must be finite, not negative and below 2^64",
        shortest_number(*weight)
    )]
    InvalidWeight {
        /// The row in the batch, from 0.
        row: usize,
        /// The weight.
        weight: f64,
    },

    /// A weight in double precision is so small that it would lose digits, which a common power of
    /// two prevents.
    #[error(
        "the weight in row {row} is {}: weights in double precision have all of their digits from \
         2.9e-42 on, so multiply all weights by 2^{exponent}, which changes no ratio",
        shortest_number(*weight)
    )]
    WeightTooSmall {
        /// The row in the batch, from 0.
        row: usize,
        /// The weight.
        weight: f64,
        /// The exponent of a power of two that brings every weight of the batch into the range.
        exponent: i32,
    },

    /// A weight is 2^64 or more once it is multiplied by the weight of its class.
    #[error(
        "the weight in row {row} is {} times {} for class {class}: the product must be below 2^64",
        shortest_number(*weight),
        shortest_number(*class_weight)
    )]
    WeightProductTooLarge {
        /// The row in the batch, from 0.
        row: usize,
        /// The weight of the sample.
        weight: f64,
        /// Its class.
        class: u32,
        /// The weight of the class.
        class_weight: f64,
    },

    /// The label of a sample of positive weight is not a class.
    #[error("the {input} in row {row} is {label}: it must be {}", expected_label(*classes))]
    InvalidLabel {
        /// The input.
        input: Input,
        /// The row in the batch, from 0.
        row: usize,
        /// The label as text.
        label: String,
        /// The number of classes.
        classes: u32,
    },

    /// The truth of a sample of positive weight should be a one-hot row, but is not.
    #[error("the truth in row {row} is not one-hot: one element must be 1 and all others 0")]
    InvalidOneHot {
        /// The row in the batch, from 0.
        row: usize,
    },

    /// The soft truth of a sample of positive weight is not a distribution.
    #[error(
        "the truth in row {row} is not a distribution: its elements must be probabilities that sum to \
         1"
    )]
    InvalidDistribution {
        /// The row in the batch, from 0.
        row: usize,
    },

    /// Soft truths, but the predictions are classes.
    #[error(
        "soft truths need rows of scores as predictions: give {classes} scores per sample, or the \
         class of each truth"
    )]
    SoftTruthsBesideClasses {
        /// The number of classes.
        classes: usize,
    },

    /// A metric does not support soft truths.
    #[error("{value} does not support soft truths: give the class of each sample, or leave it out")]
    SoftTruthsUnsupported {
        /// The metric as requested, or a statistic that no metric needs.
        value: String,
    },

    /// Two metrics need different sums over the same rows of soft truths.
    #[error(
        "{first} and {second} need different sums over the same rows: give them the same parameters, \
         or use an evaluator for each"
    )]
    SoftTruthsConflict {
        /// A metric as requested, or a statistic that no metric needs.
        first: String,
        /// The other.
        second: String,
    },

    /// The samples do not make whole sequences.
    #[error("{} cannot be divided into sequences of {steps} steps", count(*samples, "sample"))]
    PartialSequence {
        /// The number of samples.
        samples: usize,
        /// The number of samples per sequence.
        steps: usize,
    },

    /// The number of lengths differs from the number of sequences.
    #[error(
        "{} for {} of {steps} steps: there must be one per sequence",
        count(*lengths, "length"), count(*sequences, "sequence")
    )]
    LengthCount {
        /// The number of lengths.
        lengths: usize,
        /// The number of sequences.
        sequences: usize,
        /// The number of samples per sequence.
        steps: usize,
    },

    /// A length is out of range.
    #[error(
        "the length of sequence {sequence} is {length}: it must be a whole number from 0 to {steps}"
    )]
    InvalidLength {
        /// The sequence in the batch, from 0.
        sequence: usize,
        /// Its length as text.
        length: String,
        /// The number of samples per sequence.
        steps: usize,
    },

    /// Stored scores need more memory than is allowed. Nothing of the batch, or of the state, was
    /// added.
    #[error(
        "the scores of {} need {}, but stored scores may take {}: allow more memory (score_memory), \
         fall back on bins when it is full (fallback_bins), or use bins from the start, as in \
         roc_auc:bins=4096",
        count(*samples as usize, "sample"),
        size(*bytes),
        size(*limit)
    )]
    ScoreMemoryFull {
        /// The number of samples, including those that are stored already.
        samples: u64,
        /// The memory in bytes that their scores need.
        bytes: u64,
        /// The memory in bytes that is allowed.
        limit: u64,
    },

    /// Some inputs are in buffers of a device, others on the host.
    #[error(
        "the {on_device} is in a buffer, but the {on_host} is on the host: put both on the same side"
    )]
    MixedSources {
        /// An input in a buffer.
        on_device: Input,
        /// An input in a slice.
        on_host: Input,
    },

    /// The batch is in buffers, but the evaluator runs on the CPU.
    #[error(
        "the batch is in buffers of a device, but this evaluator runs on the CPU: build it with \
         Device::shared, or give slices"
    )]
    BuffersOnCpu,

    /// The batch is in buffers, but the evaluator computes in double precision.
    #[error(
        "the batch is in buffers of a device, which are computed in single precision, but this \
         evaluator has Precision::Double: give slices, or build it with Precision::Auto"
    )]
    BuffersInDouble,

    /// The batch is in slices, but only work on the device can be recorded.
    #[error(
        "the batch is on the host, and cannot be recorded in an encoder: use Evaluator::update"
    )]
    HostBatchInEncoder,

    /// A checked evaluator cannot record work without submitting it.
    #[error(
        "a checked evaluator reads batches back, which is impossible while they are only recorded: \
         use Evaluator::update"
    )]
    CheckedEncoder,

    /// A column in a buffer cannot be read.
    #[error("the buffer of the {input}s: {reason}")]
    InvalidBuffer {
        /// The input.
        input: Input,
        /// The reason, and what to do.
        reason: String,
    },

    /// A sample in buffers spans more bytes than the device can bind.
    #[error(
        "one sample of the batch spans more bytes than {adapter} can bind at once ({}): give rows \
         with a smaller stride",
        size(*limit)
    )]
    SampleTooLarge {
        /// The adapter.
        adapter: String,
        /// The largest binding in bytes.
        limit: u64,
    },
}
