//! Several named outputs with their losses, in one report.

use serde_json::json;
use weighbridge::error::MultiOutputError;
use weighbridge::multi_output::MultiOutputBuilder;
use weighbridge::report::ReportError;
use weighbridge::{Batch, Device, Evaluator, MultiOutput, Task, Undefined};

fn evaluator(task: Task, metrics: &[&str]) -> Evaluator {
    let builder = Evaluator::builder(task).metrics(metrics.iter().copied());
    builder.device(Device::Cpu).build().expect("an evaluator")
}

const SQUARES: &str = "mean_squared_error:reduction=sum_over_batch_size";

fn outputs() -> MultiOutput {
    builder().build().expect("valid outputs")
}

fn builder() -> MultiOutputBuilder {
    let price = evaluator(Task::Regression, &[SQUARES, "mean_squared_error", "max_error"]);
    let sold = evaluator(Task::Binary, &["brier_score", "accuracy:threshold=0.25"]);
    MultiOutput::builder()
        .output("price", price)
        .output("sold", sold)
        .loss("price", SQUARES, 2.0)
        .loss("sold", "brier_score", 0.25)
}

/// keras-team/keras: the `loss` of a model with several outputs. The training loss, the weighted
/// means and the unweighted means come from one pass, under separate names.
#[test]
fn the_loss_is_the_weighted_sum_of_output_losses() {
    let mut outputs = outputs();
    let squares = Batch::new(&[1.0_f32, 2.0, 3.0], &[0.0_f32, 0.0, 0.0]);
    outputs.update("price", &squares.weights(&[1.0_f32, 2.0, 10.0])).expect("a batch");
    let sold = (vec![0.5_f32, 0.5], vec![1_u32, 0], vec![1.0_f32, 3.0]);
    outputs.update("sold", &sold).expect("a batch");
    let report = outputs.result().expect("a report");
    let price = report.output("price").expect("an output");
    assert_eq!(price.weighted(SQUARES), Ok(99.0 / 3.0)); // the training loss
    assert_eq!(price.weighted("mean_squared_error"), Ok(99.0 / 13.0));
    assert_eq!(price.unweighted("mean_squared_error"), Ok(14.0 / 3.0));
    let loss = report.loss().expect("losses");
    assert_eq!(loss.weighted, Ok(2.0 * 33.0 + 0.25 * 0.25));
    assert_eq!(loss.unweighted, Ok(2.0 * (14.0 / 3.0) + 0.25 * 0.25));
    let names: Vec<_> = report.outputs().map(|(name, _)| name).collect();
    assert_eq!(names, ["price", "sold"]);
    assert!(report.output("rented").is_none());

    let text = report.to_string();
    assert!(
        text.starts_with(
            "loss: unweighted 9.39583, weighted 66.0625\n\nprice, loss term: 2 × mean_"
        ),
        "{text}"
    );
    assert!(text.contains("\n\nsold, loss term: 0.250000 × brier_score\n2 samples, "), "{text}");
    let json = report.to_json();
    assert_eq!(json["loss"]["weighted"], json!(66.0625));
    assert_eq!(json["outputs"]["sold"]["metrics"]["brier_score"]["weighted"], json!(0.25));

    outputs.reset().expect("a reset");
    let report = outputs.result().expect("a report");
    assert_eq!(report.output("price").expect("an output").samples, 0);
}

#[test]
fn an_undefined_loss_names_its_output() {
    let mut outputs = outputs();
    let price = Batch::new(&[1.0_f32, 2.0], &[0.0_f32, 0.0]);
    outputs.update("price", &price).expect("a batch");
    let sold = Batch::new(&[0.5_f32, 0.5], &[1_u8, 0]).weights(&[0.0_f32, 0.0]);
    outputs.update("sold", &sold).expect("a batch");
    let report = outputs.result().expect("a report");
    let loss = report.loss().expect("losses");
    assert_eq!(loss.unweighted, Ok(2.0 * 2.5 + 0.25 * 0.25));
    let reason = Undefined::ZeroWeights;
    let missing = ReportError::Undefined { spec: "sold/brier_score".to_owned(), reason };
    assert_eq!(loss.weighted, Err(missing));
    let sentence = "sold/brier_score is undefined: all weights are zero";
    assert_eq!(
        report.to_json()["loss"],
        json!({"unweighted": 5.0625, "weighted": null, "undefined": {"weighted": sentence}})
    );
    assert!(
        report.to_string().starts_with(&format!("loss: unweighted 5.06250, weighted {sentence}\n"))
    );

    // A list is not a loss.
    let of_outputs = Evaluator::builder(Task::Regression).outputs(2).device(Device::Cpu);
    let of_outputs = of_outputs.metric("mean_error:average=none").build().expect("an evaluator");
    let builder = MultiOutput::builder().output("pair", of_outputs);
    let mut outputs =
        builder.loss("pair", "mean_error:average=none", 1.0).build().expect("valid outputs");
    outputs.update("pair", &price).expect("a batch");
    let loss = outputs.result().expect("a report").loss().expect("losses");
    assert_eq!(
        loss.weighted,
        Err(ReportError::NotANumber { spec: "pair/mean_error:average=none".to_owned() })
    );
}

#[test]
fn output_names_are_unique_and_losses_are_metrics() {
    let refused = |builder: MultiOutputBuilder| builder.build().expect_err("an error").to_string();
    let other = || evaluator(Task::Regression, &["mean_error"]);
    assert_eq!(
        refused(builder().output("price", other())),
        "there are two outputs \"price\": each needs its own name"
    );
    assert_eq!(
        refused(builder().loss("prize", "mean_error", 1.0)),
        "there is no output \"prize\": there are price, sold"
    );
    assert_eq!(
        refused(builder().loss("sold", "log_loss", 1.0)),
        "the loss of output \"sold\" cannot be \"log_loss\", which its evaluator does not report: it \
         has brier_score, accuracy:threshold=0.25"
    );
    assert_eq!(
        refused(builder().loss("sold", "brier_score", f64::NAN)),
        "the weight of the loss of output \"sold\" is NaN: it must be finite"
    );
    let error = outputs().update("prize", &Batch::values(&[1.0_f32])).expect_err("no such output");
    assert!(matches!(error, MultiOutputError::UnknownOutput { .. }));
    assert!(outputs().evaluator("price").is_ok_and(|evaluator| evaluator.specs().len() == 3));
    // Without losses of outputs there is no total loss.
    let mut outputs =
        MultiOutput::builder().output("price", other()).build().expect("valid outputs");
    let report = outputs.result().expect("a report");
    assert_eq!(report.loss(), None);
    assert_eq!(report.to_json()["loss"], json!(null));
    assert!(report.to_string().starts_with("\nprice\n0 samples"), "{report}");
}
