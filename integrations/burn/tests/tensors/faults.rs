//! Produces each error once and checks its message.

use crate::Test;
use crate::data::{floats, integers};
use burn::tensor::{DType, IntDType, Tensor, TensorData};
use libtest_mimic::Failed;
use weighbridge::{Evaluator, EvaluatorBuilder, Task};
use weighbridge_burn::{Error, Gpu, LearnerMetrics, TensorBatch};

pub const TESTS: &[(&str, Test)] = &[
    ("initialised_twice", initialised_twice),
    ("another_device", another_device),
    ("types", types),
    ("shapes_do_not_go_together", shapes),
    ("failed_operations", failed_operations),
    ("no_single_number", no_single_number),
    ("faults_in_the_data", faults_in_the_data),
    ("nothing_is_added", nothing_is_added),
];

fn regression() -> EvaluatorBuilder {
    Evaluator::builder(Task::Regression).metric("mean_error")
}

/// The error message.
fn sentence<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.map_or_else(|error| error.to_string(), |value| format!("no error: {value:?}"))
}

fn update(gpu: &Gpu, batch: &TensorBatch) -> Result<(), Error> {
    gpu.evaluator(regression())?.update(batch)
}

fn initialised_twice(_: &Gpu) -> Result<(), Failed> {
    let said = sentence(weighbridge_burn::init());
    assert!(said.starts_with("burn's wgpu runtime is already in use ("), "{said}");
    let end = ": call weighbridge_burn::init once per process, before the first tensor, and share \
               the returned Gpu";
    assert!(said.ends_with(end), "{said}");
    Ok(())
}

fn another_device(gpu: &Gpu) -> Result<(), Failed> {
    // Another device on the same adapter.
    let setup = gpu.setup().clone();
    let device = burn::tensor::Device::wgpu_options().setup(setup).init()?;
    let elsewhere = Tensor::<1>::zeros([3], &device);
    let here = floats(gpu, &[1.0, 2.0, 3.0], [3]);
    let said = sentence(update(gpu, &TensorBatch::new(&here, &elsewhere)));
    assert!(said.starts_with("the truths are on Device<"), "{said}");
    let end = "create them there, or move them with Tensor::to_device";
    assert!(said.contains(", but the evaluator reads Device<") && said.ends_with(end), "{said}");
    update(gpu, &TensorBatch::new(&here, elsewhere.to_device(gpu.device())))?;
    Ok(())
}

fn types(gpu: &Gpu) -> Result<(), Failed> {
    let here = floats(gpu, &[1.0, 2.0, 3.0], [3]);
    let wide = integers(gpu, &[1, 2, 3], [3]).cast(IntDType::I64);
    let said = sentence(update(gpu, &TensorBatch::new(&here, &wide)));
    assert_eq!(said, "the truths are of type I64: cast them with Tensor::cast(IntDType::I32)");
    let said = sentence(update(gpu, &TensorBatch::new(&here, integers(gpu, &[1, 2, 3], [3]))));
    assert_eq!(
        said,
        "truth of type i32 in the regression task: in buffers, numbers must be f32, f16 or bf16"
    );
    Ok(())
}

fn shapes(gpu: &Gpu) -> Result<(), Failed> {
    let data = [1.0, 2.0, 3.0];
    let here = floats(gpu, &data, [3]);
    let said = sentence(update(gpu, &TensorBatch::new(&here, floats(gpu, &data, [3, 1]))));
    assert_eq!(
        said,
        "the predictions have shape [3], but the truths have [3, 1]: it must be [3, 1] (nothing \
         is broadcast)"
    );
    let batch = TensorBatch::new(&here, &here).weights(floats(gpu, &data, [1, 3]));
    assert_eq!(
        sentence(update(gpu, &batch)),
        "the weights have shape [1, 3], but the truths have [3]: it must be [3] (nothing is \
         broadcast)"
    );
    let batch = TensorBatch::values(&here);
    assert_eq!(
        sentence(update(gpu, &batch)),
        "the regression task needs truths: give predictions and truths with Batch::new instead of \
         values"
    );
    Ok(())
}

/// WGSL has no 8-bit type, so burn can store bytes on the device but not compute with them.
fn failed_operations(gpu: &Gpu) -> Result<(), Failed> {
    let bytes = TensorData::new(vec![1_u8; 64], [8, 8]);
    let bytes = Tensor::<2, burn::tensor::Int>::from_data(bytes, (gpu.device(), DType::U8));
    let part = bytes.slice([1..3, 1..4]);
    let truth = floats(gpu, &[0.0; 6], [2, 3]);
    let said = sentence(update(gpu, &TensorBatch::new(&part, truth)));
    assert!(said.starts_with("burn could not provide the predictions: "), "{said}");
    assert!(!said.contains('\n'), "{said}");
    Ok(())
}

fn no_single_number(gpu: &Gpu) -> Result<(), Failed> {
    let multiclass = Evaluator::builder(Task::Multiclass).classes(3);
    let multilabel = Evaluator::builder(Task::Multilabel).outputs(3);
    let outputs = Evaluator::builder(Task::Regression).outputs(2);
    let cases = [
        (multiclass.clone(), "confusion_matrix"),
        (multiclass, "f1_score:average=none"),
        (multilabel, "true_positives"),
        (outputs, "mean_error:average=none"),
    ];
    for (builder, spec) in cases {
        assert_eq!(
            sentence(LearnerMetrics::new(gpu, builder.metric(spec))),
            format!(
                "{spec} is not a single number; burn's dashboard needs one: choose an average, or \
                 read the metric from a TensorEvaluator"
            )
        );
    }
    Ok(())
}

/// Invalid data is found on the device, and the affected values are undefined.
fn faults_in_the_data(gpu: &Gpu) -> Result<(), Failed> {
    let here = floats(gpu, &[1.0, 2.0, 3.0], [3]);
    let mut metrics = gpu.evaluator(regression())?;
    let weights = floats(gpu, &[1.0, -2.0, 3.0], [3]);
    metrics.update(&TensorBatch::new(&here, &here).weights(weights))?;
    let report = metrics.result()?;
    let said =
        report.weighted("mean_error").map_or_else(|missing| missing.to_string(), |v| v.to_string());
    assert_eq!(
        said,
        "mean_error is undefined: a weight that is negative, NaN, infinite, or 2^64 or more in 1 \
         of the samples"
    );
    Ok(())
}

fn nothing_is_added(gpu: &Gpu) -> Result<(), Failed> {
    let here = floats(gpu, &[1.0, 2.0, 3.0], [3]);
    let batch = TensorBatch::new(&here, &here);
    let mut metrics = gpu.evaluator(regression())?;
    metrics.update(&batch)?;
    let before = metrics.state()?;
    assert!(metrics.update(&batch.weights(floats(gpu, &[1.0], [1]))).is_err());
    assert_eq!(metrics.state()?, before);
    Ok(())
}
