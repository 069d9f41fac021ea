//! What an evaluator is built from: metrics, classes and outputs, weights of classes, and a device.

use super::score_memory::SCORE_MEMORY;
use crate::cpu::InstructionSet;
use crate::device::Device;
use crate::metric::Settings;
use crate::state::State;
use crate::statistic::{CustomValue, Statistic, Task, ValueFn, ValueSpec};
use std::num::NonZero;

/// Settings of an evaluator that is to be built.
#[derive(Clone, Debug)]
pub struct EvaluatorBuilder {
    pub(super) task: Task,
    pub(super) metrics: Vec<String>,
    /// The metrics of the state that the evaluator goes on from, if there is one.
    pub(super) of_state: Option<Vec<String>>,
    pub(super) values: Vec<ValueSpec>,
    pub(super) statistics: Vec<Statistic>,
    pub(super) from_logits: bool,
    pub(super) threshold: f64,
    pub(super) classes: Option<u32>,
    pub(super) class_names: Option<Vec<String>>,
    pub(super) outputs: Option<u32>,
    pub(super) class_weights: Vec<(u32, f64)>,
    pub(super) ignored: Option<i64>,
    pub(super) device: Device,
    pub(super) checked: bool,
    pub(super) instructions: InstructionSet,
    pub(super) checkpoint_every: Option<NonZero<u64>>,
    pub(super) score_memory: u64,
    pub(super) fallback_bins: Option<u32>,
}

impl EvaluatorBuilder {
    /// The standard metrics of a task, on the device that `auto` picks.
    pub(super) fn new(task: Task) -> Self {
        Self {
            task,
            metrics: Vec::new(),
            of_state: None,
            values: Vec::new(),
            statistics: Vec::new(),
            from_logits: false,
            threshold: 0.5,
            classes: None,
            class_names: None,
            outputs: None,
            class_weights: Vec::new(),
            ignored: None,
            device: Device::Auto,
            checked: false,
            instructions: InstructionSet::widest(),
            checkpoint_every: None,
            score_memory: SCORE_MEMORY,
            fallback_bins: None,
        }
    }

    /// Adds a metric, `name[:key=value]...`. Without any, the task's standard set is reported.
    pub fn metric(mut self, spec: impl Into<String>) -> Self {
        self.metrics.push(spec.into());
        self
    }

    /// Adds several metrics.
    pub fn metrics<S: Into<String>>(mut self, specs: impl IntoIterator<Item = S>) -> Self {
        self.metrics.extend(specs.into_iter().map(Into::into));
        self
    }

    /// Adds the mean of a per-sample value of one's own, reported under its name after the metrics.
    pub fn value(self, value: &'static CustomValue) -> Self {
        self.value_with(value, 0.0)
    }

    /// The same of a value that has a parameter, reported as `name:parameter`.
    pub fn value_with(mut self, value: &'static CustomValue, parameter: f32) -> Self {
        self.values.push(ValueSpec { function: ValueFn::Custom(value), parameter });
        self
    }

    /// Accumulates further statistics besides those of the metrics: the parts from which a metric of
    /// one's own can be made. They are read through [`Evaluator::state`](crate::Evaluator::state), whose
    /// [`statistics`](crate::State::statistics) names them as [`Statistic`] prints. With statistics
    /// and no metrics, no metric is reported.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::statistic::{Accumulator, ValueFn, Statistic};
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Regression)
    ///     .statistics([Statistic::sum(ValueFn::AbsoluteError)])
    ///     .build()?;
    /// evaluator.update(&Batch::new(&[1.0_f32, 5.0], &[2.0_f32, 3.0]).weights(&[1.0_f32, 2.0]))?;
    /// let state = evaluator.state()?;
    /// assert_eq!(state.statistics, ["sum:absolute_error"]);
    /// let Accumulator::Sum(sum) = state.totals[0].statistics[0].content else { unreachable!() };
    /// assert_eq!((sum.unweighted.to_f64(), sum.weighted.to_f64()), (3.0, 5.0));
    /// # Ok::<(), weighbridge::Error>(())
    /// ```
    pub fn statistics(mut self, statistics: impl IntoIterator<Item = Statistic>) -> Self {
        self.statistics.extend(statistics);
        self
    }

    /// Says that predictions of the binary and multiclass tasks are logits, not probabilities. Never
    /// guessed.
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { from_logits, ..self }
    }

    /// The probability above which a binary prediction is positive, 0.5 by default. Under
    /// [`from_logits`](Self::from_logits) it is turned once into the logit that predictions are
    /// compared with.
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }

    /// The number of classes K of the multiclass task, from 2 to 2^20: classes are 0 to K − 1.
    pub fn classes(self, classes: u32) -> Self {
        Self { classes: Some(classes), ..self }
    }

    /// Names of the classes, or of the labels of the multilabel task, in order, which reports then
    /// show. In the multiclass task they say the number of classes too.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Multiclass)
    ///     .class_names(["cat", "dog"])
    ///     .metric("confusion_matrix")
    ///     .build()?;
    /// evaluator.update(&Batch::new(&[0_u8, 1, 1], &[0_u8, 1, 0]))?;
    /// assert!(evaluator.result()?.to_string().contains("│ dog"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn class_names<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        Self { class_names: Some(names.into_iter().map(Into::into).collect()), ..self }
    }

    /// The number of labels L of each sample in the multilabel task, or of outputs in the regression
    /// task (1 by default): predictions and truths have so many elements for each sample, one after
    /// the other. Weights are one for each sample, or one for each element.
    ///
    /// A metric is computed for each output and averaged, as its parameter `average` says.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Regression)
    ///     .outputs(2)
    ///     .metrics(["mean_error", "mean_error:average=none"])
    ///     .build()?;
    /// let (prediction, truth) = ([1.0_f32, 5.0, 2.0, 7.0], [0.0_f32, 4.0, 0.0, 4.0]);
    /// evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 3.0]))?;
    /// let report = evaluator.result()?;
    /// assert_eq!(report.unweighted("mean_error")?, 1.75); // the mean of 1.5 and 2
    /// assert_eq!(report.to_json()["metrics"]["mean_error:average=none"]["weighted"][1], 2.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn outputs(self, outputs: u32) -> Self {
        Self { outputs: Some(outputs), ..self }
    }

    /// Multiplies the weight of each sample by that of its class, the class of its truth: wherever
    /// they are given, in training and in validation alike.
    ///
    /// (class, weight) of any number of classes, a map or, with `(0..).zip(weights)`, a vector; those
    /// that are not named weigh 1. Weights are finite, not negative and below 2^64. Without weights
    /// per sample, these are the weights. They change weighted values only; weight 0 deletes a class
    /// from them.
    ///
    /// The weight that counts is the product of both as `f32` numbers, rounded once. A class of
    /// weight 1 leaves weights as they are; for other classes, a factor below 2^-126 or a product
    /// below 2^-125 counts as zero, and the report warns of it. A product of 2^64 or more is an
    /// invalid weight, and an invalid weight stays one, whatever its class weighs.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let builder = Evaluator::builder(Task::Binary).metric("accuracy");
    /// let mut evaluator = builder.class_weights([(1, 3.0)]).build()?;
    /// evaluator.update(&Batch::new(&[0.9_f32, 0.2, 0.6], &[1_u8, 0, 0]))?;
    /// let report = evaluator.result()?;
    /// assert_eq!(report.unweighted("accuracy")?, 2.0 / 3.0);
    /// assert_eq!(report.weighted("accuracy")?, 4.0 / 5.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn class_weights(mut self, weights: impl IntoIterator<Item = (u32, f64)>) -> Self {
        self.class_weights.extend(weights);
        self
    }

    /// Masks samples whose truth is this label, one of the classes or none (such as -100 or 255):
    /// they are deleted from both values, whatever else they hold, as by
    /// [`Batch::mask`](crate::Batch::mask).
    ///
    /// It is the truth that decides: where the label is a class, it may still be predicted for other
    /// samples, wrongly. One-hot truths are compared by their class.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let builder = Evaluator::builder(Task::Multiclass).classes(3).metric("accuracy");
    /// let mut evaluator = builder.ignore_index(-100).build()?;
    /// evaluator.update(&Batch::new(&[0_u8, 2, 1, 1], &[0_i64, 1, -100, -100]))?;
    /// let report = evaluator.result()?;
    /// assert_eq!(report.unweighted("accuracy")?, 0.5);
    /// assert_eq!((report.samples, report.masked_samples), (2, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ignore_index(self, label: i64) -> Self {
        Self { ignored: Some(label), ..self }
    }

    /// Where the work is done; [`Device::Auto`] by default.
    pub fn device(self, device: Device) -> Self {
        Self { device, ..self }
    }

    /// Runs both engines and compares their states bit for bit in `result`.
    pub fn checked(self, checked: bool) -> Self {
        Self { checked, ..self }
    }

    /// The instruction set of the CPU engine; the widest by default. It changes only the speed.
    pub fn instructions(self, instructions: InstructionSet) -> Self {
        Self { instructions, ..self }
    }

    /// Keeps a snapshot on the host, so that no more than so many updates, of those that are not recorded
    /// for others to submit, are lost if the device is:
    /// [`Evaluator::last_checkpoint`](crate::Evaluator::last_checkpoint) has it then. Snapshots are copies in order on the queue and read when they
    /// have arrived; an update waits only where the device is that far behind, and with 1 always.
    ///
    /// # Example
    ///
    /// ```
    /// use std::num::NonZero;
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let every = NonZero::new(2).expect("not zero");
    /// let mut evaluator = Evaluator::builder(Task::Regression).checkpoint_every(every).build()?;
    /// for error in 0..10 {
    ///     evaluator.update(&Batch::new(&[error as f32], &[0.0_f32]))?;
    /// }
    /// let mut other = Evaluator::from_state(evaluator.last_checkpoint().expect("a snapshot"))?;
    /// assert!(other.result()?.samples >= 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checkpoint_every(self, updates: NonZero<u64>) -> Self {
        Self { checkpoint_every: Some(updates), ..self }
    }

    /// Bytes that [stored scores](crate::statistic::scores) may take, which exact curves need: 8 for each
    /// sample, and as many while they are put in order; of several labels or classes for each of them, and
    /// of classes in pairs (`multi_class=ovo`) for each of the K(K − 1). 2 GiB if nothing is said, which is
    /// 2^28 samples.
    /// Where there is no room for a batch, [`update`](crate::Evaluator::update) fails and nothing of it is added;
    /// or see [`fallback_bins`](Self::fallback_bins).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::error::ScoreError;
    /// use weighbridge::{Batch, Error, Evaluator, Task};
    ///
    /// let builder = Evaluator::builder(Task::Binary).metric("roc_auc");
    /// let mut evaluator = builder.score_memory(32).build()?;
    /// let batch = Batch::new(&[0.9_f32, 0.3, 0.6], &[1_u8, 0, 0]);
    /// evaluator.update(&batch)?;
    /// let full = ScoreError::OutOfMemory { samples: 6, bytes: 48, limit: 32 };
    /// assert_eq!(evaluator.update(&batch), Err(Error::Scores(full)));
    /// assert_eq!(evaluator.result()?.unweighted("roc_auc")?, 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn score_memory(self, bytes: u64) -> Self {
        Self { score_memory: bytes, ..self }
    }

    /// Counts scores in so many bins besides storing them, from 2 to 65,536. When memory for them ends,
    /// stored scores are dropped, and metrics go on with the bins: their values then are within certified
    /// intervals, as with their parameter `bins`, instead of exact.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::metric::Value;
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let builder = Evaluator::builder(Task::Binary).metric("roc_auc").score_memory(32);
    /// let mut evaluator = builder.fallback_bins(4096).build()?;
    /// let batch = Batch::new(&[0.9_f32, 0.3, 0.6], &[1_u8, 0, 0]);
    /// evaluator.update(&batch)?;
    /// assert_eq!(evaluator.result()?.get("roc_auc").expect("with_metric_names for").weighted, Ok(Value::Scalar(1.0)));
    /// evaluator.update(&batch)?;
    /// let Ok(Value::Interval(number)) = evaluator.result()?.get("roc_auc").expect("with_metric_names for").weighted else {
    ///     unreachable!()
    /// };
    /// assert!(number.low <= 1.0 && number.high == 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallback_bins(self, bins: u32) -> Self {
        Self { fallback_bins: Some(bins), ..self }
    }
}

/// What the evaluator that made a state was told, on the device that `auto` picks. Without further
/// metrics those of the state are reported; others can be asked for that need no other statistics.
/// Values of one's own and further statistics must be given again.
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, EvaluatorBuilder, Device, Evaluator, Task};
///
/// let mut evaluator = Evaluator::builder(Task::Binary).metric("accuracy").build()?;
/// evaluator.update(&Batch::new(&[0.9_f32, 0.3, 0.6], &[1_u8, 0, 0]))?;
/// let state = evaluator.state()?;
///
/// // The same counts make other metrics, too.
/// let builder = EvaluatorBuilder::from(&state).metric("f1_score").device(Device::Cpu);
/// let mut other = builder.build()?;
/// other.merge(&state)?;
/// assert_eq!(other.result()?.unweighted("f1_score")?, 2.0 / 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl From<&State> for EvaluatorBuilder {
    fn from(state: &State) -> Self {
        let Settings { task, from_logits, threshold, classes, outputs, fallback_bins } =
            state.settings;
        let has_outputs = matches!(task, Task::Regression | Task::Multilabel);
        Self {
            of_state: Some(state.metrics.clone()),
            from_logits,
            threshold,
            classes: Some(classes),
            class_names: state.class_names.clone(),
            outputs: has_outputs.then_some(outputs),
            class_weights: state.class_weights.clone(),
            ignored: state.ignore_index,
            fallback_bins,
            ..Self::new(task)
        }
    }
}
