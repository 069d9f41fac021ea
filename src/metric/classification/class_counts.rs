//! Counts by class as integers, and the averages of what is computed for each class.

use crate::error::Undefined;
use crate::exact::ratio::{ratio, share};
use crate::metric::{Arguments, MetricDef, Parameter, TotalsView, Value, ZERO_DIVISION};
use crate::statistic::{Statistic, Task};
use num_bigint::{BigInt, Sign};

/// What metrics over counts by class have in common.
pub(in crate::metric) const MULTICLASS: MetricDef = MetricDef {
    tasks: &[Task::Multiclass],
    statistics: |arguments| vec![margins(arguments)],
    ..MetricDef::BASE
};

/// How the values of the classes become one.
pub const AVERAGE: Parameter = Parameter {
    name: "average",
    default: Some(MACRO),
    choices: &["none", "micro", "macro", "weighted"],
    summary: "a value for each class or label, or one for all: from the sums of their counts \
              (micro), the mean of their values (macro), or that by the weight of each in the truth \
              (weighted)",
    ..Parameter::NUMBER
};
const NONE: f64 = 0.0;
const MICRO: f64 = 1.0;
const MACRO: f64 = 2.0;

/// What a class is worth that is neither in the truth nor predicted.
pub const ABSENT: Parameter = Parameter {
    name: "absent",
    default: Some(0.0),
    choices: &["skip", "zero"],
    summary: "whether a macro average leaves out a class that is neither in the truth nor \
              predicted, or counts it as 0",
    ..Parameter::NUMBER
};
const SKIP: f64 = 0.0;

/// What there is none of where predictions are the denominator.
pub(in crate::metric) const NEVER_PREDICTED: &str = "no predictions of the class";

/// What there is none of where truth and prediction are the denominator together.
pub(in crate::metric) const ABSENT_CLASS: &str = "the class is neither in the truth nor predicted";

/// The parameters of a metric that is averaged over classes.
pub(in crate::metric) const AVERAGED: &[Parameter] = &[AVERAGE, ABSENT, ZERO_DIVISION];

/// The counts by class of an evaluator's classes.
pub(in crate::metric) fn margins(arguments: &Arguments) -> Statistic {
    Statistic::Margins { classes: arguments.settings.classes }
}

/// The sums of weights that concern one class, in units of the exact sum.
#[derive(Clone, Debug, Default)]
pub(in crate::metric) struct ClassCounts {
    /// Of this class, and predicted to be.
    pub hits: BigInt,
    /// Of this class.
    pub truth: BigInt,
    /// Predicted to be of this class.
    pub predicted: BigInt,
    /// Of any class.
    pub total: BigInt,
}

impl ClassCounts {
    /// Whether it is neither in the truth nor predicted.
    fn is_absent(&self) -> bool {
        self.truth.sign() == Sign::NoSign && self.predicted.sign() == Sign::NoSign
    }
}

/// Every class.
pub(in crate::metric) fn classes(
    arguments: &Arguments,
    view: &TotalsView<'_>,
) -> Result<Vec<ClassCounts>, Undefined> {
    let sums = view.cell_sums(margins(arguments))?;
    let total = view.weight()?.to_integer();
    let number = sums.len() / 3;
    let (hits, rest) = sums.split_at(number);
    let (truth, predicted) = rest.split_at(number);
    let class = |class: usize| ClassCounts {
        hits: hits[class].clone(),
        truth: truth[class].clone(),
        predicted: predicted[class].clone(),
        total: total.clone(),
    };
    Ok((0..number).map(class).collect())
}

/// Σ of a sum of weights over classes.
pub(in crate::metric) fn sum_of(
    classes: &[ClassCounts],
    of: impl Fn(&ClassCounts) -> &BigInt,
) -> BigInt {
    classes.iter().map(of).sum()
}

/// A ratio for each class, averaged as asked for; `nothing` says what a class without a denominator
/// has none of.
pub(in crate::metric) fn average_over_classes(
    arguments: &Arguments,
    view: &TotalsView<'_>,
    nothing: &str,
    fraction: impl Fn(&ClassCounts) -> [BigInt; 2],
) -> Result<Value, Undefined> {
    let classes = classes(arguments, view)?;
    let of_class = |class: &ClassCounts| {
        let [numerator, denominator] = fraction(class);
        arguments.zero_division(share(&numerator, &denominator, nothing))
    };
    let average = arguments.number(AVERAGE.name);
    if average == NONE {
        return Ok(Value::Vector(classes.iter().map(of_class).collect()));
    }
    let value = |class: &ClassCounts| of_class(class).unwrap_or(0.0);
    if average == MICRO {
        let [mut numerator, mut denominator] = [BigInt::ZERO, BigInt::ZERO];
        for class in &classes {
            let [top, bottom] = fraction(class);
            numerator += top;
            denominator += bottom;
        }
        let value = share(&numerator, &denominator, "no class has anything");
        return Ok(arguments.zero_division(value)?.into());
    }
    if average == MACRO {
        let skip = arguments.number(ABSENT.name) == SKIP;
        let kept = classes.iter().filter(|class| !(skip && class.is_absent()));
        let values: Vec<_> = kept.map(value).collect();
        return Ok((values.iter().sum::<f64>() / values.len() as f64).into());
    }
    let share = |class: &ClassCounts| ratio(&class.truth, &class.total);
    Ok(classes.iter().map(|class| share(class) * value(class)).sum::<f64>().into())
}
