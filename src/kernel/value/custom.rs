//! Custom per-sample values, declared by users.

use super::definition::{MathModule, Operands, Parameters, ValueDef, ValueRange};
use crate::kernel::bits::{
    Bits, FIELD_MAX, OUTSIDE, UNDERFLOW, flush_result, flushed, magnitude, nonfinite,
};

/// A Rust twin: the value of (prediction, truth, parameter), all as bits of `f32` numbers.
pub type RustFn = fn(Bits, Bits, Bits) -> Bits;

/// A custom per-sample value in double precision: the value of (prediction, truth, parameter).
pub type DoubleFn = fn(f64, f64, f64) -> f64;

/// A custom per-sample value: a name, a WGSL function and its Rust twin.
///
/// Declare it once, as a `static`, and request its weighted and unweighted mean, Σw·v(p, t) / Σw
/// and Σv(p, t) / n, with [`EvaluatorBuilder::value`](crate::EvaluatorBuilder::value), or use it as
/// [`ValueFn::Custom`](super::ValueFn::Custom) in a [`Statistic`](crate::statistic::Statistic). The
/// function never sees the weights: the library applies them.
///
/// # The twins
///
/// The WGSL text defines `fn NAME(prediction: u32, truth: u32, parameter: u32) -> u32`. It may also
/// declare functions, constants and structs whose names begin with `NAME_`, but no variables
/// outside functions. It has no barriers, and uses no variables of the library's shaders. Both
/// twins take and return the bits of `f32` numbers. Inputs are finite, and neither subnormal nor
/// −0; labels and classes are whole numbers. Both twins have the same operations in the same order:
///
/// * In WGSL, each operation on floats is wrapped in `rounded( … )`, with operands from
///   `number( … )`, as in `rounded(number(a) * number(b))`, so that no compiler fuses or reorders
///   it. The functions of `kernel/bits.wgsl` are always available, those of
///   [`float`](crate::kernel::float) and [`double`](crate::kernel::double) if
///   [`math_modules`](Self::math_modules) names them. Their Rust twins have the same names.
/// * A result below 2^-125 is zero on some devices and not on others. If another operation takes a
///   result that may be so small, pass it `flush_result( … )` of the result.
/// * `/`, `sqrt`, `exp` and similar operations round differently from device to device. Use
///   `quotient`, `square_root` and `exponential` instead.
///
/// The Rust twin depends on its arguments only, and must not panic.
///
/// # Results
///
/// A result below 2^-125 counts as zero, without a warning. An infinity is an overflow.
/// [`OUTSIDE`], or any other NaN, means that the sample is outside the value's
/// [`domain`](Self::domain). Overflows and samples outside the domain make the mean undefined, and
/// are reported with their number. States contain the name of the value, not its functions: only
/// merge states that come from the same value.
///
/// # Errors
///
/// [`EvaluatorBuilder::build`](crate::EvaluatorBuilder::build) fails
///
/// * if the name is invalid or taken ([`BuildError::InvalidValueName`]),
/// * if the WGSL is invalid, with its line and the reason ([`BuildError::InvalidValueWgsl`]; not
///   checked without the feature `gpu`),
/// * and, if a GPU is used, if the twins differ on any of a few thousand ordinary and extreme
///   inputs ([`BuildError::ValueTwinsDiffer`]). That is evidence, not proof: a
///   [checked](crate::EvaluatorBuilder::checked) evaluator compares all of its data.
///
/// [`BuildError::InvalidValueName`]: crate::error::BuildError::InvalidValueName
/// [`BuildError::InvalidValueWgsl`]: crate::error::BuildError::InvalidValueWgsl
/// [`BuildError::ValueTwinsDiffer`]: crate::error::BuildError::ValueTwinsDiffer
///
/// # Example
///
/// The LINEX loss, e^(ad) − ad − 1 with d = prediction − truth, which penalises errors of one sign
/// more than errors of the other:
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
/// .math_modules(&[MathModule::Float])
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
    double: Option<DoubleFn>,
    pub(super) def: ValueDef,
}

impl CustomValue {
    /// A value of both inputs that is defined for all numbers, calls no math module, and has no
    /// parameter.
    ///
    /// The name is the name of the WGSL function, and the value's name in reports and states:
    /// letters, digits and underscores.
    pub const fn new(name: &'static str, wgsl: &'static str, twin: RustFn) -> Self {
        Self {
            name,
            wgsl,
            twin,
            double: None,
            def: ValueDef::of_sample(Operands::Both, "any number"),
        }
    }

    /// The inputs that it reads. A NaN in the other input is not a fault.
    pub const fn reads(self, operands: Operands) -> Self {
        Self { def: ValueDef { operands, ..self.def }, ..self }
    }

    /// Its domain in words, such as "predictions above 0", for messages about samples outside it.
    pub const fn domain(self, domain: &'static str) -> Self {
        Self { def: ValueDef { domain, ..self.def }, ..self }
    }

    /// The math modules that its WGSL calls.
    pub const fn math_modules(self, modules: &'static [MathModule]) -> Self {
        Self { def: ValueDef { modules, ..self.def }, ..self }
    }

    /// Gives it a parameter from `min` to `max`.
    pub const fn parameters(self, min: f32, max: f32) -> Self {
        Self { def: ValueDef { parameters: Parameters::Within(min, max), ..self.def }, ..self }
    }

    /// Declares that it is never negative, so that it can have a
    /// [`Maximum`](crate::statistic::Statistic::Maximum). A sample for which it is negative counts
    /// as outside its domain.
    pub const fn never_negative(self) -> Self {
        Self { def: ValueDef { range: ValueRange::NonNegative, ..self.def }, ..self }
    }

    /// The function for batches in [double precision](crate::Precision), which the CPU engine adds.
    /// Without one, their inputs are narrowed to `f32` for the Rust twin, and reports warn about
    /// it.
    ///
    /// Inputs are finite. NaN means that the sample is outside the domain, and an infinity an
    /// overflow; values below 2^-270 in magnitude count as zero. For the same result on every
    /// machine, use functions of the `libm` crate instead of the methods of `f64` that round
    /// differently from platform to platform, such as `exp`.
    pub const fn double(self, function: DoubleFn) -> Self {
        Self { double: Some(function), ..self }
    }

    /// Whether batches in double precision are narrowed for it.
    pub(crate) fn narrows(&self) -> bool {
        self.double.is_none()
    }

    /// The value of one sample in double precision.
    pub(crate) fn at_double(&self, prediction: f64, truth: f64, parameter: f64) -> f64 {
        let value = match self.double {
            // The sum turns -0 into 0.
            Some(double) => double(prediction, truth, parameter) + 0.0,
            None => {
                let bits = |x: f64| flushed((x as f32).to_bits());
                let [p, t] = [prediction, truth].map(bits);
                if nonfinite(p) || nonfinite(t) {
                    return f64::INFINITY;
                }
                let value = self.at(p, t, (parameter as f32).to_bits());
                f64::from(f32::from_bits(if value == UNDERFLOW { 0 } else { value }))
            }
        };
        if self.is_never_negative() && value < 0.0 { f64::NAN } else { value }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The result of the Rust twin, unchanged.
    pub(crate) fn raw(&self, prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
        (self.twin)(prediction, truth, parameter)
    }

    /// A twin's result in the form of the library's own values.
    pub(crate) fn canonical(&self, bits: Bits) -> Bits {
        canonical(bits, self.is_never_negative())
    }

    /// The value of one sample.
    pub(crate) fn at(&self, prediction: Bits, truth: Bits, parameter: Bits) -> Bits {
        self.canonical(self.raw(prediction, truth, parameter))
    }

    /// A call of its WGSL function, with the result in the form of the library's own values.
    pub(crate) fn call(&self, arguments: &str) -> String {
        format!("canonical({}({arguments}), {})", self.name, self.is_never_negative())
    }

    /// Whether negative results count as outside its domain.
    fn is_never_negative(&self) -> bool {
        self.def.range != ValueRange::Any
    }
}

/// Equal if it is the same value in every respect, wherever it is declared.
impl PartialEq for CustomValue {
    fn eq(&self, other: &Self) -> bool {
        // What is left out is the same for every custom value.
        let facts = |value: &Self| {
            let ValueDef { operands, domain, parameters, range, modules, .. } = value.def;
            (value.name, value.wgsl, operands, domain, parameters, range, modules)
        };
        std::ptr::eq(self, other)
            || (facts(self) == facts(other)
                && std::ptr::fn_addr_eq(self.twin, other.twin)
                && match (self.double, other.double) {
                    (None, None) => true,
                    (Some(ours), Some(theirs)) => std::ptr::fn_addr_eq(ours, theirs),
                    _ => false,
                })
    }
}

impl Eq for CustomValue {}

/// Twin of `shaders/kernel/custom.wgsl`. Devices that flush subnormal results to zero, and devices
/// that return another NaN or zero, give the same result through it.
fn canonical(bits: Bits, never_negative: bool) -> Bits {
    let result = flush_result(bits);
    let nan = magnitude(bits) > FIELD_MAX << 23;
    let negative = never_negative && result >> 31 == 1;
    if nan || negative { OUTSIDE } else { result }
}

/// Whether `name` can name a custom value: it becomes the name of a function in WGSL.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.contains("__")
}
