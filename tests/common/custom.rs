//! Custom values: with a parameter, with a domain, and with results of every kind.

use weighbridge::kernel::bits::{OUTSIDE, difference, flush_result};
use weighbridge::kernel::double::ratio_ln;
use weighbridge::kernel::float::{exp_excess, minus, times};
use weighbridge::statistic::{CustomValue, MathModule, Operands, Statistic, ValueFn, ValueSpec};

/// e^(ad) − ad − 1.
pub static LINEX_LOSS: CustomValue = CustomValue::new(
    "linex_loss",
    "fn linex_loss(prediction: u32, truth: u32, parameter: u32) -> u32 {
         let d = difference(prediction, truth);
         return exp_excess(times(parameter, d));
     }",
    |prediction, truth, parameter| {
        let d = difference(prediction, truth);
        exp_excess(times(parameter, d))
    },
)
.math_modules(&[MathModule::Float])
.parameters(0.125, 8.0)
.never_negative();

/// ln(p / t).
pub static LOG_RATIO: CustomValue = CustomValue::new(
    "log_ratio",
    "struct log_ratio_sample { prediction: u32, truth: u32 }
     const log_ratio_most = 0x7fffffffu;
     fn log_ratio_inside(sample: log_ratio_sample) -> bool {
         return sample.prediction - 1u < log_ratio_most && sample.truth - 1u < log_ratio_most;
     }
     fn log_ratio(prediction: u32, truth: u32, parameter: u32) -> u32 {
         let inside = log_ratio_inside(log_ratio_sample(prediction, truth));
         return select(OUTSIDE, ratio_ln(prediction, truth), inside);
     }",
    |prediction, truth, _| {
        let positive = |bits: u32| bits.wrapping_sub(1) < 0x7fff_ffff;
        if positive(prediction) && positive(truth) { ratio_ln(prediction, truth) } else { OUTSIDE }
    },
)
.domain("predictions and truths above 0")
.math_modules(&[MathModule::Double]);

/// pt: results that underflow, overflow, or are −0.
pub static PRODUCT: CustomValue = CustomValue::new(
    "product",
    "fn product(prediction: u32, truth: u32, parameter: u32) -> u32 {
         return rounded(number(prediction) * number(truth));
     }",
    |prediction, truth, _| times(prediction, truth),
);

/// p²(1 + a): of predictions only.
pub static ENERGY: CustomValue = CustomValue::new(
    "energy",
    "fn energy(prediction: u32, truth: u32, parameter: u32) -> u32 {
         let squared = rounded(number(prediction) * number(prediction));
         return times(squared, plus(0x3f800000u, parameter));
     }",
    |prediction, _, parameter| {
        let squared = times(prediction, prediction);
        times(squared, (1.0 + f32::from_bits(parameter)).to_bits())
    },
)
.reads(Operands::Prediction)
.math_modules(&[MathModule::Float])
.parameters(0.0, 1.0)
.never_negative();

/// p² − t²: may be infinity minus infinity, and is wrongly declared as never negative.
pub static EXCESS: CustomValue = CustomValue::new(
    "surplus",
    "fn surplus(prediction: u32, truth: u32, parameter: u32) -> u32 {
         return minus(flush_result(times(prediction, prediction)), flush_result(times(truth, truth)));
     }",
    |prediction, truth, _| {
        minus(flush_result(times(prediction, prediction)), flush_result(times(truth, truth)))
    },
)
.math_modules(&[MathModule::Float])
.domain("predictions no smaller than truths")
.never_negative();

/// Statistics of all these values.
pub fn statistics() -> Vec<Statistic> {
    let value = |value, parameter: f64| ValueSpec {
        function: ValueFn::Custom(value),
        parameter: parameter.into(),
    };
    vec![
        Statistic::Sum(value(&LINEX_LOSS, 0.5)),
        Statistic::Sum(value(&LINEX_LOSS, 8.0)),
        Statistic::Maximum(value(&LINEX_LOSS, 0.5)),
        Statistic::Sum(value(&LOG_RATIO, 0.0)),
        Statistic::Sum(value(&PRODUCT, 0.0)),
        Statistic::Sum(value(&ENERGY, 0.0)),
        Statistic::Maximum(value(&ENERGY, 0.25)),
        Statistic::Sum(value(&EXCESS, 0.0)),
        Statistic::Maximum(value(&EXCESS, 0.0)),
    ]
}
