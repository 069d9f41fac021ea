//! What can go wrong, and why a value can be undefined: always data, and a sentence that says
//! what, where and what to do.

mod buffers;
mod failed_batch;
mod input;
mod scores;
mod sequences;
mod soft_truths;
mod suite;
mod undefined;
mod values;
mod words;

pub use self::buffers::BufferError;
pub use self::failed_batch::FailedBatch;
pub use self::input::Input;
pub use self::scores::ScoreError;
pub use self::sequences::SequenceError;
pub use self::soft_truths::SoftTruthError;
pub use self::suite::MultiOutputError;
pub use self::undefined::Undefined;
pub use self::values::ValueError;
pub use self::words::classes_from_zero;
pub(crate) use self::words::shortest_number;

use self::words::{did_you_mean, list_of_tasks, or_each, perhaps_sequences};
use crate::task::{MAX_CLASSES, Task};

/// Why an evaluator could not be built, updated or read.
///
/// Rows count from 0 within the batch. After an error from `update` the evaluator holds what it
/// held before, and goes on; only a device that fails within a batch ends that, until a reset.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Prediction and truth differ in length.
    #[error("{truth} truths for {prediction} predictions: there must be one truth per prediction")]
    LengthMismatch {
        /// Number of predictions.
        prediction: usize,
        /// Number of truths.
        truth: usize,
    },

    /// Predictions that are neither a class nor a row of scores for each sample.
    #[error(
        "{prediction} elements of predictions for {samples} samples of {classes} classes: there \
         must be a row of {classes} scores per sample, or one class per sample"
    )]
    RowsMismatch {
        /// Number of elements of predictions.
        prediction: usize,
        /// Number of samples, as the truths have it.
        samples: usize,
        /// The number of classes.
        classes: usize,
    },

    /// Rows that are not whole.
    #[error("{elements} elements of {input}s are no whole rows of {classes}")]
    RowLength {
        /// Which input.
        input: Input,
        /// Number of elements.
        elements: usize,
        /// How many a row has: one for each class, output or label.
        classes: usize,
    },

    /// Values without a truth in a task that compares them with one.
    #[error("no truth in the {task} task: give predictions and truths with Batch::new")]
    MissingTruth {
        /// The task.
        task: Task,
    },

    /// A truth in a task that has none.
    #[error("a truth in the {task} task, which has none: give the values with Batch::values")]
    NeedlessTruth {
        /// The task.
        task: Task,
    },

    /// One-hot or soft truths in a task that has no rows of classes.
    #[error("rows of classes are no truths of the {task} task: give one truth per prediction")]
    RowsOfTruths {
        /// The task.
        task: Task,
    },

    /// Predictions are classes, but a value needs scores.
    #[error(
        "{value} needs rows of {classes} scores, but the predictions are classes: give \
         {classes} scores per sample, or leave out metrics that need them"
    )]
    ScoresNeeded {
        /// What needs them: the metric as it was asked for, or a statistic that no metric needs.
        value: String,
        /// The number of classes.
        classes: usize,
    },

    /// Two values ask for different things of the same rows.
    #[error(
        "{first} and {second} ask for different sums over the same rows: give them the same \
         parameters, or evaluate each by itself"
    )]
    RowsConflict {
        /// One of the metrics as it was asked for, or a statistic that no metric needs.
        first: String,
        /// The other.
        second: String,
    },

    /// Not one weight per sample, or per output of each.
    #[error(
        "{weight} weights for {samples} samples: there must be one weight per sample{}{}",
        or_each(*outputs, *steps),
        perhaps_sequences(*weight, *samples, *steps)
    )]
    WeightShape {
        /// Number of samples.
        samples: usize,
        /// Number of outputs or labels of each.
        outputs: usize,
        /// Number of samples of a sequence; 1 where there are no sequences.
        steps: usize,
        /// Number of weights.
        weight: usize,
    },

    /// Not one element of a mask per sample, or per output of each.
    #[error(
        "{mask} elements of a mask for {samples} samples: there must be one per sample{}{}",
        or_each(*outputs, *steps),
        perhaps_sequences(*mask, *samples, *steps)
    )]
    MaskLength {
        /// Number of samples.
        samples: usize,
        /// Number of outputs or labels of each that can be masked by themselves.
        outputs: usize,
        /// Number of samples of a sequence; 1 where there are no sequences.
        steps: usize,
        /// Number of elements of the mask.
        mask: usize,
    },

    /// Sequences that are not whole, or lengths that are not theirs.
    #[error(transparent)]
    Sequences(#[from] SequenceError),

    /// What is wrong with a batch of soft truths.
    #[error(transparent)]
    SoftTruths(#[from] SoftTruthError),

    /// Stored scores.
    #[error(transparent)]
    Scores(#[from] ScoreError),

    /// A batch in buffers of a device that cannot be added.
    #[error(transparent)]
    Buffers(#[from] BufferError),

    /// A setting about labels, in a task without any.
    #[error(
        "{setting} in the {task} task, whose truths are no labels: use weights per sample, or a mask"
    )]
    NoLabels {
        /// The setting.
        setting: &'static str,
        /// The task.
        task: Task,
    },

    /// A weight of a class that there is not.
    #[error(
        "a weight for class {class}, but classes are {}: give it to one of them, or leave it out",
        classes_from_zero(*classes)
    )]
    UnknownClass {
        /// The class.
        class: usize,
        /// The number of classes.
        classes: u32,
    },

    /// A weight of a class that is negative, NaN, infinite, or 2^64 or more.
    #[error(
        "the weight of class {class} is {}: weights must be finite, not negative and below 2^64",
        shortest_number(*weight)
    )]
    InvalidClassWeight {
        /// The class.
        class: u32,
        /// Its weight.
        weight: f64,
    },

    /// A class with more than one weight.
    #[error("class {class} is given two weights: there must be one per class")]
    RepeatedClass {
        /// The class.
        class: u32,
    },

    /// A weight that is 2^64 or more once it is multiplied by that of its class.
    #[error(
        "the weight in row {row} is {} times {} for class {class}: the product must be below 2^64",
        shortest_number(*weight),
        shortest_number(*class_weight)
    )]
    InvalidProduct {
        /// Row of the batch, from 0.
        row: usize,
        /// The weight of the sample.
        weight: f64,
        /// Its class.
        class: u32,
        /// The weight of the class.
        class_weight: f64,
    },

    /// A weight that is negative, NaN, infinite, or 2^64 or more.
    #[error(
        "the weight in row {row} is {}: weights must be finite, not negative and below 2^64",
        shortest_number(*weight)
    )]
    InvalidWeight {
        /// Row of the batch, from 0.
        row: usize,
        /// The weight.
        weight: f64,
    },

    /// A label that is none of the classes, in a sample of positive weight.
    #[error("the {input} in row {row} is {label}: labels must be {}", classes_from_zero(*classes))]
    InvalidLabel {
        /// Which input.
        input: Input,
        /// Row of the batch, from 0.
        row: usize,
        /// The label as text.
        label: String,
        /// The number of classes.
        classes: u32,
    },

    /// A truth that should be a one-hot row and is none, in a sample of positive weight.
    #[error("the truth in row {row} is no one-hot row: one element must be 1 and all others 0")]
    InvalidOneHot {
        /// Row of the batch, from 0.
        row: usize,
    },

    /// A number of classes that cannot be.
    #[error(
        "{classes} classes: there must be from 2 to {MAX_CLASSES}; they count from 0, so give one \
         more than the greatest"
    )]
    InvalidClasses {
        /// The number of classes.
        classes: usize,
    },

    /// Not one name for each class.
    #[error("{names} names for {classes} classes: there must be one for each")]
    ClassNames {
        /// Number of names.
        names: usize,
        /// The number of classes.
        classes: usize,
    },

    /// A multiclass evaluator was not told its number of classes.
    #[error("the multiclass task needs the number of classes: say it with Builder::classes")]
    MissingClasses,

    /// A multilabel evaluator was not told its number of labels.
    #[error("the multilabel task needs the number of labels: say it with Builder::outputs")]
    MissingLabels,

    /// Several outputs in a task whose samples have one.
    #[error(
        "samples of the {task} task have one output: several belong to regression and multilabel"
    )]
    NoOutputs {
        /// The task.
        task: Task,
    },

    /// A number of outputs or labels that cannot be.
    #[error("{outputs} outputs: there must be from 1 to 65536")]
    InvalidOutputs {
        /// The number of outputs.
        outputs: usize,
    },

    /// A checkpoint every 0 updates.
    #[error("a checkpoint every 0 updates: give 1 or more, or leave it out for none")]
    CheckpointInterval,

    /// A window of 0 updates.
    #[error("a window of 0 updates: give 1 or more")]
    EmptyWindow,

    /// A confusion matrix of more classes than it can have.
    #[error(
        "a confusion matrix of {classes} classes would take {bytes} bytes: it can have at most \
         {limit} classes; the other metrics over counts need no matrix"
    )]
    TooManyClasses {
        /// The number of classes.
        classes: u32,
        /// Bytes that it would take.
        bytes: u64,
        /// The largest number of classes.
        limit: u32,
    },

    /// A state that the device cannot hold.
    #[error("{adapter} holds states of up to {limit} bytes, and these metrics need {bytes}")]
    TooLargeForDevice {
        /// The adapter.
        adapter: String,
        /// Bytes that are needed.
        bytes: u64,
        /// Bytes that a binding of the device can have.
        limit: u64,
    },

    /// A number that does not fit an `f32`, in a sample of positive weight.
    #[error("the {input} in row {row} is {value:e}: it does not fit an f32 (at most 3.4e38)")]
    TooLarge {
        /// Which input.
        input: Input,
        /// Row of the batch, from 0.
        row: usize,
        /// The number.
        value: f64,
    },

    /// A number that is NaN or infinite, in a sample of positive weight.
    #[error(
        "the {input} in row {row} is {}: it must be finite; mask the row, or count such faults with \
         on_fault(FaultPolicy::Count)",
        shortest_number(*value)
    )]
    NotFinite {
        /// Which input.
        input: Input,
        /// Row of the batch, from 0.
        row: usize,
        /// The number.
        value: f64,
    },

    /// An element type that this input cannot have.
    #[error("{input} of type {dtype} in the {task} task: {expected}")]
    WrongType {
        /// Which input.
        input: Input,
        /// The element type.
        dtype: &'static str,
        /// The task.
        task: Task,
        /// What would do.
        expected: &'static str,
    },

    /// No metric of this name.
    #[error("no metric is called {name:?}{}", did_you_mean(nearest))]
    UnknownMetric {
        /// The name as given.
        name: String,
        /// The nearest name, if one is near.
        nearest: Option<String>,
    },

    /// No task of this name.
    #[error("unknown task {name:?}: it must be {}", list_of_tasks())]
    UnknownTask {
        /// The name as given.
        name: String,
    },

    /// A metric of another task.
    #[error("{metric} is no metric of the {task} task: it belongs to {tasks}")]
    WrongTask {
        /// The metric.
        metric: &'static str,
        /// The evaluator's task.
        task: Task,
        /// The tasks that have it.
        tasks: String,
    },

    /// A metric has no parameter of this name.
    #[error("{metric} has no parameter {parameter:?}{}", did_you_mean(nearest))]
    UnknownParameter {
        /// The metric.
        metric: &'static str,
        /// The parameter as given.
        parameter: String,
        /// The nearest name, or the list of those it has.
        nearest: Option<String>,
    },

    /// A parameter's value is not what it must be.
    #[error("{metric}: {parameter} is {value:?}, but must be {expected}")]
    InvalidParameter {
        /// The metric that the parameter belongs to.
        metric: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// Its value as given.
        value: String,
        /// What it must be.
        expected: String,
    },

    /// A parameter is given more than once.
    #[error("{metric}: {parameter} is given twice")]
    RepeatedParameter {
        /// The metric that the parameter belongs to.
        metric: &'static str,
        /// The parameter.
        parameter: &'static str,
    },

    /// A threshold that scores cannot be compared with.
    #[error("the threshold is {value}, but must be {expected}")]
    InvalidThreshold {
        /// The threshold as given.
        value: String,
        /// What it must be.
        expected: &'static str,
    },

    /// The states of two evaluators with different metrics cannot be merged.
    #[error(
        "{what}: the state has {theirs}, but this evaluator {ours}: both must have the same task, \
         metrics and settings"
    )]
    StateMismatch {
        /// What is different.
        what: &'static str,
        /// That of this evaluator.
        ours: String,
        /// That of the state.
        theirs: String,
    },

    /// A state holds totals that no samples leave.
    #[error("the state's totals are not those of its statistics: it was not made by an evaluator")]
    InvalidState,

    /// An environment variable has a value that means nothing.
    #[error("the environment variable {variable} is {value:?}, but must be {expected}")]
    Environment {
        /// Name of the variable.
        variable: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        expected: &'static str,
    },

    /// What is wrong with a value of one's own.
    #[error(transparent)]
    Values(#[from] ValueError),

    /// There is no adapter like that.
    #[error("no adapter {wanted}: {}", if found.is_empty() { "there is none on this machine (a software one comes with the package mesa-vulkan-drivers)".into() } else { format!("there is {}", found.join(", ")) })]
    NoAdapter {
        /// What was asked for.
        wanted: String,
        /// The adapters that there are.
        found: Vec<String>,
    },

    /// The adapter's arithmetic differs from the CPU engine's, so it is not trusted.
    #[error(
        "the adapter {adapter} failed its self-test ({what}), so it is not used: update its driver, or use the CPU engine"
    )]
    AdapterRefused {
        /// The adapter.
        adapter: String,
        /// The first difference.
        what: String,
    },

    /// The device was lost, by a driver reset or because it was unplugged.
    #[error("the device {adapter} was lost: {reason}")]
    DeviceLost {
        /// The adapter.
        adapter: String,
        /// What the driver said.
        reason: String,
    },

    /// The device refused or did not finish its work.
    #[error("the device {adapter} failed: {reason}")]
    DeviceFailed {
        /// The adapter.
        adapter: String,
        /// What happened.
        reason: String,
    },

    /// Both engines ran, and their states differ.
    #[error(
        "CPU and {adapter} disagree in {statistic}: {difference}; please report this with the adapter's driver version"
    )]
    Disagreement {
        /// The adapter.
        adapter: String,
        /// The first statistic that differs.
        statistic: String,
        /// Both totals.
        difference: String,
    },
}
