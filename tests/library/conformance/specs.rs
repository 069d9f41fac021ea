//! Metric specs: names, parameters and thresholds.

use weighbridge::error::BuildError;
use weighbridge::{Device, Error, Evaluator, Task};

#[test]
fn parameter_out_of_range_is_an_error_that_states_the_range() {
    for (task, spec, message) in [
        (
            Task::Regression,
            "huber_loss:delta=1e-30",
            "huber_loss: delta is \"1e-30\", but must be a number from 1e-18 to 1e18",
        ),
        (
            Task::Regression,
            "pinball_loss:quantile=NaN",
            "pinball_loss: quantile is \"NaN\", but must be a number from 0 to 1",
        ),
        (
            Task::Regression,
            "tweedie_deviance:power=0.5",
            "tweedie_deviance: power is \"0.5\", but must be a number from -4 to 0 or from 1 to 4",
        ),
        (
            Task::Binary,
            "fbeta_score:beta=inf",
            "fbeta_score: beta is \"inf\", but must be a number from 0 to 1000000",
        ),
    ] {
        let built = Evaluator::builder(task).metric(spec).device(Device::Cpu).build();
        assert_eq!(built.err().map(|error| error.to_string()).as_deref(), Some(message));
    }
}

#[test]
fn parameter_given_twice_is_an_error() {
    let spec = "huber_loss:delta=1:delta=2";
    let built = Evaluator::builder(Task::Regression).metric(spec).device(Device::Cpu).build();
    let message = built.err().map(|error| error.to_string());
    let expected = "huber_loss: delta is given twice";
    assert_eq!(message.as_deref(), Some(expected));
}

#[test]
fn threshold_that_no_probability_reaches_is_an_error() {
    for (threshold, text) in [(1.5, "1.5"), (-1.0, "-1"), (1e300, "1e300"), (f64::NAN, "NaN")] {
        let builder = Evaluator::builder(Task::Binary).device(Device::Cpu).threshold(threshold);
        let message = builder.build().err().map(|error| error.to_string());
        let expected = format!(
            "the threshold is {text}, but must be a probability, from 0 to 1; for scores of \
             another kind, subtract the threshold from them, and use 0"
        );
        assert_eq!(message, Some(expected));
    }
    for threshold in [0.0, 1.0] {
        let builder = Evaluator::builder(Task::Binary).device(Device::Cpu).threshold(threshold);
        assert!(builder.build().is_ok(), "{threshold}");
    }
}

#[test]
fn abbreviation_of_a_metric_finds_its_name() {
    for (name, meant) in [
        ("mse", "mean_squared_error"),
        ("RMSE", "root_mean_squared_error"),
        ("mae", "mean_absolute_error"),
    ] {
        let built = Evaluator::builder(Task::Regression).metric(name).device(Device::Cpu).build();
        let nearest = Some(meant.to_owned());
        assert_eq!(
            built.err(),
            Some(Error::Build(BuildError::UnknownMetric { name: name.to_owned(), nearest }))
        );
    }
}
