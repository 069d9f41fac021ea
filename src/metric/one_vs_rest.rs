//! Binary metrics in the multiclass task: classes form binary problems, one-vs-rest or one-vs-one.
//!
//! One-vs-rest: the value of a class is computed from its samples, as label 1, and all others, as
//! label 0. Classes without a sample of positive weight are left out of averages. One-vs-one: the
//! value of a pair of classes is the mean of the values of its two ordered pairs, in which one
//! class and then the other is positive. Pairs in which either class is absent are left out. An
//! average gives equal weight to all (macro), or weights a class by its samples and a pair by the
//! samples of both classes (weighted).

use super::average::{Average, CLASS_AVERAGE, average, shares};
use super::multioutput::{collapse_identical_errors, into_rows, rows_by_label};
use super::parameter::{Choice, Key};
use super::{ResolvedMetric, Settings, TotalsView, Value};
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

impl Choice for MultiClass {
    const TYPE: &'static str = "MultiClass";
    const NAMES: &'static [(&'static str, Self)] =
        &[("ovr", Self::OneVsRest), ("ovo", Self::OneVsOne)];
}

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

impl ResolvedMetric {
    /// Whether it is a binary metric in the multiclass task, where classes form binary problems.
    pub fn is_one_vs_rest_metric(&self) -> bool {
        !self.family().is_view()
    }

    /// The binary problems that its classes form.
    pub(super) fn binary_problems(&self) -> FamilyKind {
        let &Settings { classes, from_logits, .. } = &self.arguments.settings;
        let scale = if from_logits { ScoreScale::LogOdds } else { ScoreScale::Given };
        if self.is_one_vs_one() {
            FamilyKind::OneVsOne { classes, scale }
        } else {
            FamilyKind::OneVsRest { classes, scale }
        }
    }

    /// Whether it compares pairs of classes.
    pub(crate) fn is_one_vs_one(&self) -> bool {
        self.arguments.declared(&MULTI_CLASS) == Some(MultiClass::OneVsOne)
    }

    /// Rejects `average=none` with one-vs-one: pairs are not reported individually.
    pub(super) fn check_average_of_pairs(&self) -> Result<(), Error> {
        if self.is_one_vs_one() && self.arguments.average() == Some(Average::None) {
            return Err(BuildError::InvalidParameter {
                metric: self.definition.name,
                parameter: CLASS_AVERAGE.name,
                value: "none".to_owned(),
                expected:
                    "macro or weighted with multi_class=ovo: pairs have no values of their own"
                        .to_owned(),
            }
            .into());
        }
        Ok(())
    }

    /// The metric for one side of the totals of binary problems.
    pub(super) fn finish_problems(
        &self,
        family: &Family,
        totals: &[Totals],
        weighted: bool,
    ) -> Result<Value, Undefined> {
        let view = |problem| {
            let total = totals.get(family.kind.index_of(problem));
            let total =
                total.ok_or_else(|| Undefined::internal("a binary problem has no totals"))?;
            Ok(TotalsView::new(family, total, weighted))
        };
        let finish = |problem| {
            let value = (self.definition.finish)(&self.arguments, &view(problem)?);
            value.map_err(|reason| explain_missing_class(problem, reason))
        };
        let classes = self.arguments.settings.classes;
        let against_rest = |class| BinaryProblem { positive: class, negative: None };
        if !self.is_one_vs_one() {
            let values: Vec<_> = (0..classes).map(|class| finish(against_rest(class))).collect();
            let support = |class: usize| {
                let view = view(against_rest(class as u32))?;
                (self.definition.support)(&self.arguments, &view)
            };
            return self.of_classes(values, support);
        }
        let (mut values, mut weights, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for class in 0..classes {
            for other in class + 1..classes {
                let pair = BinaryProblem { positive: class, negative: Some(other) };
                let reversed = BinaryProblem { positive: other, negative: Some(class) };
                match finish(pair).and_then(|value| Ok([value, finish(reversed)?])) {
                    Ok(both) => {
                        values.push(average(&both, None)?);
                        weights.push(view(pair)?.weight()?.to_integer());
                    }
                    Err(
                        reason @ (Undefined::OneClass { .. }
                        | Undefined::NoSamples
                        | Undefined::ZeroWeights),
                    ) => left_out.push(reason),
                    Err(reason) => return Err(reason),
                }
            }
        }
        if values.is_empty() {
            // If only one class is present, the pairs without it have no samples, or none with
            // positive weight.
            let told = |reason: &Undefined| match reason {
                Undefined::OneClass { .. } => 2,
                Undefined::ZeroWeights => 1,
                _ => 0,
            };
            return Err(left_out.into_iter().max_by_key(told).unwrap_or(Undefined::NoSamples));
        }
        average(&values, self.counts_by_weight().then(|| shares(&weights)).as_deref())
    }

    /// The value of all classes, from the one-vs-rest values.
    fn of_classes(
        &self,
        values: Vec<Result<Value, Undefined>>,
        support: impl Fn(usize) -> Result<BigInt, Undefined>,
    ) -> Result<Value, Undefined> {
        let values = collapse_identical_errors(values)?;
        match self.arguments.average() {
            None => return Ok(rows_by_label(values, of_class)),
            Some(Average::None) => return Ok(into_rows(values)),
            Some(_) => {}
        }
        let (mut kept, mut supports) = (Vec::new(), Vec::new());
        for (class, value) in values.into_iter().enumerate() {
            match value {
                Ok(value) => {
                    kept.push(value);
                    supports.push(if self.counts_by_weight() {
                        support(class)?
                    } else {
                        BigInt::ZERO
                    });
                }
                Err(Undefined::AbsentClass { .. }) => {}
                Err(reason) => return Err(of_class(class, reason)),
            }
        }
        average(&kept, self.counts_by_weight().then(|| shares(&supports)).as_deref())
    }

    /// Whether averages weight classes, or pairs of classes, by their samples.
    fn counts_by_weight(&self) -> bool {
        self.arguments.average() == Some(Average::Weighted)
    }
}
