//! Per-sample values of a user's own.

use super::{MathModule, Operands, ValueFn};
use crate::kernel::bits::{FIELD_MAX, OUTSIDE, flush_result, magnitude};
use crate::statistic::Plan;
use std::ops::RangeInclusive;

/// A Rust twin: the bits of the value of (prediction, truth, parameter).
pub type RustFn = fn(u32, u32, u32) -> u32;

/// A per-sample value of one's own: a name, a WGSL function and its Rust twin.
///
/// It is declared once, as a `static`, and asked for with
/// [`EvaluatorBuilder::value`](crate::EvaluatorBuilder::value), which reports its mean Σw·v(p, t) / Σw, or as
/// [`ValueFn::Custom`] within a [`Statistic`](crate::statistic::Statistic). Weights are none of its
/// business: the library applies them, and reports the unweighted mean beside the weighted one.
///
/// # The twins
///
/// The WGSL text defines `fn NAME(prediction: u32, truth: u32, parameter: u32) -> u32`; what else it
/// declares are functions, constants and structs whose names begin with `NAME_`. Both twins take and
/// return the bits of `f32` numbers. Inputs are finite, and none of them is subnormal or −0; labels
/// and classes are whole numbers. Both twins have the same operations in the same order:
///
/// * Each WGSL operation on floats stands alone within `rounded( … )`, with operands from
///   `number( … )`, as in `rounded(number(a) * number(b))`, so that no compiler fuses or reorders
///   it. Functions of `kernel/bits.wgsl` are at hand, and those of [`float`](crate::kernel::float)
///   and [`pair`](crate::kernel::double) if [`libraries`](Self::libraries) names them; their twins
///   have the same names.
/// * A result below 2^-125 is zero on some devices and not on others. Where another operation takes
///   one that may be so small, it takes `flush_result( … )` of it.
/// * `/`, `sqrt`, `exp` and their like round differently from device to device: `quotient`,
///   `square_root`, `exponential` do not.
///
/// The Rust twin is a function of its arguments alone, and must not panic.
///
/// # Results
///
/// A result below 2^-125 counts as zero, and no warning tells. An infinity is an overflow; [`OUTSIDE`],
/// or any other NaN, says that the sample lies outside the value's [`domain`](Self::domain). Both make
/// the mean undefined, with the count of such samples. States name the value and do not hold it:
/// what is merged must come from the same one.
///
/// # Errors
///
/// [`EvaluatorBuilder::build`](crate::EvaluatorBuilder::build) fails if the name is none or is taken
/// ([`InvalidName`](crate::error::ValueError::InvalidName)), if the WGSL is not valid, with its line
/// and the reason ([`InvalidWgsl`](crate::error::ValueError::InvalidWgsl); not checked in a build without the
/// feature `gpu`), and, where a GPU is used, if the twins differ on any of a few thousand inputs,
/// ordinary and extreme ([`TwinsDiffer`](crate::error::ValueError::TwinsDiffer)). That is evidence, and no
/// proof: a [checked](crate::EvaluatorBuilder::checked) evaluator compares all of its data.
///
/// # Example
///
/// The LINEX loss, e^(ad) − ad − 1 of d = prediction − truth, which holds errors of one sign for worse
/// than those of the other:
///
/// ```
/// use weighbridge::kernel::bits::difference;
/// use weighbridge::kernel::float::{exp_excess, times};
/// use weighbridge::statistic::{CustomValue, MathModule};
/// use weighbridge::{Batch, Evaluator, Task};
///
/// static LINEX_LOSS: CustomValue = CustomValue::new(
///     "linex_loss",
///     "fn linex_loss(prediction: u32, truth: u32, parameter: u32) -> u32 {
///          let d = difference(prediction, truth);
///          return exp_excess(times(parameter, d));
///      }",
///     |prediction, truth, parameter| {
///         let d = difference(prediction, truth);
///         exp_excess(times(parameter, d))
///     },
/// )
/// .libraries(&[MathModule::Float])
/// .parameters(0.125, 8.0);
///
/// let mut evaluator =
///     Evaluator::builder(Task::Regression).value_with(&LINEX_LOSS, 0.5).build()?;
/// evaluator.update(&Batch::new(&[2.0_f32, 0.0], &[0.0_f32, 2.0]).weights(&[3.0_f32, 1.0]))?;
/// let (over, under) = (1_f64.exp() - 2.0, (-1_f64).exp());
/// let report = evaluator.result()?;
/// assert!((report.unweighted("linex_loss:0.5")? - (over + under) / 2.0).abs() < 1e-6);
/// assert!((report.weighted("linex_loss:0.5")? - (3.0 * over + under) / 4.0).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CustomValue {
    pub(crate) name: &'static str,
    pub(crate) wgsl: &'static str,
    twin: RustFn,
    pub(crate) reads: Operands,
    pub(crate) domain: &'static str,
    libraries: &'static [MathModule],
    /// The least and the greatest.
    parameters: [f32; 2],
    never_negative: bool,
}

impl CustomValue {
    /// A value of both inputs that takes any numbers, calls no library, and has no parameter.
    ///
    /// The name is that of the WGSL function, and the value's in reports and states: letters,
    /// digits and underscores.
    pub const fn new(name: &'static str, wgsl: &'static str, twin: RustFn) -> Self {
        Self {
            name,
            wgsl,
            twin,
            reads: Operands::Both,
            domain: "any number",
            libraries: &[],
            parameters: [0.0; 2],
            never_negative: false,
        }
    }

    /// Which inputs it looks at; a NaN in another is no fault in it.
    pub const fn reads(self, reads: Operands) -> Self {
        Self { reads, ..self }
    }

    /// Its domain in words, such as "predictions above 0", for samples outside it.
    pub const fn domain(self, domain: &'static str) -> Self {
        Self { domain, ..self }
    }

    /// The libraries of arithmetic that its WGSL calls.
    pub const fn libraries(self, libraries: &'static [MathModule]) -> Self {
        Self { libraries, ..self }
    }

    /// Says that it has a parameter, and from which number to which.
    pub const fn parameters(self, least: f32, greatest: f32) -> Self {
        Self { parameters: [least, greatest], ..self }
    }

    /// Says that it is never negative, so that it can have a
    /// [`Maximum`](crate::statistic::Statistic::Maximum). A sample for which it is negative counts as
    /// outside its domain.
    pub const fn never_negative(self) -> Self {
        Self { never_negative: true, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the Rust twin gives, as it is.
    pub(crate) fn raw(&self, prediction: u32, truth: u32, parameter: u32) -> u32 {
        (self.twin)(prediction, truth, parameter)
    }

    /// A twin's result as it counts.
    pub(crate) fn canonical(&self, bits: u32) -> u32 {
        canonical(bits, self.never_negative)
    }

    /// The value of one sample.
    pub(crate) fn at(&self, prediction: u32, truth: u32, parameter: u32) -> u32 {
        self.canonical(self.raw(prediction, truth, parameter))
    }

    /// A call of its WGSL function, for the result as it counts.
    pub(crate) fn call(&self, arguments: &str) -> String {
        format!("canonical({}({arguments}), {})", self.name, self.never_negative)
    }

    /// The libraries that its WGSL calls, with those that they stand on.
    pub(crate) fn needs(&self) -> &'static [MathModule] {
        if self.libraries.contains(&MathModule::Pair) { MathModule::ALL } else { self.libraries }
    }

    pub(crate) fn parameter_range(&self) -> RangeInclusive<f32> {
        let [least, greatest] = self.parameters;
        least..=greatest
    }

    pub(crate) fn may_be_negative(&self) -> bool {
        !self.never_negative
    }
}

/// The same value in every respect, wherever it stands.
impl PartialEq for CustomValue {
    fn eq(&self, other: &Self) -> bool {
        let Self { name, wgsl, twin, reads, domain, libraries, parameters, never_negative } = self;
        std::ptr::eq(self, other)
            || (*name == other.name
                && *wgsl == other.wgsl
                && std::ptr::fn_addr_eq(*twin, other.twin)
                && *reads == other.reads
                && *domain == other.domain
                && *libraries == other.libraries
                && parameters.map(f32::to_bits) == other.parameters.map(f32::to_bits)
                && *never_negative == other.never_negative)
    }
}

impl Eq for CustomValue {}

/// Twin of `shaders/kernel/custom.wgsl`. Devices that flush subnormal results to zero, and those that give
/// another NaN or zero, so count the same.
fn canonical(bits: u32, never_negative: bool) -> u32 {
    let result = flush_result(bits);
    let nan = magnitude(bits) > FIELD_MAX << 23;
    let negative = never_negative && result >> 31 == 1;
    if nan || negative { OUTSIDE } else { result }
}

/// Whether a value can have this name, which is that of a function in WGSL.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.contains("__")
}

impl Plan {
    /// The values of users' own, each once for each of its parameters.
    pub(crate) fn custom_values(&self) -> Vec<(&'static CustomValue, f32)> {
        let mut values = Vec::new();
        let statistics = self.families.iter().flat_map(|family| &family.statistics);
        for value in statistics.filter_map(|statistic| statistic.value()) {
            if let ValueFn::Custom(custom) = value.function
                && !values.contains(&(custom, value.parameter))
            {
                values.push((custom, value.parameter));
            }
        }
        values
    }
}
