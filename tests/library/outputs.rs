//! Samples with several outputs or labels: each is evaluated independently, to the last bit.

use crate::common::devices::devices;
use crate::common::random::Random;
use weighbridge::batch::FaultPolicy;
use weighbridge::error::BuildError;
use weighbridge::metric::Value;
use weighbridge::{Batch, Device, Error, Evaluator, Report, Task, Undefined};

const OUTPUTS: usize = 3;
const SAMPLES: usize = 700;

struct Data {
    prediction: Vec<f32>,
    truth: Vec<f32>,
    weight: Vec<f32>,
    weight_of_elements: Vec<f32>,
}

/// Scores and labels that are valid in every task; the last label is rarely 1.
fn data() -> Data {
    let mut random = Random::new(5);
    let mut number = |limit: usize| random.below(limit) as f32;
    let elements = SAMPLES * OUTPUTS;
    Data {
        prediction: (0..elements).map(|_| number(4096) / 4096.0).collect(),
        truth: (0..elements)
            .map(
                |element| {
                    if element % OUTPUTS == 2 { (number(9) / 8.0).floor() } else { number(2) }
                },
            )
            .collect(),
        weight: (0..SAMPLES).map(|_| number(9) / 4.0).collect(),
        weight_of_elements: (0..elements).map(|_| number(9) / 4.0).collect(),
    }
}

fn output<T: Copy>(elements: &[T], output: usize) -> Vec<T> {
    elements.iter().skip(output).step_by(OUTPUTS).copied().collect()
}

fn evaluator(task: Task, outputs: Option<u32>, specs: &[String], device: &Device) -> Evaluator {
    let builder = Evaluator::builder(task).metrics(specs).device(device.clone());
    let builder = match outputs {
        Some(outputs) => builder.outputs(outputs as usize),
        None => builder,
    };
    builder.build().expect("an evaluator")
}

fn vectors(report: &Report, spec: &str) -> [Vec<f64>; 2] {
    let entry = report.get(spec).expect("an entry");
    [&entry.unweighted, &entry.weighted].map(|value| match value {
        Ok(value @ Value::Vector(_)) => value.numbers().expect("numbers"),
        other => panic!("{spec}: {other:?} is not a list"),
    })
}

/// Metrics with a single number in both tasks.
fn names(task: Task) -> Vec<&'static str> {
    match task {
        Task::Regression => {
            vec!["mean_squared_error", "r2_score", "max_error", "huber_loss", "pearson_correlation"]
        }
        _ => vec!["precision", "recall", "f1_score", "jaccard_index", "accuracy", "specificity"],
    }
}

/// Means over labels, which take no `average`.
const LOSSES: [&str; 8] = [
    "log_loss:label_smoothing=0.1",
    "brier_score",
    "hinge_loss:reduction=sum",
    "squared_hinge_loss",
    "expected_calibration_error",
    "expected_calibration_error:strategy=quantile",
    "maximum_calibration_error:bins=5",
    "normalized_entropy",
];

#[test]
fn outputs_are_evaluated_independently() {
    let data = data();
    for device in devices() {
        for (task, alone) in
            [(Task::Regression, Task::Regression), (Task::Multilabel, Task::Binary)]
        {
            for of_elements in [false, true] {
                let mut names = names(task);
                if task == Task::Multilabel {
                    names.extend(LOSSES);
                }
                let specs: Vec<_> =
                    names.iter().map(|name| format!("{name}:average=none")).collect();
                let mut together = evaluator(task, Some(OUTPUTS as u32), &specs, &device);
                let weight = if of_elements { &data.weight_of_elements } else { &data.weight };
                for samples in [0..100, 100..SAMPLES] {
                    let elements = samples.start * OUTPUTS..samples.end * OUTPUTS;
                    let weights = if of_elements { elements.clone() } else { samples };
                    let batch =
                        Batch::new(&data.prediction[elements.clone()], &data.truth[elements])
                            .weights(&weight[weights]);
                    together.update(&batch).expect("a batch");
                }
                let together = together.result().expect("a report");
                assert_eq!(
                    together.samples,
                    if of_elements { SAMPLES * OUTPUTS } else { SAMPLES } as u64
                );
                for index in 0..OUTPUTS {
                    let plain: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
                    let mut one = evaluator(alone, None, &plain, &Device::Cpu);
                    let [p, t] = [&data.prediction, &data.truth].map(|c| output(c, index));
                    let w = if of_elements { output(weight, index) } else { weight.clone() };
                    one.update(&Batch::new(&p, &t).weights(&w)).expect("a batch");
                    let one = one.result().expect("a report");
                    for (name, spec) in names.iter().zip(&specs) {
                        let [unweighted, weighted] = vectors(&together, spec);
                        assert_eq!(Ok(unweighted[index]), one.unweighted(name), "{spec}, {index}");
                        assert_eq!(Ok(weighted[index]), one.weighted(name), "{spec}, {index}");
                    }
                }
            }
        }
    }
}

#[test]
fn averages_are_means_over_outputs() {
    let data = data();
    let mut specs = vec![];
    for name in names(Task::Multilabel) {
        specs.push(name.to_owned());
        specs.extend(["none", "micro", "macro", "weighted"].map(|a| format!("{name}:average={a}")));
    }
    let mut labels = evaluator(Task::Multilabel, Some(OUTPUTS as u32), &specs, &Device::Cpu);
    let batch = Batch::new(&data.prediction, &data.truth).weights(&data.weight);
    labels.update(&batch).expect("a batch");
    let report = labels.result().expect("a report");
    // Each element as one binary sample.
    let names = names(Task::Multilabel);
    let plain: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut elements = evaluator(Task::Binary, None, &plain, &Device::Cpu);
    let repeated: Vec<_> = data.weight.iter().flat_map(|&w| [w; OUTPUTS]).collect();
    elements
        .update(&Batch::new(&data.prediction, &data.truth).weights(&repeated))
        .expect("a batch");
    let elements = elements.result().expect("a report");
    let support: Vec<f64> = (0..OUTPUTS)
        .map(|index| {
            let truth = output(&data.truth, index);
            truth.iter().zip(&data.weight).map(|(&t, &w)| f64::from(t * w)).sum()
        })
        .collect();
    let total: f64 = support.iter().sum();
    for name in names {
        let [_, weighted] = vectors(&report, &format!("{name}:average=none"));
        let number = |average: &str| report.weighted(format!("{name}:average={average}"));
        assert_eq!(number("micro"), elements.weighted(name), "{name}");
        let mean = weighted.iter().sum::<f64>() / OUTPUTS as f64;
        assert_eq!(number("macro"), Ok(mean), "{name}");
        assert_eq!(report.weighted(name), Ok(mean), "{name} without a word");
        let by_support: f64 =
            weighted.iter().zip(&support).map(|(value, support)| support / total * value).sum();
        assert_eq!(number("weighted"), Ok(by_support), "{name}");
    }
}

#[test]
fn counts_are_lists_or_sums_and_the_matrix_has_a_row_for_each_label() {
    let specs = ["confusion_matrix", "true_positives", "true_positives:average=micro"];
    let build = |spec: &str| {
        let builder = Evaluator::builder(Task::Multilabel).outputs(2).device(Device::Cpu);
        builder.metrics(specs).metric(spec).class_names(["cat", "dog"]).build()
    };
    let mut evaluator = build("accuracy").expect("an evaluator");
    let batch = Batch::new(&[0.9_f32, 0.9, 0.3, 0.7, 0.8, 0.2], &[1_u8, 0, 1, 1, 1, 0]);
    evaluator.update(&batch.weights(&[1.0_f32, 2.0, 0.5])).expect("a batch");
    let report = evaluator.result().expect("a report");
    assert_eq!(vectors(&report, "true_positives"), [vec![2.0, 1.0], vec![1.5, 2.0]]);
    assert_eq!(report.weighted("true_positives:average=micro"), Ok(3.5));
    let rows = vec![vec![0.0, 0.0, 1.0, 2.0], vec![1.0, 1.0, 0.0, 1.0]];
    let matrix = &report.get("confusion_matrix").expect("an entry").unweighted;
    assert_eq!(*matrix, Ok(Value::from(rows)));
    let grid = "
confusion_matrix, unweighted
┌───────┬────┬────┬────┬────┐
│ label ┆ TN ┆ FP ┆ FN ┆ TP │
╞═══════╪════╪════╪════╪════╡
│ cat   ┆  0 ┆  0 ┆  1 ┆  2 │
│ dog   ┆  1 ┆  1 ┆  0 ┆  1 │
└───────┴────┴────┴────┴────┘
";
    assert!(report.to_string().contains(grid), "{report}");
    let refused = |spec| build(spec).expect_err("no such average").to_string();
    assert_eq!(
        refused("confusion_matrix:average=macro"),
        "confusion_matrix has no parameter \"average\" in the multilabel task; it has only threshold"
    );
    assert_eq!(
        refused("true_positives:average=macro"),
        "true_positives: average is \"macro\", but must be none or micro"
    );
}

#[test]
fn bins_have_columns_with_names() {
    let specs = ["calibration_bins:bins=4".to_owned()];
    let mut evaluator = evaluator(Task::Binary, None, &specs, &Device::Cpu);
    evaluator.update(&Batch::new(&[0.25_f32, 0.25, 1.0], &[1_u8, 0, 1])).expect("a batch");
    let report = evaluator.result().expect("a report").to_string();
    let grid = "
calibration_bins:bins=4, unweighted and weighted
┌──────────┬──────────┬────────┬─────────────┬───────────┐
│     from ┆       to ┆ weight ┆ probability ┆ frequency │
╞══════════╪══════════╪════════╪═════════════╪═══════════╡
│ 0.250000 ┆ 0.500000 ┆      2 ┆    0.250000 ┆  0.500000 │
│ 0.750000 ┆        1 ┆      1 ┆           1 ┆         1 │
└──────────┴──────────┴────────┴─────────────┴───────────┘";
    assert!(report.contains(grid), "{report}");
}

#[test]
fn exact_matches_need_every_label() {
    let data = data();
    let specs = ["exact_match", "exact_match:threshold=0.25"].map(str::to_owned);
    for device in devices() {
        let mut evaluator = evaluator(Task::Multilabel, Some(OUTPUTS as u32), &specs, &device);
        let batch = Batch::new(&data.prediction, &data.truth).weights(&data.weight);
        evaluator.update(&batch).expect("a batch");
        let report = evaluator.result().expect("a report");
        for (spec, threshold) in specs.iter().zip([0.5, 0.25]) {
            let rows = data.prediction.chunks(OUTPUTS).zip(data.truth.chunks(OUTPUTS));
            let hits: Vec<bool> = rows
                .map(|(p, t)| p.iter().zip(t).all(|(&p, &t)| (p > threshold) == (t == 1.0)))
                .collect();
            let count = hits.iter().filter(|hit| **hit).count() as f64;
            assert_eq!(report.unweighted(spec), Ok(count / SAMPLES as f64));
            let weight = |all: bool| -> f64 {
                let samples = hits.iter().zip(&data.weight).filter(|(hit, _)| all || **hit);
                samples.map(|(_, &weight)| f64::from(weight)).sum()
            };
            assert_eq!(report.weighted(spec), Ok(weight(false) / weight(true)));
        }
    }
}

#[test]
fn a_bad_label_or_score_affects_its_label_and_the_whole_sample() {
    let specs = ["accuracy:average=none", "accuracy", "confusion_matrix", "exact_match"];
    let specs = specs.map(str::to_owned);
    let mut evaluator = evaluator(Task::Multilabel, Some(2), &specs, &Device::Cpu);
    let with_nan = Batch::new(&[0.9_f32, 0.1, f32::NAN, 0.2], &[1_u8, 0, 1, 0]);
    let error = evaluator.update(&with_nan).expect_err("NaN").to_string();
    assert!(error.starts_with("the prediction in row 1 is NaN: it must be finite"), "{error}");
    let with_nan = with_nan.on_fault(FaultPolicy::Count);
    evaluator.update(&with_nan).expect("NaN is counted");
    let report = evaluator.result().expect("a report");
    let reason = Undefined::NonFinite { count: 1 };
    let value = |spec| report.get(spec).expect("an entry").unweighted.clone();
    let others_stand = Value::Vector(vec![Err(reason.clone()), Ok(1.0)]);
    assert_eq!(value("accuracy:average=none"), Ok(others_stand));
    let named = Undefined::Label { label: 0, reason: reason.clone().into() };
    assert_eq!(value("accuracy"), Err(named));
    let others_stand = Value::Matrix(vec![Err(reason.clone()), Ok(vec![2.0, 0.0, 0.0, 0.0])]);
    assert_eq!(value("confusion_matrix"), Ok(others_stand));
    // All labels, each for a different reason.
    let mut evaluator = self::evaluator(Task::Multilabel, Some(2), &specs, &Device::Cpu);
    let batch = Batch::new(&[0.9_f32, f32::NAN, f32::NAN, f32::NAN], &[1_u8, 0, 1, 0]);
    evaluator.update(&batch.on_fault(FaultPolicy::Count)).expect("NaN is counted");
    let each = evaluator.result().expect("a report");
    let reasons = [1, 2].map(|count| Undefined::NonFinite { count });
    let value = |spec| each.get(spec).expect("an entry").unweighted.clone();
    let none = Value::Vector(reasons.clone().map(Err).to_vec());
    assert_eq!(value("accuracy:average=none"), Ok(none));
    let none = Value::Matrix(reasons.clone().map(Err).to_vec());
    assert_eq!(value("confusion_matrix"), Ok(none));
    let mut evaluator = self::evaluator(Task::Multilabel, Some(2), &specs, &Device::Cpu);
    evaluator.update(&with_nan).expect("NaN is counted");
    assert_eq!(report.get("exact_match").expect("an entry").unweighted, Err(reason));
    let batch = Batch::new(&[0.9_f32, 0.1, 0.3, 0.2], &[1_u8, 0, 1, 7]);
    let error = evaluator.update(&batch).expect_err("7 is not a label");
    assert_eq!(error.to_string(), "the truth in row 1 is 7: it must be 0 or 1");
    // With weight zero, and counted: the weighted value is the other sample's.
    evaluator.reset().expect("a reset");
    evaluator.update(&batch.weights(&[1.0_f32, 0.0])).expect("a row of weight 0");
    let report = evaluator.result().expect("a report");
    assert_eq!(report.weighted("exact_match"), Ok(1.0));
    let reason = Undefined::InvalidLabel { count: 1 };
    assert_eq!(report.get("exact_match").expect("an entry").unweighted, Err(reason));
}

/// Both values of a metric, by label.
fn of_labels(spec: &str, batch: &Batch<'_>) -> [Result<Value, Undefined>; 2] {
    let specs = [spec.to_owned()];
    let mut evaluator = evaluator(Task::Multilabel, Some(2), &specs, &Device::Cpu);
    evaluator.update(batch).expect("a batch");
    let entry = evaluator.result().expect("a report").entries.remove(0);
    [entry.unweighted, entry.weighted]
}

#[test]
fn masks_delete_elements_or_whole_samples() {
    let data = data();
    let mut random = Random::new(9);
    let mask: Vec<bool> = (0..SAMPLES * OUTPUTS).map(|_| random.below(3) > 0).collect();
    let of_samples: Vec<bool> = (0..SAMPLES).map(|_| random.below(3) > 0).collect();
    for task in [Task::Multilabel, Task::Regression] {
        let name = if task == Task::Multilabel { "accuracy" } else { "mean_error" };
        let specs = [format!("{name}:average=none")];
        let batch = Batch::new(&data.prediction, &data.truth).weights(&data.weight);
        for mask in [&mask, &of_samples] {
            let mut together = evaluator(task, Some(OUTPUTS as u32), &specs, &Device::Cpu);
            together.update(&batch.mask(mask)).expect("a mask");
            let together = together.result().expect("a report").entries.remove(0);
            let (mut unweighted, mut weighted) = (vec![], vec![]);
            for index in 0..OUTPUTS {
                let [prediction, truth] =
                    [&data.prediction, &data.truth].map(|elements| output(elements, index));
                let of_output = output(mask, index);
                let mask = if mask.len() == SAMPLES { mask } else { &of_output };
                let kept = |column: &[f32]| -> Vec<f32> {
                    let kept = column.iter().zip(mask).filter(|(_, counts)| **counts);
                    kept.map(|(&x, _)| x).collect()
                };
                let [prediction, truth, weight] =
                    [&prediction, &truth, &data.weight].map(|column| kept(column));
                let single = if task == Task::Multilabel { Task::Binary } else { task };
                let mut alone = evaluator(single, None, &[name.to_owned()], &Device::Cpu);
                let batch = Batch::new(&prediction, &truth).weights(&weight);
                alone.update(&batch).expect("a batch");
                let report = alone.result().expect("a report");
                unweighted.push(report.unweighted(name).expect("a value"));
                weighted.push(report.weighted(name).expect("a value"));
            }
            assert_eq!(together.unweighted, Ok(Value::from(unweighted)), "{task}");
            assert_eq!(together.weighted, Ok(Value::from(weighted)), "{task}");
        }
    }
}

#[test]
fn exact_matches_use_masks_and_flushed_zeros_but_no_class_weights() {
    let half = [Ok(Value::Scalar(0.5)), Ok(Value::Scalar(0.5))];
    // The last of three samples, which is wrong, is masked.
    let (scores, labels) = ([0.9_f32, 0.9, 0.3, 0.2, 0.3, 0.9], [1_u8, 1, 0, 1, 1, 0]);
    let batch = Batch::new(&scores, &labels);
    assert_eq!(of_labels("exact_match", &batch.mask(&[true, true, false])), half);
    let mut evaluator = Evaluator::builder(Task::Multilabel)
        .outputs(2)
        .metric("exact_match")
        .class_weights([(0, 5.0), (1, 0.0)])
        .device(Device::Cpu)
        .build()
        .expect("an evaluator");
    evaluator.update(&batch.mask(&[true, true, false])).expect("a batch");
    let report = evaluator.result().expect("a report");
    assert_eq!(report.weighted("exact_match"), Ok(0.5));

    // A subnormal score counts as zero, which is not above the threshold.
    let batch = Batch::new(&[1e-40_f32, 0.5, 1e-40, 0.5], &[0_u8, 1, 0, 0]);
    assert_eq!(of_labels("exact_match:threshold=0", &batch), half);
    // In double precision, 0.1 as an `f32` is above 0.1, and scores beyond `f32` are finite.
    let scores = [0.1, 1e39, f64::from(0.1_f32), 0.05];
    let batch = Batch::new(&scores, &[0_u8, 1, 1, 0]);
    let whole = [Ok(Value::Scalar(1.0)), Ok(Value::Scalar(1.0))];
    assert_eq!(of_labels("exact_match:threshold=0.1", &batch), whole);
    // An infinite score and the label 2 are invalid.
    let batch = Batch::new(&[f32::INFINITY, 0.5], &[1_u8, 0]).on_fault(FaultPolicy::Count);
    let reason = Undefined::NonFinite { count: 1 };
    assert_eq!(of_labels("exact_match", &batch), [Err(reason.clone()), Err(reason)]);
    let batch = Batch::new(&[0.9_f32, 0.1, 0.9, 0.1], &[1_u8, 0, 2, 0]);
    let found = of_labels("exact_match", &batch.weights(&[1.0_f32, 0.0]));
    assert_eq!(found, [Err(Undefined::InvalidLabel { count: 1 }), Ok(Value::Scalar(1.0))]);
}

#[test]
fn zero_denominators_are_0_in_averages_and_undefined_for_single_labels_or_outputs() {
    // No label is 1, so all have weight 0 in a weighted average.
    let batch = Batch::new(&[0.9_f32, 0.1, 0.2, 0.1], &[0_u8; 4]);
    for value in of_labels("precision:average=weighted", &batch) {
        assert!(matches!(value, Err(Undefined::ZeroDenominator { .. })), "{value:?}");
    }
    let zero = Ok(Value::Scalar(0.0));
    assert_eq!(of_labels("recall", &batch), [zero.clone(), zero]);
    let reason = Undefined::ZeroDenominator { reason: "no positives in the truth".to_owned() };
    let batch = Batch::new(&[0.9_f32, 0.1, 0.2, 0.1], &[1_u8, 0, 1, 0]);
    let found = of_labels("recall:average=none", &batch);
    let of_label = Ok(Value::Vector(vec![Ok(0.5), Err(reason)]));
    assert_eq!(found, [of_label.clone(), of_label]);
    let found = of_labels("recall:average=none:zero_division=0", &batch);
    let of_label = Ok(Value::from(vec![0.5, 0.0]));
    assert_eq!(found, [of_label.clone(), of_label]);
    // As in scikit-learn.
    let nothing = Batch::new(&[0.9_f32, 0.1, 0.2, 0.1], &[0_u8; 4]);
    for average in ["micro", "macro", "weighted"] {
        let spec = format!("recall:average={average}:zero_division=1");
        let one = Ok(Value::Scalar(1.0));
        assert_eq!(of_labels(&spec, &nothing), [one.clone(), one], "{spec}");
    }
    let specs = ["weighted_mean_absolute_percentage_error:average=none".to_owned()];
    let mut evaluator = evaluator(Task::Regression, Some(2), &specs, &Device::Cpu);
    evaluator.update(&Batch::new(&[1.0_f32, 1.0], &[2.0_f32, 0.0])).expect("a batch");
    let found = evaluator.result().expect("a report").entries.remove(0).unweighted;
    let Ok(Value::Vector(found)) = found else { panic!("{found:?}") };
    assert_eq!(found[0], Ok(0.5));
    assert!(matches!(found[1], Err(Undefined::ZeroDenominator { .. })), "{found:?}");
    // If all outputs have the same reason, no output is named.
    evaluator.reset().expect("a reset");
    evaluator.update(&Batch::new(&[1.0_f32, 1.0], &[0.0_f32, 0.0])).expect("a batch");
    let found = evaluator.result().expect("a report").entries.remove(0).unweighted;
    assert!(matches!(found, Err(Undefined::ZeroDenominator { .. })), "{found:?}");
}

#[test]
fn ignored_labels_are_deleted_elements() {
    let specs = ["accuracy:average=none", "exact_match"].map(str::to_owned);
    let mut evaluator = Evaluator::builder(Task::Multilabel)
        .outputs(2)
        .metrics(specs)
        .ignore_index(-1)
        .device(Device::Cpu)
        .build()
        .expect("an evaluator");
    // The last sample is padding.
    let scores = [0.9_f32, 0.9, 0.3, 0.2, 0.3, 0.9, 0.9, 0.9];
    let batch = Batch::new(&scores, &[1_i32, -1, 1, 0, 0, 1, -1, -1]);
    evaluator.update(&batch).expect("a batch");
    let report = evaluator.result().expect("a report");
    assert_eq!(vectors(&report, "accuracy:average=none")[0], [2.0 / 3.0, 1.0]);
    assert_eq!(report.unweighted("exact_match"), Ok(2.0 / 3.0));
}

/// Keras applies weights of shape (B,) along the wrong axis if B equals T: 18.75 instead of 25.0.
/// Here weights per sample apply to all its outputs, and nothing else is broadcast.
#[test]
fn weights_of_samples_are_not_weights_of_outputs() {
    let specs = ["mean_squared_error".to_owned()];
    let mut square = evaluator(Task::Regression, Some(2), &specs, &Device::Cpu);
    let batch = Batch::new(&[1.0_f32, 3.0, 5.0, 7.0], &[0.0_f32; 4]).weights(&[0.0_f32, 1.0]);
    square.update(&batch).expect("a batch");
    assert_eq!(square.result().expect("a report").weighted("mean_squared_error"), Ok(37.0));
    let mut outputs = evaluator(Task::Regression, Some(3), &specs, &Device::Cpu);
    let batch = Batch::new(&[1.0_f32; 6], &[0.0_f32; 6]);
    let error = outputs.update(&batch.weights(&[1.0_f32; 3])).expect_err("neither shape");
    assert_eq!(
        error.to_string(),
        "3 weights for 2 samples: there must be one weight per sample, or one for each of their 3 \
         outputs"
    );
    let error = outputs.update(&batch.mask(&[true; 3])).expect_err("neither shape");
    assert_eq!(
        error.to_string(),
        "3 elements of a mask for 2 samples: there must be one per sample, or one for each of their \
         3 outputs"
    );
    let error = outputs.update(&Batch::new(&[1.0_f32; 5], &[0.0_f32; 5])).expect_err("no rows");
    assert_eq!(
        error.to_string(),
        "the prediction has 5 elements, which is not a multiple of the \
                                   row width 3"
    );
}

#[test]
fn invalid_numbers_of_outputs() {
    let build = |task, outputs| {
        let builder = Evaluator::builder(task).device(Device::Cpu).classes(3);
        let builder = if let Some(outputs) = outputs { builder.outputs(outputs) } else { builder };
        builder.build().expect_err("no such evaluator")
    };
    assert_eq!(build(Task::Multilabel, None), Error::Build(BuildError::MissingLabels));
    assert_eq!(
        build(Task::Binary, Some(2)),
        Error::Build(BuildError::OutputsUnsupported { task: Task::Binary })
    );
    assert_eq!(
        build(Task::Regression, Some(0)),
        Error::Build(BuildError::InvalidOutputs { outputs: 0 })
    );
    let joint = ["exact_match".to_owned()];
    let mut evaluator = evaluator(Task::Multilabel, Some(2), &joint, &Device::Cpu);
    let batch = Batch::new(&[0.5_f32; 4], &[1_u8; 4]).weights(&[1.0_f32; 4]);
    let error = evaluator.update(&batch).expect_err("a weight for each element");
    let expected = "4 weights for 2 samples: there must be one weight per sample";
    assert_eq!(error.to_string(), expected);
}

/// The view of whole samples accumulates the statistics of all metrics; only those of its own
/// metrics may warn.
#[test]
fn warnings_do_not_depend_on_metrics_of_whole_samples() {
    let data = data();
    let warnings = |specs: &[&str]| {
        let specs: Vec<_> = specs.iter().map(|&spec| spec.to_owned()).collect();
        let mut evaluator = evaluator(Task::Multilabel, Some(OUTPUTS as u32), &specs, &Device::Cpu);
        let batch = Batch::new(&data.prediction, &data.truth).weights(&data.weight);
        evaluator.update(&batch).expect("a batch");
        evaluator.result().expect("a report").warnings
    };
    assert_eq!(warnings(&["log_loss", "exact_match"]), warnings(&["log_loss"]));
    let clips = "log_loss:eps=0.4";
    assert!(!warnings(&[clips]).is_empty());
    assert_eq!(warnings(&[clips, "exact_match"]), warnings(&[clips]));
}
