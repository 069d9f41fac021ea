//! Undefined values, next to values that are defined.

use super::{all, evaluator, nothing, report, undefined};
use weighbridge::batch::FaultPolicy;
use weighbridge::error::{Input, UpdateError};
use weighbridge::metric::Value;
use weighbridge::report::Warning;
use weighbridge::{Batch, Device, Error, Evaluator, Task, Undefined};

/// Other libraries return 0.0, 0.5, 1.0, NaN or an exception, by library and metric.
#[test]
fn empty_state() {
    for &task in Task::ALL {
        for entry in report(task, &all(task), &[]).entries {
            assert_eq!(entry.unweighted, Err(Undefined::NoSamples), "{}", entry.spec);
            assert_eq!(entry.weighted, Err(Undefined::NoSamples), "{}", entry.spec);
        }
    }
}

#[test]
fn probability_0_for_the_label_is_clipped_and_reported() {
    let (prediction, label) = ([0.0_f32, 1.0, 1.0, 0.5], [1_u8, 0, 1, 1]);
    let batch = Batch::new(&prediction, &label).weights(&[1.0_f32, 0.0, 1.0, 1.0]);
    let report = report(Task::Binary, &["log_loss", "log_loss:eps=0.125"], &[batch]);
    let (clipped, half) = (-f64::from(f32::EPSILON).ln(), 2_f64.ln());
    let near =
        |value: f64, expected: f64| assert!((value / expected - 1.0).abs() < 1e-6, "{value}");
    near(report.unweighted("log_loss").unwrap(), (2.0 * clipped + half) / 4.0);
    near(report.weighted("log_loss").unwrap(), (clipped + half) / 3.0);
    near(report.weighted("log_loss:eps=0.125").unwrap(), (8_f64.ln() + half) / 3.0);
    let values = vec!["log_loss".to_owned(), "log_loss:eps=0.125".to_owned()];
    assert_eq!(report.warnings, [Warning::Clipped { values, count: 2 }]);
    assert_eq!(
        report.warnings[0].to_string(),
        "the probability of the label is clipped in 2 of the samples in log_loss, \
         log_loss:eps=0.125"
    );
}

/// Other libraries return 0.0, 0.5, 1.0, NaN or an exception, by library and metric.
#[test]
fn one_class_only() {
    let no_positives = "no positives in the truth";
    let no_positives_at_all = "no positives in the truth and none predicted";
    let negatives = Batch::new(&[0.1_f32, 0.2], &[0_u8, 0]);
    let report = report(Task::Binary, &all(Task::Binary), &[negatives]);
    for (name, reason) in [
        ("precision", "no predicted positives"),
        ("recall", no_positives),
        ("f1_score", no_positives_at_all),
        ("fbeta_score", no_positives_at_all),
        ("jaccard_index", no_positives_at_all),
        ("matthews_correlation", no_positives),
        ("cohen_kappa", "prediction and truth are all of one class"),
    ] {
        assert_eq!(undefined(report.unweighted(name)), nothing(reason), "{name}");
    }
    for (name, value) in [
        ("accuracy", 1.0),
        ("balanced_accuracy", 1.0),
        ("specificity", 1.0),
        ("negative_predictive_value", 1.0),
        ("true_negatives", 2.0),
        ("true_positives", 0.0),
    ] {
        assert_eq!(report.unweighted(name), Ok(value), "{name}");
    }

    let positives = Batch::new(&[0.9_f32, 0.2], &[1_u8, 1]);
    let report = super::report(Task::Binary, &all(Task::Binary), &[positives]);
    let no_negatives = nothing("no negatives in the truth");
    assert_eq!(undefined(report.unweighted("specificity")), no_negatives);
    assert_eq!(undefined(report.unweighted("matthews_correlation")), no_negatives);
    assert_eq!(report.unweighted("balanced_accuracy"), Ok(0.5));
    assert_eq!(report.unweighted("cohen_kappa"), Ok(0.0));
    assert_eq!(report.unweighted("negative_predictive_value"), Ok(0.0));
}

#[test]
fn zero_division_overrides_an_empty_denominator_and_nothing_else() {
    let negatives = Batch::new(&[0.1_f32, 0.2], &[0_u8, 0]);
    let positives = Batch::new(&[0.8_f32, 0.9], &[1_u8, 1]);
    for (name, batch) in [
        ("precision", negatives),
        ("recall", negatives),
        ("f1_score", negatives),
        ("fbeta_score", negatives),
        ("jaccard_index", negatives),
        ("specificity", positives),
        ("negative_predictive_value", positives),
    ] {
        let spec = format!("{name}:zero_division=0.25");
        let report = |batches: &[Batch<'_>]| report(Task::Binary, &[&spec], batches);
        assert_eq!(report(&[batch]).unweighted(&spec), Ok(0.25), "{spec}");
        assert_eq!(undefined(report(&[]).unweighted(&spec)), Undefined::NoSamples, "{spec}");
        let nan = Batch::new(&[f32::NAN], &[1_u8]).on_fault(FaultPolicy::Count);
        let reason = undefined(report(&[batch, nan]).unweighted(&spec));
        assert_eq!(reason, Undefined::NonFinite { count: 1 }, "{spec}");
    }
}

/// The first of three classes is never predicted, the second is never true, and the third neither.
#[test]
fn a_class_without_a_denominator_is_undefined_alone_and_0_or_zero_division_in_averages() {
    let build = |specs: &[&str]| {
        let builder = Evaluator::builder(Task::Multiclass).classes(3).device(Device::Cpu);
        let mut evaluator = builder.metrics(specs.iter().copied()).build().unwrap();
        evaluator.update(&Batch::new(&[1_u8, 1], &[0_u8, 0])).unwrap();
        evaluator.result().unwrap()
    };
    let (never, absent) =
        ("no predictions of the class", "the class is neither in the truth nor predicted");
    for (spec, expected) in [
        ("precision", [Err(never), Ok(0.0), Err(never)]),
        ("recall", [Ok(0.0), Err("no samples of the class"), Err("no samples of the class")]),
        ("specificity", [Err("no samples of other classes"), Ok(0.0), Ok(1.0)]),
        ("jaccard_index", [Ok(0.0), Ok(0.0), Err(absent)]),
        ("f1_score", [Ok(0.0), Ok(0.0), Err(absent)]),
        ("fbeta_score:beta=2", [Ok(0.0), Ok(0.0), Err(absent)]),
        ("fbeta_score:beta=0", [Err(never), Ok(0.0), Err(never)]),
    ] {
        let average = |average: &str, added: &str| format!("{spec}:average={average}{added}");
        let none = [average("none", ""), average("none", ":zero_division=1")];
        let averages = ["macro", "weighted"].map(|word| average(word, ""));
        let instead = ["macro", "weighted"].map(|word| average(word, ":zero_division=1"));
        let zero = [average("macro", ":absent=zero:zero_division=1")];
        let specs: Vec<_> = [&none[..], &averages, &instead, &zero].concat();
        let report = build(&specs.iter().map(String::as_str).collect::<Vec<_>>());
        let value = |spec: &str| report.get(spec).unwrap().unweighted.clone().unwrap();
        let numbers = expected.map(|value| value.map_err(nothing));
        assert_eq!(value(&none[0]), Value::Vector(numbers.clone().to_vec()), "{spec}");
        for (words, of_nothing) in [(&averages, 0.0), (&instead, 1.0)] {
            let numbers = numbers.clone().map(|value| value.unwrap_or(of_nothing));
            let [two, first] = [(numbers[0] + numbers[1]) / 2.0, numbers[0]];
            assert_eq!(value(&words[0]), Value::Scalar(two), "{spec}");
            assert_eq!(value(&words[1]), Value::Scalar(first), "{spec}");
        }
        let numbers = numbers.map(|value| value.unwrap_or(1.0));
        assert_eq!(value(&none[1]), Value::from(numbers.to_vec()), "{spec}");
        assert_eq!(value(&zero[0]), Value::Scalar(numbers.iter().sum::<f64>() / 3.0), "{spec}");
    }
    // Recall does not contribute if β is 0.
    let batch = Batch::new(&[0.1_f32, 0.2], &[1_u8, 0]);
    let report = report(Task::Binary, &["fbeta_score:beta=0", "fbeta_score"], &[batch]);
    assert_eq!(
        undefined(report.unweighted("fbeta_score:beta=0")),
        nothing("no predicted positives")
    );
    assert_eq!(report.unweighted("fbeta_score"), Ok(0.0));
}

#[test]
fn label_out_of_range_is_an_error_or_undefined() {
    let mut evaluator = evaluator(Task::Binary, &["accuracy"]);
    let batch = Batch::new(&[0.9_f32, 0.1], &[1_i32, -1]);
    let refused = evaluator.update(&batch);
    assert_eq!(
        refused,
        Err(Error::Update(UpdateError::InvalidLabel {
            input: Input::Truth,
            row: 1,
            label: "-1".to_owned(),
            classes: 2,
        }))
    );
    evaluator.update(&batch.on_fault(FaultPolicy::Count)).unwrap();
    let report = evaluator.result().unwrap();
    let reason = undefined(report.weighted("accuracy"));
    assert_eq!(reason, Undefined::InvalidLabel { count: 1 });
}

#[test]
fn values_too_large_or_outside_the_domain_are_undefined_and_others_remain() {
    let names = ["mean_squared_error", "mean_absolute_error"];
    let batch = Batch::new(&[1e30_f32, 1.0], &[0.0_f32, 0.0]);
    let report = report(Task::Regression, &names, &[batch]);
    let reason = undefined(report.unweighted("mean_squared_error"));
    assert_eq!(reason, Undefined::Overflow { count: 1 });
    assert!(report.unweighted("mean_absolute_error").is_ok());

    let batch = Batch::new(&[1.5_f32, 0.5], &[1_u8, 0]);
    let names = ["brier_score", "accuracy", "accuracy:threshold=0.5", "roc_auc"];
    let report = super::report(Task::Binary, &names, &[batch]);
    for name in &names[..2] {
        let outside = undefined(report.unweighted(name));
        assert!(matches!(outside, Undefined::OutsideDomain { count: 1, .. }), "{outside:?}");
    }
    assert_eq!(report.unweighted("accuracy:threshold=0.5"), Ok(1.0));
    assert_eq!(report.unweighted("roc_auc"), Ok(1.0));
}

#[test]
fn truths_at_the_edge_of_a_domain() {
    for (name, prediction, truth, value) in [
        ("mean_absolute_percentage_error", 0.0, 0.0, Some(0.0)),
        ("mean_absolute_percentage_error", -0.0, 1e-40, Some(0.0)),
        ("mean_absolute_percentage_error", 0.5, 0.0, None),
        ("mean_absolute_percentage_error", -f32::MAX, f32::MAX, Some(2.0)),
        ("mean_absolute_percentage_error", 1.5 * f32::MIN_POSITIVE, f32::MIN_POSITIVE, Some(0.5)),
        ("symmetric_mean_absolute_percentage_error", 0.0, 0.0, Some(0.0)),
        ("symmetric_mean_absolute_percentage_error", -f32::MAX, f32::MAX, Some(2.0)),
        ("symmetric_mean_absolute_percentage_error", f32::MIN_POSITIVE, 0.0, Some(2.0)),
        ("mean_squared_log_error", -1.0, 0.0, None),
        ("mean_squared_log_error", 0.0, -1.0, None),
        ("mean_squared_log_error", -0.5, -0.5, Some(0.0)),
        ("poisson_deviance", 1.5, 0.0, Some(3.0)),
        ("poisson_deviance", 1.5, 1e-40, Some(3.0)),
        ("poisson_deviance", 1.5, -1.0, None),
        ("poisson_deviance", 0.0, 1.0, None),
        ("gamma_deviance", 1.0, 0.0, None),
        ("gamma_deviance", -1.0, 1.0, None),
        ("gamma_deviance", 0.7, 0.7, Some(0.0)),
        ("tweedie_deviance:power=-1", 0.0, 1.0, None),
        ("tweedie_deviance:power=-1", 1.0, 0.0, Some((2_f32 / 3.0).into())),
        ("tweedie_deviance:power=-1", 1.0, -1.0, Some((5_f32 / 3.0).into())),
        ("tweedie_deviance:power=-0.0", -1.0, -2.0, Some(1.0)),
        ("tweedie_deviance:power=-1e-30", -1.0, -2.0, None),
        ("tweedie_deviance:power=1.5", 0.0, 1.0, None),
        ("tweedie_deviance:power=1.5", 1.0, -1.0, None),
        ("tweedie_deviance:power=1.5", 4.0, 0.0, Some(8.0)),
        ("tweedie_deviance:power=1.5", 4.0, 1e-40, Some(8.0)),
        ("tweedie_deviance:power=1.5", 0.7, 0.7, Some(0.0)),
        ("tweedie_deviance:power=2", 1.0, 0.0, None),
        ("tweedie_deviance:power=3", 1.0, 0.0, None),
        ("tweedie_deviance:power=3", 4.0, 1.0, Some(9.0 / 16.0)),
        // Powers of the prediction underflow in f32, but the deviance does not.
        (
            "tweedie_deviance:power=4",
            2_f32.powi(100),
            2_f32.powi(-20),
            Some((2_f32.powi(40) / 3.0).into()),
        ),
        (
            "tweedie_deviance:power=-4",
            2_f32.powi(-40),
            2_f32.powi(20),
            Some((2_f32.powi(120) / 15.0).into()),
        ),
    ] {
        let (prediction, truth) = ([1.0_f32, prediction], [1.0_f32, truth]);
        let batch = Batch::new(&prediction, &truth);
        let found = report(Task::Regression, &[name], &[batch]).unweighted(name);
        match value {
            Some(value) => {
                assert_eq!(found, Ok(value / 2.0), "{name} of {prediction:?}, {truth:?}");
            }
            None => {
                let reason = undefined(found);
                let outside = matches!(reason, Undefined::OutsideDomain { count: 1, .. });
                assert!(outside, "{name} of {prediction:?}, {truth:?}: {reason}");
            }
        }
    }
}
