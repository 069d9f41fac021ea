//! What is known about a per-sample value besides its function.

use crate::kernel::bits::two_to;
use crate::kernel::constant::Constant;
use crate::kernel::row_needs::RowNeeds;
use crate::kernel::{Fragment, double, float, row};
use std::ops::RangeInclusive;

/// The smallest parameter of values that clip probabilities to their parameter: 2^-120.
pub(super) const MIN_PROBABILITY: f32 = two_to(-120) as f32;

/// The facts about a per-sample value that engines, metrics and error messages need.
///
/// Each value's file declares its own beside the function, from [`of_sample`](Self::of_sample) or
/// [`of_row`](Self::of_row). Facts that are not given have a safe default: the value may be any
/// number, has no parameter, clips nothing, calls no other value and takes no soft truths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueDef {
    /// The inputs that it reads. A NaN or infinity in the other input is not a fault.
    pub operands: Operands,
    /// Its domain in words, for samples outside it.
    pub domain: &'static str,
    /// Its domain in words, if that depends on the parameter.
    pub domain_for: Option<fn(Constant) -> &'static str>,
    /// The parameters that it accepts.
    pub parameters: Parameters,
    /// The numbers that it can be.
    pub range: ValueRange,
    /// The math modules that its function calls, without those that they are built on.
    pub modules: &'static [MathModule],
    /// The WGSL of the values that its function calls.
    #[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "a device alone has shaders"))]
    pub calls: &'static [Fragment],
    /// Whether it clips some inputs in its domain. Its function `NAME_clips`, which the list of
    /// values then names, and the twin of that decide which.
    pub clips: bool,
    /// For a value of rows, the parts of a row summary that it reads with a given parameter.
    pub row_needs: Option<fn(Constant) -> RowNeeds>,
    /// For a value of rows, whether it is defined for soft truths.
    pub accepts_soft_truths: bool,
}

impl ValueDef {
    /// A value of one prediction and one truth.
    pub const fn of_sample(operands: Operands, domain: &'static str) -> Self {
        Self {
            operands,
            domain,
            domain_for: None,
            parameters: Parameters::None,
            range: ValueRange::Any,
            modules: &[],
            calls: &[],
            clips: false,
            row_needs: None,
            accepts_soft_truths: false,
        }
    }

    /// A value of a row of scores and its truth, or of two vectors.
    pub const fn of_row(needs: fn(Constant) -> RowNeeds, domain: &'static str) -> Self {
        Self {
            modules: &[MathModule::Row],
            row_needs: Some(needs),
            ..Self::of_sample(Operands::Both, domain)
        }
    }

    /// Whether it is a consistent value of one prediction and one truth.
    pub(super) const fn is_of_sample(&self) -> bool {
        self.row_needs.is_none() && !self.accepts_soft_truths
    }

    /// Whether it is a consistent value of rows or vectors.
    pub(super) const fn is_of_row(&self) -> bool {
        self.row_needs.is_some() && matches!(self.operands, Operands::Both)
    }
}

/// The inputs that a statistic reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// The prediction only.
    Prediction,
    /// The truth only.
    Truth,
    /// Both.
    Both,
}

impl Operands {
    /// Whether the prediction is read.
    pub fn prediction(self) -> bool {
        self != Self::Truth
    }

    /// Whether the truth is read.
    pub fn truth(self) -> bool {
        self != Self::Prediction
    }
}

/// The parameters for which a value keeps its promises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Parameters {
    /// It has no parameter, which is then 0.
    None,
    /// From the first number to the second.
    Within(f32, f32),
    /// In one of two ranges, in ascending order.
    WithinEither([f32; 2], [f32; 2]),
}

impl Parameters {
    /// The ranges, in ascending order; 0 alone without a parameter.
    pub fn ranges(self) -> Vec<RangeInclusive<f32>> {
        match self {
            Self::None => vec![0.0..=0.0],
            Self::Within(min, max) => vec![min..=max],
            Self::WithinEither(lower, upper) => [lower, upper].map(|[min, max]| min..=max).to_vec(),
        }
    }
}

/// The numbers that a value can be in its domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueRange {
    /// Any number.
    Any,
    /// Zero or more.
    NonNegative,
    /// From 0 to 1, and a probability.
    Probability,
}

/// A library of arithmetic that values call. Like a value, it is written in Rust and in WGSL.
///
/// Each is built on those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathModule {
    /// [`float`]: elementary functions of `f32` numbers.
    Float,
    /// [`double`]: numbers of two `f32` parts.
    Double,
    /// Summaries of rows of scores.
    Row,
}

impl MathModule {
    /// Every module, each after those that it is built on.
    pub const ALL: &[Self] = &[Self::Float, Self::Double, Self::Row];

    /// These modules and those that they are built on.
    pub(super) fn with_dependencies(modules: &[Self]) -> &'static [Self] {
        let last = Self::ALL.iter().rposition(|module| modules.contains(module));
        last.map_or(&[], |last| &Self::ALL[..=last])
    }

    /// The path of its WGSL file, for error messages, and the text.
    pub fn wgsl(self) -> (&'static str, &'static str) {
        match self {
            Self::Float => {
                ("kernel/float.wgsl", include_str!("../../../shaders/kernel/float.wgsl"))
            }
            Self::Double => {
                ("kernel/double.wgsl", include_str!("../../../shaders/kernel/double.wgsl"))
            }
            Self::Row => ("kernel/row.wgsl", include_str!("../../../shaders/kernel/row.wgsl")),
        }
    }

    /// The constants that its WGSL needs, by name.
    pub fn constants(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::Float => float::CONSTANTS,
            Self::Double => double::CONSTANTS,
            Self::Row => row::CONSTANTS,
        }
    }
}
