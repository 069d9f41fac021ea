//! The statistics in which engine and reference are compared.

use super::CLASSES;
use crate::common::custom;
use crate::common::values::{parameters, values};
use weighbridge::internals::statistic::Plan;
use weighbridge::statistic::{Binning, Constant, Moment, Statistic, Task, ValueFn, ValueSpec};
use weighbridge::{Device, Evaluator};

/// Every value with every parameter.
pub fn all_parameters() -> impl Iterator<Item = ValueSpec> + Clone {
    values().flat_map(|ValueSpec { function, .. }| {
        parameters(function)
            .into_iter()
            .map(move |parameter| ValueSpec { function, parameter: parameter.into() })
    })
}

/// Every statistic of a task, with parameters at the limits of their ranges and between.
pub fn statistics(task: Task) -> Vec<Statistic> {
    let values = all_parameters();
    let maxima =
        values.clone().filter(|value| !value.function.may_be_negative()).map(Statistic::Maximum);
    let extremes = values.clone().map(Statistic::Extremes);
    let moments = Moment::ALL.iter().copied().map(Statistic::Moment);
    // −0 and subnormal thresholds count as 0, but a score of 0 is not above them.
    let thresholds = [0.5, -0.0, -0.25, 1e-40, -1e-40, f32::MAX];
    let confusions = thresholds.iter().flat_map(|&threshold| {
        [false, true].map(|probabilities| Statistic::Confusion {
            threshold: threshold.into(),
            probabilities,
        })
    });
    if task == Task::Multiclass {
        let sums = [ValueFn::Error, ValueFn::AbsoluteError].map(Statistic::sum);
        let extremes = [ValueFn::Identity, ValueFn::Error]
            .map(|function| Statistic::Extremes(ValueSpec { function, parameter: Constant::ZERO }));
        let counts =
            [Statistic::Margins { classes: CLASSES }, Statistic::Matrix { classes: CLASSES }];
        let all = sums.into_iter().chain(extremes).chain(moments).chain(counts).collect();
        return in_order_of_a_state(task, all);
    }
    let mut all: Vec<_> =
        values.map(Statistic::Sum).chain(maxima).chain(extremes).chain(moments).collect();
    all.extend(custom::statistics());
    if task == Task::Binary {
        let binnings = [
            Binning::adaptive(false, 33),
            Binning::adaptive(true, 32),
            Binning::uniform(false, 7),
            Binning::uniform(true, 64),
        ];
        all.extend(binnings.map(|binning| Statistic::Histogram { binning }));
        all.push(Statistic::Scores);
        all.extend(confusions);
        all.extend([1, 2, 15, 256].map(|bins| Statistic::Calibration {
            probability: ValueSpec { function: ValueFn::Probability, parameter: Constant::ZERO },
            bins,
        }));
    }
    in_order_of_a_state(task, all)
}

/// States hold statistics in the order of their names.
pub fn in_order_of_a_state(task: Task, statistics: Vec<Statistic>) -> Vec<Statistic> {
    Plan::new(task, statistics).view_statistics.to_vec()
}

/// One statistic of each kind, because these tests are slow.
pub fn few_statistics(task: Task) -> Vec<Statistic> {
    let squared_error = ValueSpec { function: ValueFn::SquaredError, parameter: Constant::ZERO };
    let mut few = vec![
        Statistic::Sum(squared_error),
        Statistic::Maximum(squared_error),
        Statistic::Extremes(ValueSpec { function: ValueFn::Error, parameter: Constant::ZERO }),
        Statistic::Moment(Moment::Product),
    ];
    if task == Task::Binary {
        few.push(Statistic::Confusion { threshold: Constant::new(0.5), probabilities: true });
    }
    in_order_of_a_state(task, few)
}

/// Statistics that no engine could accumulate exactly are refused when the evaluator is built.
#[test]
fn statistics_are_checked() {
    let refused = |task, statistic: Statistic| {
        let built = Evaluator::builder(task).device(Device::Cpu).statistics([statistic]).build();
        built.expect_err("refused").to_string()
    };
    let huber = |parameter| ValueSpec { function: ValueFn::Huber, parameter };
    let expected =
        "huber: parameter is \"0\", but must be a number from 8.6736174e-19 to 1.1529215e18";
    assert_eq!(refused(Task::Regression, Statistic::Sum(huber(0.0.into()))), expected);
    let tweedie = |parameter| ValueSpec { function: ValueFn::TweedieDeviance, parameter };
    let expected = "tweedie_deviance: parameter is \"1\", but must be a number from -4e0 to \
                    -8.6736174e-19 or from 1.0000001e0 to 4e0";
    assert_eq!(refused(Task::Regression, Statistic::Sum(tweedie(1.0.into()))), expected);
    assert!(refused(Task::Binary, Statistic::Maximum(huber(f32::NAN.into()))).contains("\"NaN\""));
    let signed =
        Statistic::Maximum(ValueSpec { function: ValueFn::Error, parameter: Constant::ZERO });
    assert_eq!(
        refused(Task::Regression, signed),
        "maximum: value is \"error\", but must be a value that is never negative",
    );
    let confusion = |threshold| Statistic::Confusion { threshold, probabilities: false };
    assert_eq!(
        refused(Task::Regression, confusion(0.5.into())),
        "metric confusion is not available in the regression task; it is available in: binary",
    );
    assert_eq!(
        refused(Task::Binary, confusion(f32::INFINITY.into())),
        "confusion: threshold is \"inf\", but must be a finite number",
    );
}
