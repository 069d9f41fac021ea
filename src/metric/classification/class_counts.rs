//! Counts by class as integers, and averages over classes.

use crate::error::Undefined;
use crate::exact::ratio::{ratio, share};
use crate::metric::parameter::choice;
use crate::metric::{
    AVERAGE, Arguments, Average, Better, Key, MetricDef, Parameter, TotalsView, Value,
    ZERO_DIVISION,
};
use crate::statistic::{Statistic, Task};
use num_bigint::{BigInt, Sign};

/// The common parts of metrics of counts by class.
pub(in crate::metric) const MULTICLASS: MetricDef = MetricDef {
    tasks: &[Task::Multiclass],
    statistics: |arguments| Ok(vec![margins(arguments)]),
    better: Better::Higher,
    range: [0.0, 1.0],
    ..MetricDef::BASE
};

/// The treatment of a class that is neither in the truth nor predicted.
pub const ABSENT: Key<AbsentClass> = Key {
    name: "absent",
    default: AbsentClass::Skip,
    domain: &[AbsentClass::Skip, AbsentClass::Zero],
    summary: "whether a macro average skips a class that is neither in the truth nor predicted, or \
              counts it as 0",
};

/// The treatment, in a macro average, of a class that is neither in the truth nor predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AbsentClass {
    /// It is left out.
    Skip,
    /// It counts as 0.
    Zero,
}

choice!(AbsentClass, "treatment of absent classes", "skip" => Skip, "zero" => Zero);

/// The reason for a zero denominator of predictions.
pub(in crate::metric) const NEVER_PREDICTED: &str = "no predictions of the class";

/// The reason for a zero denominator of truths and predictions.
pub(in crate::metric) const ABSENT_CLASS: &str = "the class is neither in the truth nor predicted";

/// The parameters of a metric that is averaged over classes.
pub(in crate::metric) const AVERAGED: &[&dyn Parameter] = &[&AVERAGE, &ABSENT, &ZERO_DIVISION];

/// The counts by class of an evaluator's classes.
pub(in crate::metric) fn margins(arguments: &Arguments) -> Statistic {
    Statistic::Margins { classes: arguments.settings.classes }
}

/// The sums of weights that concern one class, in units of the exact sum.
#[derive(Clone, Debug, Default)]
pub(in crate::metric) struct ClassCounts {
    /// Samples of this class that are predicted as this class.
    pub true_positives: BigInt,
    /// Samples of this class.
    pub truth: BigInt,
    /// Samples predicted as this class.
    pub predicted: BigInt,
    /// All samples.
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
        true_positives: hits[class].clone(),
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

/// A ratio for each class, averaged as requested. `zero` is the reason for a zero denominator.
pub(in crate::metric) fn average_over_classes(
    arguments: &Arguments,
    view: &TotalsView<'_>,
    zero: &str,
    fraction: impl Fn(&ClassCounts) -> [BigInt; 2],
) -> Result<Value, Undefined> {
    let classes = classes(arguments, view)?;
    let of_class = |class: &ClassCounts| {
        let [numerator, denominator] = fraction(class);
        arguments.zero_division(share(&numerator, &denominator, zero))
    };
    let average = arguments.get(&AVERAGE)?;
    if average == Average::None {
        return Ok(Value::Vector(classes.iter().map(of_class).collect()));
    }
    let value = |class: &ClassCounts| match of_class(class) {
        Err(Undefined::ZeroDenominator { .. }) => Ok(0.0),
        value => value,
    };
    if average == Average::Micro {
        let [mut numerator, mut denominator] = [BigInt::ZERO, BigInt::ZERO];
        for class in &classes {
            let [top, bottom] = fraction(class);
            numerator += top;
            denominator += bottom;
        }
        let value = share(&numerator, &denominator, "the denominators of all classes are zero");
        return Ok(arguments.zero_division(value)?.into());
    }
    if average == Average::Macro {
        let skip = arguments.get(&ABSENT)? == AbsentClass::Skip;
        let counted = classes.iter().filter(|class| !(skip && class.is_absent()));
        let values = counted.map(value).collect::<Result<Vec<_>, _>>()?;
        return Ok((values.iter().sum::<f64>() / values.len() as f64).into());
    }
    let share = |class: &ClassCounts| ratio(&class.truth, &class.total);
    let terms = classes.iter().map(|class| Ok(share(class) * value(class)?));
    Ok(terms.sum::<Result<f64, Undefined>>()?.into())
}
