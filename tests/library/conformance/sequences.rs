//! Batches of shape (B, T) and (B, T, K): one shape rule for weights and masks.

use super::evaluator;
use weighbridge::batch::FaultPolicy;
use weighbridge::error::UpdateError;
use weighbridge::{Batch, Device, Error, Evaluator, EvaluatorBuilder, Report, Task};

fn outputs(outputs: u32, metric: &str) -> EvaluatorBuilder {
    Evaluator::builder(Task::Regression)
        .outputs(outputs as usize)
        .metric(metric)
        .device(Device::Cpu)
}

fn report(builder: EvaluatorBuilder, batch: &Batch<'_>) -> Report {
    let mut evaluator = builder.build().unwrap();
    evaluator.update(batch).unwrap();
    evaluator.result().unwrap()
}

/// Keras: outputs (B, T, D) with weights (B,) where B == T are multiplied step by step: 18.75
/// instead of 25.0.
#[test]
fn weights_per_sample_with_an_equal_number_of_steps() {
    // B = T = D = 2: the first sequence is wrong by 5 with weight 1, the second correct with weight
    // 0.
    let prediction = [5.0_f32, 5.0, 5.0, 5.0, 0.0, 0.0, 0.0, 0.0];
    let truth = [0.0_f32; 8];
    let batch = Batch::new(&prediction, &truth).sequence_length(2).weights(&[1.0_f32, 0.0]);
    let report = report(outputs(2, "mean_squared_error"), &batch);
    assert_eq!(report.weighted("mean_squared_error"), Ok(25.0));
    assert_eq!(report.unweighted("mean_squared_error"), Ok(12.5));
    assert_eq!(report.weight_sum, 2.0, "of both steps");
}

/// The same numbers without a sequence length are an error, not a guess.
#[test]
fn ambiguous_weights_are_an_error() {
    let (prediction, truth) = ([5.0_f32; 8], [0.0_f32; 8]);
    let mut evaluator = outputs(2, "mean_squared_error").build().unwrap();
    let refused = evaluator.update(&Batch::new(&prediction, &truth).weights(&[1.0_f32, 0.0]));
    assert_eq!(
        refused,
        Err(Error::Update(UpdateError::WeightShape {
            samples: 4,
            outputs: 2,
            steps: 1,
            weight: 2
        }))
    );
    // Weights of shape (T, D), (D) or (B, D) are refused as well.
    for weights in [3, 5, 6] {
        let weights = vec![1.0_f32; weights];
        let batch = Batch::new(&prediction, &truth).sequence_length(2).weights(&weights);
        assert!(matches!(
            evaluator.update(&batch),
            Err(Error::Update(UpdateError::WeightShape { .. }))
        ));
    }
    assert_eq!(evaluator.state().unwrap().totals[0].weights.samples, 0);
}

#[test]
fn weights_per_sequence_per_step_and_per_output() {
    // B = 2, T = 3, D = 2; errors 1 to 12.
    let prediction: Vec<f32> = (1..=12).map(|x| x as f32).collect();
    let truth = [0.0_f32; 12];
    let batch = Batch::new(&prediction, &truth).sequence_length(3);
    let weighted = |weights: &[f32]| {
        let report = report(outputs(2, "mean_error:average=none"), &batch.weights(weights));
        report.to_json()["metrics"]["mean_error:average=none"]["weighted"].clone()
    };
    let list = |numbers: [f64; 2]| serde_json::json!(numbers);
    // One output has the odd numbers, the other the even ones.
    assert_eq!(weighted(&[1.0, 0.0]), list([3.0, 4.0]));
    assert_eq!(weighted(&[0.0, 0.0, 1.0, 0.0, 0.0, 3.0]), list([38.0 / 4.0, 42.0 / 4.0]));
    let mut each = [0.0_f32; 12];
    (each[0], each[3]) = (2.0, 1.0);
    assert_eq!(weighted(&each), list([1.0, 4.0]));
}

#[test]
fn padding_by_mask_by_lengths_and_by_an_ignored_label_is_the_same() {
    // B = 3, T = 4; the sequences have 4, 1 and 0 steps.
    let scores = [0.9_f32, 0.2, 0.8, 0.1, 0.7, f32::NAN, 0.9, 0.9, f32::NAN, 0.5, 0.5, 0.5];
    let labels = [1_i64, 0, 0, 0, 1, -100, -100, -100, -100, -100, -100, -100];
    let counts = labels.map(|label| label != -100);
    let per_sequence = [2.0_f32, 3.0, 7.0];
    let metrics = ["accuracy", "log_loss"];
    let builder = || Evaluator::builder(Task::Binary).metrics(metrics).device(Device::Cpu);
    let batch = Batch::new(&scores, &labels).sequence_length(4).weights(&per_sequence);
    let by_label = report(builder().ignore_index(-100), &batch);
    assert_eq!(by_label.weighted("accuracy"), Ok(9.0 / 11.0));
    assert_eq!((by_label.samples, by_label.masked_samples), (5, 7));
    let others = [
        report(builder(), &batch.mask(&counts)),
        report(builder(), &batch.lengths(&[4_u32, 1, 0])),
        // Both: a step is deleted by either.
        report(builder(), &batch.mask(&[true, true, false]).lengths(&[4_i64, 1, 3]).mask(&counts)),
        report(builder(), &batch.lengths(&[4_u8, 1, 4]).mask(&[true, true, false])),
    ];
    for other in others {
        assert_eq!(other.entries, by_label.entries);
        assert_eq!((other.samples, other.masked_samples), (5, 7));
    }
}

/// Keras divides each batch by its own number of steps: 0.5 instead of 0.833.
#[test]
fn steps_that_vary_between_batches() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    let batch = Batch::new(&[1.0_f32; 5], &[0.0_f32; 5]).sequence_length(5);
    evaluator.update(&batch.weights(&[2.0_f32])).unwrap();
    let batch = Batch::new(&[0.0_f32; 1], &[0.0_f32; 1]).sequence_length(1);
    evaluator.update(&batch.weights(&[2.0_f32])).unwrap();
    assert_eq!(evaluator.result().unwrap().weighted("mean_error"), Ok(10.0 / 12.0));
}

/// Invalid lengths are refused. If faults are counted, the steps are counted as faulty.
#[test]
fn invalid_lengths() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    let batch = Batch::new(&[1.0_f32; 4], &[0.0_f32; 4]).sequence_length(2).lengths(&[2_i32, -1]);
    let refused = evaluator.update(&batch).unwrap_err().to_string();
    assert_eq!(refused, "the length of sequence 1 is -1: it must be a whole number from 0 to 2");
    // A masked sequence is not checked.
    let mut masked = self::evaluator(Task::Regression, &["mean_error"]);
    masked.update(&batch.mask(&[true, false])).unwrap();
    assert_eq!(masked.result().unwrap().samples, 2);
    evaluator.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
    let weights = &evaluator.state().unwrap().totals[0].weights;
    assert_eq!((weights.samples, weights.masked, weights.invalid_weight), (4, 0, 2));
    assert_eq!(evaluator.result().unwrap().unweighted("mean_error"), Ok(1.0));
}

/// Class weights and sample weights are multiplied, also with weights per sequence.
#[test]
fn class_weights_multiply_weights_per_sequence() {
    let (predicted, truth) = ([0_u8, 1, 1, 1], [0_u8, 0, 1, 0]);
    let builder = Evaluator::builder(Task::Multiclass).classes(2).metric("accuracy");
    let builder = builder.class_weights([(0, 0.5)]).device(Device::Cpu);
    let batch = Batch::new(&predicted, &truth).sequence_length(2).weights(&[4.0_f32, 1.0]);
    let report = report(builder, &batch);
    assert_eq!(report.weighted("accuracy"), Ok((2.0 + 1.0) / (2.0 + 2.0 + 1.0 + 0.5)));
}
