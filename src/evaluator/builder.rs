//! The builder of evaluators: metrics, classes and outputs, class weights, and a device.

use super::score_memory::SCORE_MEMORY;
use crate::batch::Precision;
use crate::cpu::InstructionSet;
use crate::device::Device;
use crate::metric::{MetricSpec, Settings};
use crate::state::State;
use crate::statistic::{CustomValue, Statistic, Task, ValueFn, ValueSpec};

/// Builds an [`Evaluator`](crate::Evaluator).
#[derive(Clone, Debug)]
pub struct EvaluatorBuilder {
    pub(super) task: Task,
    pub(super) metrics: Vec<MetricSpec>,
    /// The metrics of the state that the evaluator resumes from, if any.
    pub(super) state_metrics: Option<Vec<String>>,
    pub(super) values: Vec<ValueSpec>,
    pub(super) statistics: Vec<Statistic>,
    pub(super) from_logits: bool,
    pub(super) threshold: Option<f64>,
    pub(super) precision: Precision,
    pub(super) classes: Option<usize>,
    pub(super) class_names: Option<Vec<String>>,
    pub(super) outputs: Option<usize>,
    pub(super) class_weights: Vec<(usize, f64)>,
    pub(super) ignored: Option<i64>,
    pub(super) device: Device,
    pub(super) checked: bool,
    pub(super) instructions: InstructionSet,
    pub(super) checkpoint_every: Option<usize>,
    pub(super) score_memory: u64,
    pub(super) fallback_bins: Option<u32>,
}

impl EvaluatorBuilder {
    /// An evaluator of the default metrics of a task, on the device that `auto` selects.
    pub(super) fn new(task: Task) -> Self {
        Self {
            task,
            metrics: Vec::new(),
            state_metrics: None,
            values: Vec::new(),
            statistics: Vec::new(),
            from_logits: false,
            threshold: None,
            precision: Precision::Auto,
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

    /// Adds a metric: text of the form `name[:key=value]...`, or a [`MetricSpec`] such as
    /// [`roc_auc()`](crate::metric::roc_auc)`.bins(4096)`. Without any metric, the default
    /// metrics of the task are reported.
    pub fn metric(mut self, spec: impl Into<MetricSpec>) -> Self {
        self.metrics.push(spec.into());
        self
    }

    /// Adds several metrics.
    pub fn metrics<S: Into<MetricSpec>>(mut self, specs: impl IntoIterator<Item = S>) -> Self {
        self.metrics.extend(specs.into_iter().map(Into::into));
        self
    }

    /// Adds the mean of a custom per-sample value, reported under its name after the metrics.
    pub fn value(self, value: &'static CustomValue) -> Self {
        self.value_with(value, 0.0)
    }

    /// Adds the mean of a custom value with a parameter, reported as `name:parameter`.
    pub fn value_with(mut self, value: &'static CustomValue, parameter: f64) -> Self {
        self.values
            .push(ValueSpec { function: ValueFn::Custom(value), parameter: parameter.into() });
        self
    }

    /// Accumulates statistics in addition to those of the metrics, from which you can compute your
    /// own metrics. Read them from [`Evaluator::state`](crate::Evaluator::state), whose
    /// [`statistics`](crate::State::statistics) lists their names as [`Statistic`] prints them.
    /// With statistics but no metrics, no metric is reported.
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

    /// Whether predictions of the binary, multiclass and multilabel tasks are logits instead of
    /// probabilities; `false` by default. This is never guessed, but the report warns if every
    /// score of the batches on the host is within [0, 1], as probabilities are.
    pub fn from_logits(self, from_logits: bool) -> Self {
        Self { from_logits, ..self }
    }

    /// The probability above which a binary prediction is positive; 0.5 by default. With
    /// [`from_logits`](Self::from_logits) it is converted once to a logit, with which predictions
    /// are compared.
    ///
    /// Without `from_logits` and without a threshold, predictions must be probabilities: metrics of
    /// counts are undefined if any is outside [0, 1]. With a threshold they may be other scores,
    /// such as the decision function of a support vector machine, whose threshold is 0.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Device, Evaluator, Task};
    ///
    /// let accuracy = |builder: weighbridge::EvaluatorBuilder| {
    ///     let mut evaluator = builder.metric("accuracy").device(Device::Cpu).build()?;
    ///     evaluator.update(&Batch::new(&[-1.5, 0.25, 2.0], &[0_u8, 1, 1]))?;
    ///     Ok::<_, weighbridge::Error>(evaluator.result()?.unweighted("accuracy"))
    /// };
    /// assert!(accuracy(Evaluator::builder(Task::Binary))?.is_err());
    /// assert_eq!(accuracy(Evaluator::builder(Task::Binary).threshold(0.0))?, Ok(1.0));
    /// assert_eq!(accuracy(Evaluator::builder(Task::Binary).from_logits(true))?, Ok(1.0));
    /// # Ok::<(), weighbridge::Error>(())
    /// ```
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold: Some(threshold), ..self }
    }

    /// The number of classes K of the multiclass task, from 2 to 2^20. Classes are 0 to K − 1.
    pub fn classes(self, classes: usize) -> Self {
        Self { classes: Some(classes), ..self }
    }

    /// Names of the classes, or of the labels of the multilabel task, in order, for reports. In the
    /// multiclass task they also set the number of classes.
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

    /// The number of labels L per sample in the multilabel task, or of outputs in the regression
    /// task (1 by default), from 1 to 65,536. Predictions and truths have shape (samples, outputs),
    /// row by row. Weights have one element per sample, or one per output of each sample.
    ///
    /// A metric is computed for each output and averaged as its parameter `average` says.
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
    pub fn outputs(self, outputs: usize) -> Self {
        Self { outputs: Some(outputs), ..self }
    }

    /// Multiplies the weight of each sample by the weight of its class, the class of its truth. The
    /// same settings give the same weights in training and in validation.
    ///
    /// Takes pairs (class, weight) of any classes: a map or, with `(0..).zip(weights)`, a vector.
    /// Other classes have weight 1. Weights must be finite, not negative and below 2^64. Without
    /// weights per sample, these are the weights. They change weighted values only; weight 0
    /// removes a class from them.
    ///
    /// The product is an `f32`, rounded once. A class of weight 1 leaves weights as they are; for
    /// other classes, a factor below 2^-126 or a product below 2^-125 counts as zero, and the
    /// report warns about it. A product of 2^64 or more is an invalid weight. An invalid weight
    /// stays invalid, whatever the weight of its class.
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
    pub fn class_weights(mut self, weights: impl IntoIterator<Item = (usize, f64)>) -> Self {
        self.class_weights.extend(weights);
        self
    }

    /// Masks samples whose truth is this label, which may be a class or not (such as -100 or 255).
    /// They are removed from both values, as by [`Batch::mask`](crate::Batch::mask).
    ///
    /// Only the truth decides: if the label is a class, it may still be predicted for other
    /// samples. One-hot truths are compared by their class.
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

    /// The precision in which batches of slices are computed; [`Precision::Auto`] by default.
    /// Batches in buffers are always in single precision, and refused by [`Precision::Double`].
    ///
    /// With [`Precision::Single`] and metrics that order scores, the evaluator keeps the distinct
    /// scores of batches of `f64` numbers or of integers, at most 2^20, to count those that become
    /// ties. They are not part of states, so reports of merged states have no such count.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Precision, Task};
    ///
    /// let roc_auc = |precision| {
    ///     let builder = Evaluator::builder(Task::Binary).metric("roc_auc");
    ///     let mut evaluator = builder.precision(precision).build()?;
    ///     evaluator.update(&Batch::new(&[0.999_999_998, 0.999_999_999], &[0_u8, 1]))?;
    ///     evaluator.result()
    /// };
    /// let report = roc_auc(Precision::Auto)?;
    /// assert_eq!((report.unweighted("roc_auc")?, report.warnings.len()), (1.0, 0));
    /// let report = roc_auc(Precision::Single)?;
    /// assert_eq!(report.unweighted("roc_auc")?, 0.5);
    /// assert_eq!(
    ///     report.warnings[0].to_string(),
    ///     "rounding to 32-bit floats left 1 of 2 distinct scores, which can change roc_auc: use \
    ///      double precision"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// The device that does the work; [`Device::Auto`] by default.
    pub fn device(self, device: Device) -> Self {
        Self { device, ..self }
    }

    /// Whether to run both engines and compare their states bit for bit in `result`.
    pub fn checked(self, checked: bool) -> Self {
        Self { checked, ..self }
    }

    /// The instruction set of the CPU engine; the widest by default. It changes only the speed.
    pub fn instructions(self, instructions: InstructionSet) -> Self {
        Self { instructions, ..self }
    }

    /// Copies the state to the host at least every `updates` updates, so that at most this many are
    /// lost if the device is lost.
    /// [`Evaluator::last_checkpoint`](crate::Evaluator::last_checkpoint) returns the last copy.
    /// Work recorded with [`encode`](crate::Evaluator::encode) is not counted.
    ///
    /// Copies are queued behind the updates and read when they arrive. An update waits only where
    /// the device is that far behind; with 1 it always waits. 0 is an error of
    /// [`build`](Self::build).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Regression).checkpoint_every(2).build()?;
    /// for error in 0..10 {
    ///     evaluator.update(&Batch::new(&[error as f32], &[0.0_f32]))?;
    /// }
    /// let mut other = Evaluator::from_state(evaluator.last_checkpoint().expect("a checkpoint"))?;
    /// assert!(other.result()?.samples >= 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checkpoint_every(self, updates: usize) -> Self {
        Self { checkpoint_every: Some(updates), ..self }
    }

    /// The limit in bytes of [stored scores](crate::statistic::scores), which exact curves need: 8
    /// bytes per sample and label (or class, or ordered pair of classes with `multi_class=ovo`),
    /// plus as much again while sorting. Default: 2 GiB, enough for 2^28 samples of one label.
    ///
    /// If a batch does not fit, [`update`](crate::Evaluator::update) fails and adds nothing of it;
    /// see also [`fallback_bins`](Self::fallback_bins).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::error::UpdateError;
    /// use weighbridge::{Batch, Error, Evaluator, Task};
    ///
    /// let builder = Evaluator::builder(Task::Binary).metric("roc_auc");
    /// let mut evaluator = builder.score_memory(32).build()?;
    /// let batch = Batch::new(&[0.9_f32, 0.3, 0.6], &[1_u8, 0, 0]);
    /// evaluator.update(&batch)?;
    /// let full = UpdateError::ScoreMemoryFull { samples: 6, bytes: 48, limit: 32 };
    /// assert_eq!(evaluator.update(&batch), Err(Error::Update(full)));
    /// assert_eq!(evaluator.result()?.unweighted("roc_auc")?, 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn score_memory(self, bytes: u64) -> Self {
        Self { score_memory: bytes, ..self }
    }

    /// Also counts scores in `bins` bins, from 2 to 65,536. When the memory for stored scores is
    /// full, these are dropped and metrics continue with the bins, as with their parameter `bins`:
    /// `roc_auc`, `gini` and `average_precision` then have certified intervals, and a warning says
    /// that other values are approximations.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let builder = Evaluator::builder(Task::Binary).metric("roc_auc").score_memory(32);
    /// let mut evaluator = builder.fallback_bins(4096).build()?;
    /// let batch = Batch::new(&[0.9_f32, 0.3, 0.6], &[1_u8, 0, 0]);
    /// evaluator.update(&batch)?;
    /// assert_eq!(evaluator.result()?.interval("roc_auc")?, [1.0, 1.0]);
    /// evaluator.update(&batch)?;
    /// let [low, high] = evaluator.result()?.interval("roc_auc")?;
    /// assert!(low < 1.0 && high == 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallback_bins(self, bins: u32) -> Self {
        Self { fallback_bins: Some(bins), ..self }
    }
}

/// The settings of the evaluator that created a state, on the device that `auto` selects. If no
/// further metrics are requested, those of the state are reported. Other metrics may be requested
/// if they need no other statistics. Custom values and additional statistics must be specified
/// again.
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
            state_metrics: Some(state.metrics.clone()),
            from_logits,
            threshold,
            classes: Some(classes as usize),
            class_names: state.class_names.clone(),
            outputs: has_outputs.then_some(outputs as usize),
            class_weights: state
                .class_weights
                .iter()
                .map(|&(class, weight)| (class as usize, weight))
                .collect(),
            ignored: state.ignore_index,
            fallback_bins,
            ..Self::new(task)
        }
    }
}
