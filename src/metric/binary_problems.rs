//! Binary metrics in the multiclass task, where classes form binary problems: one-vs-rest or
//! one-vs-one.
//!
//! One-vs-rest: the value of a class is computed from its samples, as label 1, and all others, as
//! label 0. Classes without a sample of positive weight are left out of averages. One-vs-one: the
//! value of a pair of classes is the mean of the values of its two ordered pairs, in which one
//! class and then the other is positive. Pairs in which either class is absent are left out. An
//! average gives equal weight to all (macro), or weights a class by its samples and a pair by the
//! samples of both classes (weighted).

use super::arguments::Arguments;
use super::average::{Average, CLASS_AVERAGE, mean, shares};
use super::definition::MetricDef;
use super::multioutput::{collapse_identical_errors, into_rows, rows_by_label};
use super::parameter::{Key, choice};
use super::settings::Settings;
use super::value::Value;
use super::view::TotalsView;
use crate::error::{BuildError, Error, Undefined};
use crate::statistic::{BinaryProblem, Family, FamilyKind, ScoreScale, Totals};
use num_bigint::BigInt;

/// The parameter that selects one-vs-rest or one-vs-one.
pub const MULTI_CLASS: Key<MultiClass> = Key {
    name: "multi_class",
    default: MultiClass::OneVsRest,
    domain: &[MultiClass::OneVsRest, MultiClass::OneVsOne],
    summary: "each class against the rest (ovr), or against each other class (ovo)",
};

/// The binary problems that classes form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MultiClass {
    /// Each class against all other classes.
    OneVsRest,
    /// Each class against each other class.
    OneVsOne,
}

choice!(MultiClass, "comparison of classes", "ovr" => OneVsRest, "ovo" => OneVsOne);

/// The reason why a binary problem has no value, in terms of classes instead of labels.
fn explain_missing_class(problem: BinaryProblem, reason: Undefined) -> Undefined {
    let BinaryProblem { positive, negative } = problem;
    match (reason, negative) {
        (Undefined::OneLabel { label: 1 }, _) => Undefined::OneClass { class: positive },
        (Undefined::OneLabel { .. }, Some(negative)) => Undefined::OneClass { class: negative },
        (Undefined::OneLabel { .. }, None) => Undefined::AbsentClass { class: positive },
        (reason, _) => reason,
    }
}

/// The reason why one of several classes has no value.
fn of_class(class: usize, reason: Undefined) -> Undefined {
    match reason {
        Undefined::OneClass { .. } | Undefined::AbsentClass { .. } => reason,
        reason => Undefined::Class { class, reason: reason.into() },
    }
}

/// Whether classes are compared in pairs.
fn is_one_vs_one(arguments: &Arguments) -> bool {
    arguments.declared(&MULTI_CLASS) == Some(MultiClass::OneVsOne)
}

/// The family of the binary problems that classes form.
pub fn family(arguments: &Arguments) -> FamilyKind {
    let Settings { classes, from_logits, .. } = arguments.settings;
    let scale = if from_logits { ScoreScale::LogOdds } else { ScoreScale::Given };
    if is_one_vs_one(arguments) {
        FamilyKind::OneVsOne { classes, scale }
    } else {
        FamilyKind::OneVsRest { classes, scale }
    }
}

/// Rejects `average=none` with one-vs-one: pairs are not reported individually.
pub fn check(metric: &'static str, arguments: &Arguments) -> Result<(), Error> {
    if !is_one_vs_one(arguments) || arguments.average() != Some(Average::None) {
        return Ok(());
    }
    let expected = "macro or weighted with multi_class=ovo: pairs have no values of their own";
    Err(Error::Build(BuildError::InvalidParameter {
        metric: metric.to_owned(),
        parameter: CLASS_AVERAGE.name,
        value: Average::None.to_string(),
        expected: expected.to_owned(),
    }))
}

/// The value of a metric for one side of the totals of binary problems.
pub fn finish(
    metric: &MetricDef,
    arguments: &Arguments,
    family: &Family,
    totals: &[Totals],
    weighted: bool,
) -> Result<Value, Undefined> {
    let view = |problem| -> Result<TotalsView<'_>, Undefined> {
        let index = family.kind.index_of(problem);
        let total = index.and_then(|index| totals.get(index));
        let total = total.ok_or_else(|| Undefined::internal("a binary problem has no totals"))?;
        Ok(TotalsView::new(family, total, weighted))
    };
    let finish = |problem| {
        let value = (metric.finish)(arguments, &view(problem)?);
        value.map_err(|reason| explain_missing_class(problem, reason))
    };
    if is_one_vs_one(arguments) {
        let weight = |problem| Ok(view(problem)?.weight()?.to_integer());
        return over_pairs(arguments, finish, weight);
    }
    let problem = |class| BinaryProblem { positive: class, negative: None };
    let classes = 0..arguments.settings.classes;
    let values = classes.map(|class| finish(problem(class))).collect();
    over_classes(arguments, values, |class| {
        (metric.support)(arguments, &view(problem(class as u32))?)
    })
}

/// The average over pairs of classes, of the values of the problems of both orders.
fn over_pairs(
    arguments: &Arguments,
    finish: impl Fn(BinaryProblem) -> Result<Value, Undefined>,
    weight: impl Fn(BinaryProblem) -> Result<BigInt, Undefined>,
) -> Result<Value, Undefined> {
    let classes = arguments.settings.classes;
    let (mut values, mut weights, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for class in 0..classes {
        for other in class + 1..classes {
            let pair = BinaryProblem { positive: class, negative: Some(other) };
            let reversed = BinaryProblem { positive: other, negative: Some(class) };
            match finish(pair).and_then(|value| Ok([value, finish(reversed)?])) {
                Ok(both) => {
                    values.push(mean(&both, None)?);
                    weights.push(weight(pair)?);
                }
                Err(
                    reason @ (Undefined::OneClass { .. }
                    | Undefined::NoSamples
                    | Undefined::ZeroWeights),
                ) => skipped.push(reason),
                Err(reason) => return Err(reason),
            }
        }
    }
    if values.is_empty() {
        // If only one class is present, the pairs without it have no samples, or none with positive
        // weight.
        let precedence = |reason: &Undefined| match reason {
            Undefined::OneClass { .. } => 2,
            Undefined::ZeroWeights => 1,
            _ => 0,
        };
        return Err(skipped.into_iter().max_by_key(precedence).unwrap_or(Undefined::NoSamples));
    }
    mean(&values, is_weighted(arguments).then(|| shares(&weights)).as_deref())
}

/// The average over classes, of their one-vs-rest values.
fn over_classes(
    arguments: &Arguments,
    values: Vec<Result<Value, Undefined>>,
    support: impl Fn(usize) -> Result<BigInt, Undefined>,
) -> Result<Value, Undefined> {
    let values = collapse_identical_errors(values)?;
    match arguments.average() {
        None => return Ok(rows_by_label(values, of_class)),
        Some(Average::None) => return Ok(into_rows(values)),
        Some(_) => {}
    }
    let is_weighted = is_weighted(arguments);
    let (mut present, mut supports) = (Vec::new(), Vec::new());
    for (class, value) in values.into_iter().enumerate() {
        match value {
            Ok(value) => {
                present.push(value);
                supports.push(if is_weighted { support(class)? } else { BigInt::ZERO });
            }
            Err(Undefined::AbsentClass { .. }) => {}
            Err(reason) => return Err(of_class(class, reason)),
        }
    }
    mean(&present, is_weighted.then(|| shares(&supports)).as_deref())
}

/// Whether averages weight classes, or pairs of classes, by their samples.
fn is_weighted(arguments: &Arguments) -> bool {
    arguments.average() == Some(Average::Weighted)
}
