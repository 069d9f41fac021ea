//! Samples in batches of any size, from any number of workers.

use super::{all, evaluator, report, undefined};
use weighbridge::{Batch, Device, Evaluator, Task, Undefined};

/// Keras at a batch size of 2: `mean_with_sample_weight` 5.0 instead of 7.615.
#[test]
fn squared_errors_1_4_9_with_weights_1_2_10_at_any_batch_size() {
    let (prediction, truth, weight) = ([1.0_f32, 2.0, 3.0], [0.0_f32; 3], [1.0_f32, 2.0, 10.0]);
    for len in 1..=3 {
        let mut evaluator = evaluator(Task::Regression, &["mean_squared_error"]);
        let batches = prediction.chunks(len).zip(truth.chunks(len)).zip(weight.chunks(len));
        for ((prediction, truth), weight) in batches {
            evaluator.update(&Batch::new(prediction, truth).weights(weight)).unwrap();
        }
        let report = evaluator.result().unwrap();
        assert_eq!(report.unweighted("mean_squared_error"), Ok(14.0 / 3.0), "batches of {len}");
        assert_eq!(report.weighted("mean_squared_error"), Ok(99.0 / 13.0), "batches of {len}");
    }
}

/// Keras: metrics 4.667, weighted_metrics 7.615, loss 33.0, and 5.0 at a batch size of 2.
#[test]
fn loss_reductions_by_name_at_any_batch_size() {
    let (prediction, truth, weight) = ([1.0_f32, 2.0, 3.0], [0.0_f32; 3], [1.0_f32, 2.0, 10.0]);
    let specs = ["weighted_mean", "sum_over_batch_size", "sum"]
        .map(|reduction| format!("mean_squared_error:reduction={reduction}"));
    for len in 1..=3 {
        let mut evaluator = evaluator(Task::Regression, &specs.each_ref().map(String::as_str));
        let batches = prediction.chunks(len).zip(truth.chunks(len)).zip(weight.chunks(len));
        for ((prediction, truth), weight) in batches {
            evaluator.update(&Batch::new(prediction, truth).weights(weight)).unwrap();
        }
        let report = evaluator.result().unwrap();
        let values = specs
            .each_ref()
            .map(|spec| [report.unweighted(spec).unwrap(), report.weighted(spec).unwrap()]);
        let mean = 14.0 / 3.0;
        let expected = [[mean, 99.0 / 13.0], [mean, 33.0], [14.0, 99.0]];
        assert_eq!(values, expected, "batches of {len}");
    }
}

/// keras-team/keras#20574: 16,778,371 read as 16,777,216; scikit-learn/scikit-learn#34813, on
/// devices with 32-bit floats only.
#[test]
fn more_than_2_to_the_24_samples_in_one_cell() {
    const SAMPLES: usize = (1 << 24) + 3;
    let (score, label) = (vec![0.9_f32; 1 << 20], vec![1_u32; 1 << 20]);
    let weight = vec![0.5_f32; 1 << 20];
    let mut evaluator = evaluator(Task::Binary, &["true_positives", "accuracy"]);
    let mut left = SAMPLES;
    while left > 0 {
        let len = left.min(score.len());
        let batch = Batch::new(&score[..len], &label[..len]);
        evaluator.update(&batch.weights(&weight[..len])).unwrap();
        left -= len;
    }
    evaluator.update(&Batch::new(&[0.1_f32], &[1_u32])).unwrap();
    let report = evaluator.result().unwrap();
    let samples = SAMPLES as f64;
    assert_eq!(report.unweighted("true_positives"), Ok(samples));
    assert_eq!(report.weighted("true_positives"), Ok(samples / 2.0));
    assert_eq!(report.unweighted("accuracy"), Ok(samples / (samples + 1.0)));
}

/// Lightning-AI/torchmetrics#1604, #2195: a sigmoid is applied or not as the range of a batch
/// suggests.
#[test]
fn logits_whose_first_batch_lies_in_0_to_1() {
    let mut logits = Evaluator::builder(Task::Binary)
        .metric("accuracy")
        .from_logits(true)
        .device(Device::Cpu)
        .build()
        .unwrap();
    let mut probabilities = evaluator(Task::Binary, &["accuracy"]);
    let mut other_scores = evaluator(Task::Binary, &["accuracy:threshold=0.5"]);
    for evaluator in [&mut logits, &mut probabilities, &mut other_scores] {
        evaluator.update(&Batch::new(&[0.2_f32, 0.4], &[1_u8, 1])).unwrap();
        evaluator.update(&Batch::new(&[-3.0_f32, 5.0], &[0_u8, 1])).unwrap();
    }
    assert_eq!(logits.result().unwrap().unweighted("accuracy"), Ok(1.0));
    let reason = undefined(probabilities.result().unwrap().unweighted("accuracy"));
    assert!(matches!(reason, Undefined::OutsideDomain { count: 2, .. }), "{reason}");
    let of_scores = other_scores.result().unwrap();
    assert_eq!(of_scores.unweighted("accuracy:threshold=0.5"), Ok(0.5));
}

/// Keras counts batches if all samples have the same weight: 0.5 instead of 0.833.
#[test]
fn constant_weight_in_batches_of_10_and_2() {
    let (ten, two) = ([1.0_f32; 10], [0.0_f32; 2]);
    let batches = [
        Batch::new(&ten, &[0.0_f32; 10]).weights(&[0.5_f32; 10]),
        Batch::new(&two, &[0.0_f32; 2]).weights(&[0.5_f32; 2]),
    ];
    let report = report(Task::Regression, &["mean_absolute_error"], &batches);
    assert_eq!(report.weighted("mean_absolute_error"), Ok(10.0 / 12.0));
}

/// Lightning-AI/pytorch-lightning#2924: a mean of batch means.
#[test]
fn last_batch_smaller() {
    let (score, label) = ([0.9_f32, 0.8, 0.7, 0.2, 0.1], [1_u8, 1, 1, 0, 1]);
    for len in 1..=5 {
        let batches: Vec<_> =
            score.chunks(len).zip(label.chunks(len)).map(|(s, l)| Batch::new(s, l)).collect();
        let report = report(Task::Binary, &["accuracy"], &batches);
        assert_eq!(report.unweighted("accuracy"), Ok(0.8), "batches of {len}");
    }
}

/// pytorch/pytorch#25162: samplers pad with samples that then count twice. With weight 0 they do
/// not.
#[test]
fn padded_duplicates_in_a_distributed_run() {
    let unpadded = Batch::new(&[0.9_f32, 0.2, 0.4], &[1_u8, 0, 1]);
    let padded = Batch::new(&[0.9_f32, 0.2, 0.4, 0.9, 0.2], &[1_u8, 0, 1, 1, 0]);
    let padded = padded.weights(&[1.0_f32, 1.0, 1.0, 0.0, 0.0]);
    let specs = all(Task::Binary);
    let (unpadded, padded) =
        (report(Task::Binary, &specs, &[unpadded]), report(Task::Binary, &specs, &[padded]));
    for (unpadded, padded) in unpadded.entries.iter().zip(&padded.entries) {
        assert_eq!(unpadded.weighted, padded.weighted, "{}", unpadded.spec);
    }
    assert_eq!(padded.zero_weight_samples, 2);
}

#[test]
fn report_says_how_much_the_weights_are_worth() {
    let weight = [1.0_f32, 0.0, 2.0, 10.0];
    for len in 1..=4 {
        let batches: Vec<_> = weight
            .chunks(len)
            .map(|weight| {
                Batch::new(&[0.5_f32; 4][..weight.len()], &[0.0_f32; 4][..weight.len()])
                    .weights(weight)
            })
            .collect();
        let report = report(Task::Regression, &["mean_error"], &batches);
        assert_eq!((report.samples, report.zero_weight_samples), (4, 1), "batches of {len}");
        assert_eq!(report.weight_sum, 13.0, "batches of {len}");
        assert_eq!(report.effective_samples, Some(169.0 / 105.0), "batches of {len}");
    }
}

/// pytorch#25162: samplers pad the last batch of each worker with samples seen elsewhere.
#[test]
fn padded_duplicates_of_workers_are_masked() {
    let (score, label) = ([0.9_f32, 0.2, 0.7, 0.4, 0.1], [1_u8, 1, 0, 1, 0]);
    let mut alone = evaluator(Task::Binary, &[]);
    alone.update(&Batch::new(&score, &label)).unwrap();
    let mut all = evaluator(Task::Binary, &[]);
    for (rows, mask) in [([0, 2, 4], [true; 3]), ([1, 3, 0], [true, true, false])] {
        let mut worker = evaluator(Task::Binary, &[]);
        let (score, label) = (rows.map(|row: usize| score[row]), rows.map(|row| label[row]));
        worker.update(&Batch::new(&score, &label).mask(&mask)).unwrap();
        all.merge(&worker.state().unwrap()).unwrap();
    }
    let [all, alone] = [all, alone].map(|mut evaluator| evaluator.result().unwrap());
    assert_eq!(all.entries, alone.entries);
    assert_eq!((all.samples, all.masked_samples), (5, 1));
}

/// Keras divides each batch by its own number of tokens, which gives 0.5 here. In weighbridge a
/// token is a sample: weights and masks are per token, and T may vary from batch to batch.
#[test]
fn weights_and_masks_per_token_where_t_varies_between_batches() {
    let mut evaluator = evaluator(Task::Regression, &["mean_error"]);
    // B × T is 1 × 5, all wrong by 1, then 1 × 1, correct, then 2 × 3 with masked padding.
    evaluator.update(&Batch::new(&[1.0_f32; 5], &[0.0_f32; 5]).weights(&[2.0_f32; 5])).unwrap();
    evaluator.update(&Batch::new(&[0.0_f32; 1], &[0.0_f32; 1]).weights(&[2.0_f32; 1])).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.weighted("mean_error"), Ok(10.0 / 12.0));
    let (token, padding) =
        ([3.0_f32, 9.0, 9.0, 3.0, 3.0, 9.0], [true, false, false, true, true, false]);
    let weight = [1.0_f32, 7.0, 7.0, 1.0, 2.0, 7.0];
    evaluator.update(&Batch::new(&token, &[0.0_f32; 6]).weights(&weight).mask(&padding)).unwrap();
    let report = evaluator.result().unwrap();
    assert_eq!(report.unweighted("mean_error"), Ok(14.0 / 9.0));
    assert_eq!(report.weighted("mean_error"), Ok(22.0 / 16.0));
}
