//! States as data: written, read, merged, resumed from, and refused.

use serde_json::json;
use weighbridge::error::StateError;
use weighbridge::metric::Value;
use weighbridge::{Batch, Device, Error, Evaluator, EvaluatorBuilder, State, Task};

fn build(builder: EvaluatorBuilder) -> Evaluator {
    builder.device(Device::Cpu).build().expect("an evaluator")
}

fn evaluator(task: Task, metrics: &[&str]) -> Evaluator {
    build(Evaluator::builder(task).metrics(metrics.iter().copied()))
}

fn cbor(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(state, &mut bytes).expect("bytes");
    bytes
}

#[test]
fn states_are_readable_and_complete() {
    let builder = Evaluator::builder(Task::Binary)
        .metrics(["accuracy", "brier_score"])
        .threshold(0.25)
        .class_weights([(1, 3.0), (0, 1.0)])
        .ignore_index(-1)
        .class_names(["cat", "dog"]);
    let mut evaluator = build(builder);
    let batch = Batch::new(&[0.5_f32, 0.75, 0.125], &[1_i32, 0, -1]);
    evaluator.update(&batch.weights(&[1.0_f32, 0.5, 2.0])).expect("a batch");
    let none = json!({"unweighted": 0, "weighted": 0});
    let faults = json!({
        "nonfinite": none, "overflow": none, "outside": none,
        "underflow": 0, "clipped": 0, "unnormalized": 0,
    });
    let cells = json!({
        "counts": [0, 1, 0, 1],
        "weights": ["0x0p0", "0x1p-1", "0x0p0", "0x3p0"],
    });
    let sum = json!({"unweighted": "0xdp-4", "weighted": "0x21p-5"});
    let expected = json!({
        "version": 2,
        "settings": {
            "task": "binary", "from_logits": false, "threshold": 0.25, "classes": 2, "outputs": 1,
        },
        "class_weights": [[1, 3.0]],
        "ignore_index": -1,
        "class_names": ["cat", "dog"],
        "metrics": ["accuracy", "brier_score"],
        "statistics": ["confusion:threshold=0.25", "sum:brier"],
        "totals": [{
            "weights": {
                "samples": 3, "masked": 1, "zero_weight": 0, "invalid_weight": 0,
                "invalid_label": none, "sum": "0x7p-1", "square_sum": "0x25p-2",
            },
            "statistics": [
                {"faults": faults, "content": {"confusion": cells}},
                {"faults": faults, "content": {"sum": sum}},
            ],
        }],
        "precision_loss": {
            "prediction": 0.0, "truth": 0.0, "absolute_error": "0x0p0", "samples": 0,
            "lossy_weights": 0,
        },
    });
    let state = evaluator.state().expect("a state");
    assert_eq!(json!(state), expected);
    assert_eq!(serde_json::from_value::<State>(expected).expect("a state"), state);
    assert!(cbor(&state).len() < 1000, "{}", cbor(&state).len());
}

#[test]
fn states_of_other_versions_are_refused() {
    let state = evaluator(Task::Regression, &["mean_error"]).state().expect("a state");
    let mut newer = json!(state);
    newer["version"] = json!(3);
    let error = serde_json::from_value::<State>(newer.clone()).expect_err("another version");
    let sentence = "it is a state of version 3, but this build reads version 2";
    assert!(error.to_string().contains(sentence), "{error}");
    let mut bytes = Vec::new();
    ciborium::into_writer(&newer, &mut bytes).expect("bytes");
    let error = ciborium::from_reader::<State, _>(&bytes[..]).expect_err("another version");
    assert!(error.to_string().contains(sentence), "{error}");
    newer.as_object_mut().expect("fields").remove("version");
    let error = serde_json::from_value::<State>(newer).expect_err("no version");
    assert!(error.to_string().contains("missing field `version`"), "{error}");
}

#[test]
fn errors_name_the_difference() {
    let base = || Evaluator::builder(Task::Multiclass).classes(3).metric("accuracy");
    let builder = base().class_weights([(2, 5.0), (0, 1.0)]).ignore_index(1);
    let state = build(builder.class_names(["cat", "owl", "dog"])).state().expect("a state");
    let of_three = "class weights: the state has 2=5, but this evaluator has";
    for (builder, beginning) in [
        (
            Evaluator::builder(Task::Binary),
            "task: the state has multiclass, but this evaluator has binary",
        ),
        (base().classes(4), "number of classes: the state has 3, but this evaluator has 4"),
        (base(), &format!("{of_three} all 1")),
        (base().class_weights([(1, 0.5), (2, 5.0)]), &format!("{of_three} 1=0.5,2=5")),
        (
            base().class_weights([(2, 5.0)]),
            "ignored label: the state has 1, but this evaluator has none",
        ),
        (
            base().class_weights([(2, 5.0)]).ignore_index(1).metric("confusion_matrix"),
            "statistics: the state has sum:correct, but this evaluator has matrix:classes=3, \
             sum:correct",
        ),
        (
            base().class_weights([(2, 5.0)]).ignore_index(1).class_names(["cat", "dog", "owl"]),
            "names of classes: the state has cat, owl, dog, but this evaluator has cat, dog, owl",
        ),
    ] {
        let mut evaluator = build(builder);
        let error = evaluator.merge(&state).expect_err(beginning).to_string();
        let end = "; states can be merged only if made with the same task, metrics and settings";
        assert_eq!(error, format!("{beginning}{end}"));
    }
    let outputs = |outputs| Evaluator::builder(Task::Regression).outputs(outputs);
    let state = build(outputs(2)).state().expect("a state");
    let error = build(outputs(3)).merge(&state).expect_err("another number of outputs").to_string();
    assert!(
        error.starts_with("number of outputs: the state has 2, but this evaluator has 3"),
        "{error}"
    );
}

#[test]
fn evaluators_resume_from_a_state_and_can_report_other_metrics() {
    let metrics = ["recall:average=none", "accuracy"];
    let builder = Evaluator::builder(Task::Multiclass).class_names(["cat", "dog", "owl"]);
    let mut evaluator = build(builder.metrics(metrics).class_weights([(1, 2.0)]));
    let batch = Batch::new(&[0_u8, 1, 1, 0], &[0_u8, 1, 0, 1]);
    evaluator.update(&batch).expect("a batch");
    let state = evaluator.state().expect("a state");

    let mut other = Evaluator::from_state(&state).expect("an evaluator");
    let [before, after] =
        [evaluator.result(), other.result()].map(|report| report.expect("a report"));
    assert_eq!(after.entries, before.entries);
    assert_eq!(after.class_names, before.class_names);
    evaluator.update(&batch).expect("a batch");
    other.update(&batch).expect("a batch");
    assert_eq!(evaluator.state(), other.state());

    let mut third = build(EvaluatorBuilder::from(&state).metric("precision:average=none"));
    third.merge(&state).expect("a state of this plan");
    let report = third.result().expect("a report");
    let specs: Vec<_> = report.entries.iter().map(|entry| &*entry.spec).collect();
    assert_eq!(specs, ["precision:average=none"]);
    let Ok(Value::Vector(found)) = &report.entries[0].weighted else { panic!("{report}") };
    assert_eq!(found[..2], [Ok(1.0 / 3.0), Ok(2.0 / 3.0)]);
    // The state contains both metrics, and both continue.
    let written = third.state().expect("a state");
    assert_eq!(written.metrics, ["precision:average=none", "recall:average=none", "accuracy"]);
    assert_eq!(Evaluator::from_state(&written).expect("an evaluator").state(), Ok(written));

    let mut lacking = build(EvaluatorBuilder::from(&state).metric("confusion_matrix"));
    let error = lacking.merge(&state).expect_err("there is no matrix").to_string();
    assert!(
        error.starts_with("statistics: the state has margins:classes=3, sum:correct, but this")
    );
}

#[test]
fn custom_statistics_must_be_given_again() {
    use weighbridge::statistic::{Statistic, ValueFn};
    let statistics = [Statistic::sum(ValueFn::SquaredError)];
    let mut evaluator = build(Evaluator::builder(Task::Regression).statistics(statistics));
    evaluator.update(&Batch::new(&[1.0_f32], &[3.0_f32])).expect("a batch");
    let state = evaluator.state().expect("a state");
    assert!(matches!(
        Evaluator::from_state(&state),
        Err(Error::State(StateError::Mismatch { .. }))
    ));
    let mut other = build(EvaluatorBuilder::from(&state).statistics(statistics));
    other.merge(&state).expect("the same statistics");
    assert_eq!(other.state(), Ok(state));
}

/// Arbitrary input is refused or harmless.
#[test]
fn states_with_impossible_settings_are_refused() {
    let builder = Evaluator::builder(Task::Multilabel).outputs(2).class_weights([(1, 2.0)]);
    let builder = builder.threshold(0.5);
    let state = json!(build(builder.metric("accuracy")).state().expect("a state"));
    for (path, value) in [
        ("/settings/outputs", json!(0)),
        ("/settings/outputs", json!(3)),
        ("/settings/outputs", json!(u32::MAX)),
        ("/settings/threshold", json!(1e300)),
        ("/settings/classes", json!(7)),
        ("/settings/task", json!("regression")),
        ("/class_weights/0/0", json!(9)),
        ("/class_weights/0/1", json!(-1.0)),
        ("/class_names", json!(["a"])),
        ("/metrics/0", json!("accurate")),
        ("/statistics/0", json!("confusion")),
        ("/totals/1", json!(state["totals"][0]).take()),
    ] {
        let mut changed = state.clone();
        *changed.pointer_mut(path).expect(path) = value;
        let changed: State = serde_json::from_value(changed).expect("the form of a state");
        let went_on = Evaluator::from_state(&changed);
        assert_eq!(went_on.is_ok(), path == "/totals/1", "{path}: {went_on:?}");
    }
    for (path, value) in [
        ("/settings/task", json!("clustering")),
        ("/totals/0/weights/samples", json!(-1)),
        ("/totals/0/weights/sum", json!("seven")),
        ("/totals/0/statistics/0/content", json!({"confusion": {"counts": [0, 0, 0]}})),
    ] {
        let mut changed = state.clone();
        *changed.pointer_mut(path).expect(path) = value;
        assert!(serde_json::from_value::<State>(changed).is_err(), "{path}");
    }
}
