//! Moments: exact sums of products of inputs.

use super::accumulate::Accumulate;
use super::shader::{Calls, Site};
use super::sides::Sides;
use super::slots::{SlotContents, Slots, Summand};
use crate::error::Error;
use crate::exact::ExactSum;
use crate::kernel::value::Operands;
use crate::kernel::{Fragment, fragment};
use crate::task::Task;
use std::fmt;

/// The sum of a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub moment: Moment,
}

/// An exact product of up to two inputs, with a mantissa of 48 bits.
///
/// Inputs below 2^-51 are flushed to zero (and counted as underflow), so that the last bit of a
/// product times a weight is within the range of an exact sum. Inputs of 2^64 or more overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The truth.
    Truth,
    /// The prediction.
    Prediction,
    /// The truth, squared.
    TruthSquare,
    /// The prediction, squared.
    PredictionSquare,
    /// Prediction × truth.
    Product,
}

/// One of the factors of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// The constant 1.
    One,
    /// The prediction.
    Prediction,
    /// The truth.
    Truth,
}

impl Moment {
    /// Every moment.
    pub const ALL: &[Self] =
        &[Self::Truth, Self::Prediction, Self::TruthSquare, Self::PredictionSquare, Self::Product];

    /// Its two factors.
    pub fn factors(self) -> [Factor; 2] {
        match self {
            Self::Truth => [Factor::Truth, Factor::One],
            Self::Prediction => [Factor::Prediction, Factor::One],
            Self::TruthSquare => [Factor::Truth, Factor::Truth],
            Self::PredictionSquare => [Factor::Prediction, Factor::Prediction],
            Self::Product => [Factor::Prediction, Factor::Truth],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Prediction => "prediction",
            Self::TruthSquare => "truth_square",
            Self::PredictionSquare => "prediction_square",
            Self::Product => "product",
        }
    }
}

impl Accumulate for Kind {
    type Accumulator = Sides<ExactSum>;

    const FRAGMENTS: &'static [Fragment] = &[fragment!("statistic/moment.wgsl")];

    fn check(&self, _: Task) -> Result<(), Error> {
        Ok(())
    }

    fn operands(&self) -> Operands {
        match self.moment.factors() {
            [Factor::Truth, Factor::One | Factor::Truth] => Operands::Truth,
            [Factor::Prediction, Factor::One | Factor::Prediction] => Operands::Prediction,
            _ => Operands::Both,
        }
    }

    fn empty(&self) -> Self::Accumulator {
        Sides::default()
    }

    /// A weighted moment is added in two halves.
    fn slots(&self) -> Slots {
        Slots { sums: &[Summand::Value, Summand::WeightedValue], terms: 2, ..Slots::NONE }
    }

    fn decode(&self, slots: SlotContents) -> Result<Self::Accumulator, Error> {
        slots.sum()
    }

    fn call(&self, site: &Site, calls: &mut Calls) -> Result<(), Error> {
        let [x, y] = self.moment.factors().map(|factor| match factor {
            Factor::One => "ONE",
            Factor::Prediction => "sample.prediction",
            Factor::Truth => "sample.truth",
        });
        let (Site { notes, faults, .. }, [row, weighted_row]) = (site, site.sum_rows()?);
        calls.accumulate(&format!(
            "add_moment({x}, {y}, {notes}u, {faults}u, {row}u, {weighted_row}u, sample);"
        ));
        Ok(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "moment:{}", self.moment.name())
    }
}
