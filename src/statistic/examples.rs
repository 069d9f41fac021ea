//! Examples of every kind of statistic, so that tests cover each kind.

use super::{Binning, Moment, Statistic, ValueFn, ValueSpec, for_each_kind};
use crate::statistic::Constant;

macro_rules! define_examples {
    ($(
        $(#[$doc:meta])*
        $module:ident: $name:ident
        $(($parameter:ident: $type:ty))?
        $({ $($(#[$field_doc:meta])* $field:ident: $field_type:ty,)* })?;
    )*) => {
        /// Statistics of every kind. Those of classes are of `classes` classes.
        pub fn examples(classes: u32) -> Vec<Statistic> {
            [$($module(classes)),*].concat()
        }
    };
}

for_each_kind!(define_examples);

fn value(function: ValueFn) -> ValueSpec {
    ValueSpec { function, parameter: Constant::ZERO }
}

fn sum(_: u32) -> Vec<Statistic> {
    vec![Statistic::sum(ValueFn::SquaredError)]
}

fn maximum(_: u32) -> Vec<Statistic> {
    vec![Statistic::Maximum(value(ValueFn::AbsoluteError))]
}

fn extremes(_: u32) -> Vec<Statistic> {
    [ValueFn::Identity, ValueFn::Error].map(value).map(Statistic::Extremes).to_vec()
}

fn moment(_: u32) -> Vec<Statistic> {
    Moment::ALL.iter().copied().map(Statistic::Moment).collect()
}

fn confusion(_: u32) -> Vec<Statistic> {
    let thresholds = [(0.5, true), (0.5, false), (-0.0, false), (1e-40, true)];
    let example = |(threshold, probabilities)| Statistic::Confusion {
        threshold: Constant::new(threshold),
        probabilities,
    };
    thresholds.map(example).to_vec()
}

/// Cells within workgroup memory, and cells beyond it.
fn calibration(_: u32) -> Vec<Statistic> {
    let examples = [
        (ValueFn::Probability, 15),
        (ValueFn::Probability, 256),
        (ValueFn::Logistic, 10),
        (ValueFn::MaxProbability, 15),
        (ValueFn::MaxSoftmax, 15),
    ];
    let example = |(function, bins)| Statistic::Calibration { probability: value(function), bins };
    examples.map(example).to_vec()
}

fn histogram(_: u32) -> Vec<Statistic> {
    let binnings = [
        Binning::adaptive(false, 24),
        Binning::adaptive(true, 4096),
        Binning::uniform(false, 200),
        Binning::uniform(true, 2),
    ];
    binnings.map(|binning| Statistic::Histogram { binning }).to_vec()
}

fn scores(_: u32) -> Vec<Statistic> {
    vec![Statistic::Scores]
}

fn margins(classes: u32) -> Vec<Statistic> {
    vec![Statistic::Margins { classes }]
}

fn matrix(classes: u32) -> Vec<Statistic> {
    vec![Statistic::Matrix { classes }]
}
