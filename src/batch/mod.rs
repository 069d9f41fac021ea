//! Predictions, truths and weights of one `update`: views of the user's data, checked and cut into
//! chunks for the engines.

#[cfg(feature = "gpu")]
mod buffer;
mod check_values;
mod chunk;
mod class_weighting;
mod column;
mod double_chunk;
#[cfg(feature = "gpu")]
mod dtype;
mod fault_policy;
mod host;
mod inputs;
mod narrowed_scores;
mod outputs;
mod precision;
mod schema;
mod sequences;
mod shaped;
mod source;
mod truth_encoding;

#[cfg(feature = "gpu")]
pub(crate) use self::buffer::BufferBatch;
#[cfg(feature = "gpu")]
pub use self::buffer::BufferColumn;
pub(crate) use self::chunk::Chunk;
pub use self::chunk::PrecisionLoss;
pub(crate) use self::class_weighting::ClassWeighting;
pub use self::column::Column;
pub(crate) use self::column::{Element, with_column};
pub(crate) use self::double_chunk::{DoubleChunk, Losses};
#[cfg(feature = "gpu")]
pub use self::dtype::Dtype;
pub use self::fault_policy::FaultPolicy;
pub(crate) use self::host::HostBatch;
#[cfg(feature = "gpu")]
pub(crate) use self::inputs::INPUTS;
pub use self::inputs::Inputs;
pub(crate) use self::narrowed_scores::{NarrowedScores, Ties};
pub use self::precision::Precision;
pub(crate) use self::shaped::{BatchScratch, ChunkScratch, ShapedBatch};
pub use self::source::{Mask, Source};
pub use self::truth_encoding::TruthEncoding;

use crate::error::{Error, UpdateError};

/// A batch, by where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Location<'a> {
    Host(HostBatch<'a>),
    #[cfg(feature = "gpu")]
    Device(BufferBatch<'a>),
}

/// Predictions, truths and, optionally, weights of some samples, in the same order.
///
/// # Shapes and types
///
/// Rows are one after the other. N is the number of samples, L of
/// [outputs or labels](crate::EvaluatorBuilder::outputs), K of classes.
///
/// | task | predictions | truths |
/// | --- | --- | --- |
/// | regression | N numbers, or N × L | the same |
/// | binary | N scores | N labels, 0 or 1 |
/// | multilabel | N × L scores | N × L labels, 0 or 1 |
/// | multiclass | N × K scores, or N classes | N classes from 0 to K − 1, or N × K elements |
/// | aggregation | N [values](Self::values) | none |
///
/// Rows of K elements as truths are [one-hot](Self::one_hot) or [soft](Self::soft).
///
/// Numbers are `f32`, `f64` or integers; their types decide the [precision](crate::Precision).
/// Labels and classes are whole numbers of any element type, or booleans. Weights are `f32`, `f64`
/// or integers, finite, not negative and below 2^64: N, or N × L. Without weights every sample has
/// weight 1. If samples are the steps of [sequences](Self::sequence_length), there can be one
/// weight per sequence.
///
/// Each input is a slice on the host, or each is a [column](BufferColumn) of a buffer on the
/// evaluator's [device](crate::Device::shared): f32, f16 or bf16 for numbers; f32, u32, i32, u8 or
/// booleans for labels. The host does not read buffers, so faults in them are
/// [counted](FaultPolicy::Count).
///
/// # Example
///
/// ```
/// use weighbridge::{Batch, Evaluator, Task};
///
/// let mut evaluator = Evaluator::builder(Task::Multiclass).classes(3).build()?;
/// let logits = [2.0_f32, 0.5, -1.0, 0.0, 0.1, 0.2];
/// let labels = [0_u8, 2];
/// evaluator.update(&Batch::new(&logits, &labels).weights(&[2.0_f32, 0.5]))?;
/// assert_eq!(evaluator.result()?.weighted("accuracy")?, 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    inputs: Inputs<Source<'a>>,
    sequence_length: usize,
    truth_encoding: TruthEncoding,
    fault_policy: FaultPolicy,
}

impl<'a> Batch<'a> {
    /// Samples of weight 1.
    pub fn new(prediction: impl Into<Source<'a>>, truth: impl Into<Source<'a>>) -> Self {
        let mut inputs = Inputs::new(prediction.into());
        inputs.truth = Some(truth.into());
        Self::from_inputs(inputs)
    }

    /// Values of weight 1, without a truth: a batch of the aggregation task.
    ///
    /// Values have the types of predictions, and errors call them predictions. If `f64` values are
    /// narrowed ([`Precision::Single`]), a value that becomes zero counts as an underflow; no other
    /// loss is reported, since no truth is subtracted.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::new(Task::Aggregation)?;
    /// evaluator.update(&Batch::values(&[0.5_f32, -2.0, 7.0]).weights(&[1.0_f32, 3.0, 0.0]))?;
    /// let report = evaluator.result()?;
    /// assert_eq!(report.weighted("mean")?, (0.5 - 6.0) / 4.0);
    /// assert_eq!(report.unweighted("maximum")?, 7.0);
    /// assert_eq!(report.weighted("maximum")?, 0.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn values(values: impl Into<Source<'a>>) -> Self {
        Self::from_inputs(Inputs::new(values.into()))
    }

    /// A batch of these inputs.
    ///
    /// Truths are [labels or numbers](TruthEncoding::Labels) unless
    /// [`truth_encoding`](Self::truth_encoding) says otherwise.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::batch::Inputs;
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut inputs = Inputs::new((&[0.5_f32, -2.0, 7.0]).into());
    /// inputs.mask = Some((&[true, true, false]).into());
    /// let mut evaluator = Evaluator::builder(Task::Aggregation).metric("mean").build()?;
    /// evaluator.update(&Batch::from_inputs(inputs))?;
    /// assert_eq!(evaluator.result()?.unweighted("mean")?, -0.75);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_inputs(inputs: Inputs<Source<'a>>) -> Self {
        Self {
            inputs,
            sequence_length: 1,
            truth_encoding: TruthEncoding::default(),
            fault_policy: FaultPolicy::default(),
        }
    }

    /// Sets the weights: one per sample, per output or label, or per
    /// [sequence](Self::sequence_length).
    ///
    /// Outputs cannot have weights of their own if a metric reads them together, as `exact_match`
    /// and `cosine_similarity` do.
    pub fn weights(self, weight: impl Into<Source<'a>>) -> Self {
        let weight = Some(weight.into());
        Self { inputs: Inputs { weight, ..self.inputs }, ..self }
    }

    /// Sets which samples count: true for those that do, false for padding and duplicates.
    ///
    /// A masked sample is deleted from both values, unweighted and weighted, whatever it holds:
    /// NaN, an invalid label, an invalid weight. There is one element per sample, per output or
    /// label, which is then masked alone, or per sequence. Weight 0, by contrast, deletes a sample
    /// from the weighted value only. The report states how many samples are masked.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Regression).metric("mean_error").build()?;
    /// let (prediction, truth) = ([1.0_f32, 3.0, f32::NAN, 0.0], [0.0_f32, 0.0, 0.0, 0.0]);
    /// evaluator.update(&Batch::new(&prediction, &truth).mask(&[true, true, false, false]))?;
    /// let report = evaluator.result()?;
    /// assert_eq!(report.unweighted("mean_error")?, 2.0);
    /// assert_eq!(report.weighted("mean_error")?, 2.0);
    /// assert_eq!((report.samples, report.masked_samples), (2, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mask(self, mask: impl Into<Mask<'a>>) -> Self {
        let mask = Some(mask.into().0);
        Self { inputs: Inputs { mask, ..self.inputs }, ..self }
    }

    /// Says that samples are the steps of sequences of `steps` steps, one sequence after the other:
    /// a batch of shape (B, T), or (B, T, K) of scores, outputs or labels, row by row, where T is
    /// `steps`.
    ///
    /// Each step is a sample. Weights and masks have the shape (B), one per sequence, which holds
    /// for all of its steps; (B, T), one per step; or (B, T, K), one per output or label. Nothing
    /// else is broadcast, so the result is unambiguous even if B equals T.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Regression).metric("mean_error").build()?;
    /// let (prediction, truth) = ([1.0_f32, 1.0, 5.0, 5.0], [0.0_f32, 0.0, 0.0, 0.0]);
    /// let batch = Batch::new(&prediction, &truth).sequence_length(2).weights(&[3.0_f32, 1.0]);
    /// evaluator.update(&batch)?;
    /// assert_eq!(evaluator.result()?.weighted("mean_error")?, (3.0 + 3.0 + 5.0 + 5.0) / 8.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sequence_length(self, steps: usize) -> Self {
        Self { sequence_length: steps, ..self }
    }

    /// Masks padding: one whole number for each [sequence](Self::sequence_length), the number of
    /// its steps that count. The steps after them are masked. There can be a [mask](Self::mask) as
    /// well.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Binary).metric("accuracy").build()?;
    /// let scores = [0.9_f32, 0.2, 0.0, 0.8, 0.0, 0.0];
    /// let labels = [1_u8, 1, 0, 1, 0, 0];
    /// evaluator.update(&Batch::new(&scores, &labels).sequence_length(3).lengths(&[2_u32, 1]))?;
    /// let report = evaluator.result()?;
    /// assert_eq!(report.unweighted("accuracy")?, 2.0 / 3.0);
    /// assert_eq!(report.masked_samples, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn lengths(self, lengths: impl Into<Source<'a>>) -> Self {
        let lengths = Some(lengths.into());
        Self { inputs: Inputs { lengths, ..self.inputs }, ..self }
    }

    /// Says that truths are rows of K elements, 1 for the sample's class and 0 for all others.
    pub fn one_hot(self) -> Self {
        self.truth_encoding(TruthEncoding::OneHot)
    }

    /// Says that truths are soft: rows of K probabilities that sum to 1, beside rows of K scores.
    ///
    /// The class of a sample is that of its largest probability, the lowest of several: that class
    /// is used for counts, ranks and calibration, for the [class
    /// weight](crate::EvaluatorBuilder::class_weights), and for
    /// [`ignore_index`](crate::EvaluatorBuilder::ignore_index). `log_loss` and `perplexity` are the
    /// cross-entropy −Σ tₖ ln pₖ with the probabilities tₖ. `brier_score` and `hinge_loss` do not
    /// support soft truths.
    ///
    /// Elements are numbers of any type (floats in buffers), rounded to `f32`. A row is a
    /// [fault](UpdateError::InvalidDistribution) unless its sum is within 2^-8 of 1, as rows of
    /// bf16 are; where faults are counted, it counts as an invalid label.
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let builder = Evaluator::builder(Task::Multiclass).classes(2).from_logits(true);
    /// let mut evaluator = builder.metrics(["accuracy", "log_loss"]).build()?;
    /// let logits = [0.0_f32, 0.0, 3.0, 0.0];
    /// let soft = [0.25_f32, 0.75, 1.0, 0.0];
    /// evaluator.update(&Batch::new(&logits, &soft).soft().weights(&[3.0_f32, 1.0]))?;
    /// let report = evaluator.result()?;
    /// assert_eq!(report.unweighted("accuracy")?, 0.5);
    /// let (first, second) = (2_f64.ln(), (1.0 + (-3_f64).exp()).ln());
    /// assert!((report.weighted("log_loss")? - (3.0 * first + second) / 4.0).abs() < 1e-7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn soft(self) -> Self {
        self.truth_encoding(TruthEncoding::Soft)
    }

    /// How truths are encoded: [`one_hot`](Self::one_hot) and [`soft`](Self::soft) are short for
    /// this.
    pub fn truth_encoding(self, truth_encoding: TruthEncoding) -> Self {
        Self { truth_encoding, ..self }
    }

    /// What happens to invalid data on the host; in buffers it is always
    /// [counted](FaultPolicy::Count).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::batch::FaultPolicy;
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let mut evaluator = Evaluator::builder(Task::Regression).metric("mean_error").build()?;
    /// let batch = Batch::new(&[1.0_f32, f32::NAN], &[0.0_f32, 0.0]);
    /// let error = evaluator.update(&batch).unwrap_err().to_string();
    /// assert!(error.starts_with("the prediction in row 1 is NaN"), "{error}");
    /// evaluator.update(&batch.on_fault(FaultPolicy::Count))?;
    /// assert!(evaluator.result()?.unweighted("mean_error").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_fault(self, fault_policy: FaultPolicy) -> Self {
        Self { fault_policy, ..self }
    }

    /// The batch, by where it is.
    ///
    /// # Errors
    ///
    /// [`UpdateError::MixedSources`].
    pub(crate) fn location(&self) -> Result<Location<'a>, Error> {
        let &Self { inputs, sequence_length, truth_encoding, fault_policy } = self;
        if let Ok(inputs) = inputs.try_map(|_, source| source.slice().ok_or(())) {
            let batch = HostBatch { inputs, sequence_length, truth_encoding, fault_policy };
            return Ok(Location::Host(batch));
        }
        #[cfg(feature = "gpu")]
        {
            let first = |in_buffer: bool| {
                inputs.iter().find(|(_, source)| source.buffer().is_some() == in_buffer)
            };
            if let (Some((on_device, _)), Some((on_host, _))) = (first(true), first(false)) {
                return Err(UpdateError::MixedSources { on_device, on_host }.into());
            }
            let column = |_, source: Source<'a>| source.buffer().ok_or(UpdateError::BuffersOnCpu);
            let inputs = inputs.try_map(column)?;
            Ok(Location::Device(BufferBatch { inputs, sequence_length, truth_encoding }))
        }
        #[cfg(not(feature = "gpu"))]
        return Err(UpdateError::BuffersOnCpu.into());
    }
}

/// Samples that own or borrow their columns: an item of a stream of batches.
///
/// Implemented for [`Batch`], and for tuples (prediction, truth) and (prediction, truth, weight) of
/// types whose references convert to [`Source`], such as `Vec<f32>`, `Vec<u32>` and
/// [`BufferColumn`]. For a mask, one-hot rows or other settings, implement it
/// for a custom type.
///
/// # Example
///
/// ```
/// use weighbridge::{AsBatch, Batch};
///
/// struct Padded {
///     scores: Vec<f32>,
///     labels: Vec<u32>,
///     mask: Vec<bool>,
/// }
///
/// impl AsBatch for Padded {
///     fn as_batch(&self) -> Batch<'_> {
///         Batch::new(&self.scores, &self.labels).mask(&self.mask)
///     }
/// }
/// ```
pub trait AsBatch {
    /// The batch.
    fn as_batch(&self) -> Batch<'_>;
}

impl AsBatch for Batch<'_> {
    fn as_batch(&self) -> Batch<'_> {
        *self
    }
}

impl<P, T> AsBatch for (P, T)
where
    for<'a> &'a P: Into<Source<'a>>,
    for<'a> &'a T: Into<Source<'a>>,
{
    fn as_batch(&self) -> Batch<'_> {
        Batch::new(&self.0, &self.1)
    }
}

impl<P, T, W> AsBatch for (P, T, W)
where
    for<'a> &'a P: Into<Source<'a>>,
    for<'a> &'a T: Into<Source<'a>>,
    for<'a> &'a W: Into<Source<'a>>,
{
    fn as_batch(&self) -> Batch<'_> {
        Batch::new(&self.0, &self.1).weights(&self.2)
    }
}
