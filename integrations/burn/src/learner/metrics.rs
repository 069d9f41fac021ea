//! The metrics of an evaluator, for registration with burn's `SupervisedTraining`.

use super::Side;
use super::member::{Member, Stream};
use crate::batch::TensorBatch;
use crate::error::Error;
use crate::gpu::Gpu;
use burn::train::metric::Adaptor;
use burn::train::{InferenceStep, LearnerModel, MetricRegistration, SupervisedTraining, TrainStep};
use std::sync::{Arc, Mutex};
use weighbridge::metric::{ResolvedMetric, Settings};
use weighbridge::report::MetricResult;
use weighbridge::{Batch, EvaluatorBuilder, Task};

/// Metrics of weighbridge in the dashboard of burn's `Learner`, unweighted and weighted, for
/// training and validation.
///
/// The metrics of a split share one evaluator. Each batch is read once, on the device, and nothing
/// leaves the device before the epoch ends. So there are values per epoch, but not per batch. They
/// are computed from all samples of the epoch; they are not means over batches.
///
/// The output of a training step must adapt to a [`TensorBatch`]. burn's `ClassificationOutput`,
/// `MultiLabelClassificationOutput` and `RegressionOutput` do, with weights of 1. Wrap them in
/// [`Weighted`](crate::Weighted) to add weights.
///
/// # Undefined
///
/// An undefined value, for example in an epoch without samples, is NaN in burn's log, and the
/// dashboard says why. It is never 0 or another number that could be mistaken for a value.
///
/// # Example
///
/// ```no_run
/// use burn::train::{
///     ClassificationOutput, InferenceStep, LearnerModel, SupervisedTraining, TrainStep,
/// };
/// use weighbridge::{Evaluator, Task};
/// use weighbridge_burn::{Gpu, LearnerMetrics, Weighted};
///
/// fn with_metrics<M: LearnerModel>(
///     training: SupervisedTraining<M>,
///     gpu: &Gpu,
/// ) -> Result<SupervisedTraining<M>, weighbridge_burn::Error>
/// where
///     M: TrainStep<Output = Weighted<ClassificationOutput>>,
///     M: InferenceStep<Output = Weighted<ClassificationOutput>>,
/// {
///     let builder = Evaluator::builder(Task::Multiclass).classes(10).from_logits(true);
///     let metrics = builder.metrics(["accuracy", "f1_score", "log_loss"]);
///     Ok(training.metrics(LearnerMetrics::new(gpu, metrics)?))
/// }
/// ```
#[derive(Debug)]
pub struct LearnerMetrics {
    train: Vec<Member>,
    valid: Vec<Member>,
}

impl LearnerMetrics {
    /// The metrics of the evaluator that `builder` builds, with both values of each.
    ///
    /// # Errors
    ///
    /// Fails with [`Error::NotANumber`] for a metric such as `confusion_matrix`, and like
    /// [`EvaluatorBuilder::build`].
    pub fn new(gpu: &Gpu, builder: EvaluatorBuilder) -> Result<Self, Error> {
        Self::of(gpu, builder, &[Side::Unweighted, Side::Weighted])
    }

    /// One value of each metric.
    ///
    /// # Errors
    ///
    /// Fails like [`new`](Self::new).
    pub fn only(side: Side, gpu: &Gpu, builder: EvaluatorBuilder) -> Result<Self, Error> {
        Self::of(gpu, builder, &[side])
    }

    fn of(gpu: &Gpu, builder: EvaluatorBuilder, sides: &[Side]) -> Result<Self, Error> {
        let members = || {
            let evaluator = gpu.evaluator(builder.clone())?;
            check_numbers(builder.clone(), evaluator.settings())?;
            let specs = evaluator.specs().to_vec();
            let stream = Arc::new(Mutex::new(Stream::new(evaluator)));
            let member = |spec: &ResolvedMetric, side: &Side| Member::new(&stream, spec, *side);
            let sides_of = |spec| sides.iter().map(move |side| (spec, side));
            let members = specs.iter().flat_map(sides_of).map(|(spec, side)| member(spec, side));
            Ok::<_, Error>(members.collect())
        };
        Ok(Self { train: members()?, valid: members()? })
    }
}

/// Fails if a metric is not a single number, by evaluating it on one sample.
fn check_numbers(builder: EvaluatorBuilder, settings: &Settings) -> Result<(), Error> {
    let outputs = settings.outputs as usize;
    let scores =
        if settings.task == Task::Multiclass { settings.classes as usize } else { outputs };
    let (prediction, truth) = (vec![0.5_f32; scores], vec![1.0_f32; outputs]);
    let batch = match settings.task {
        Task::Aggregation => Batch::values(&prediction),
        _ => Batch::new(&prediction, &truth),
    };
    let mut sample = builder.device(weighbridge::Device::Cpu).build()?;
    sample.update(&batch)?;
    let several =
        |entry: &MetricResult| entry.unweighted.as_ref().is_ok_and(|v| v.scalar().is_none());
    match sample.result()?.entries.into_iter().find(several) {
        Some(entry) => Err(Error::NotANumber { spec: entry.spec }),
        None => Ok(()),
    }
}

impl<M: LearnerModel> MetricRegistration<M> for LearnerMetrics
where
    <M as TrainStep>::Output: Adaptor<TensorBatch>,
    <M as InferenceStep>::Output: Adaptor<TensorBatch>,
{
    fn register(self, training: SupervisedTraining<M>) -> SupervisedTraining<M> {
        let training =
            self.train.into_iter().fold(training, SupervisedTraining::metric_train_numeric);
        self.valid.into_iter().fold(training, SupervisedTraining::metric_valid_numeric)
    }
}
