//! Parameters of metrics: typed keys, and a view of them for parsers and help texts.

use crate::error::{BuildError, Error, Undefined, alternatives, shortest_number};
use std::fmt::Debug;

/// A parameter of a metric, whose value is a `T`: an `f64`, a `u32`, one of a few words
/// ([`Choice`]), or an `Option` of these where it may be left out.
#[derive(Clone, Copy, Debug)]
pub struct Key<T: ParameterValue> {
    /// Its name in specs.
    pub name: &'static str,
    /// Its value if none is given.
    pub default: T,
    /// The values that it accepts.
    pub domain: T::Domain,
    /// Its effect.
    pub summary: &'static str,
}

/// A type of parameter values.
pub trait ParameterValue: Copy + Debug + Send + Sync + 'static {
    /// Describes which values a parameter accepts.
    type Domain: Copy + Debug + Send + Sync + 'static;

    /// Reads a value; none if the text is not one, or lies outside the domain.
    fn parse(text: &str, domain: &Self::Domain) -> Option<Self>;

    /// The value as it is written in a spec; none for a parameter that is left out.
    fn text(self) -> Option<String>;

    /// The accepted values, in words.
    fn range(domain: &Self::Domain) -> String;

    /// The type of given values, as it is written in Rust.
    fn type_name() -> &'static str;

    #[doc(hidden)]
    fn to_argument(self) -> Option<Argument>;

    /// The value that an argument holds, if it has this type.
    #[doc(hidden)]
    fn from_argument(argument: Option<Argument>) -> Option<Self>;
}

/// The error for a metric that reads a parameter that it does not declare, or reads it as another
/// type: a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UndeclaredParameter(pub(super) &'static str);

impl UndeclaredParameter {
    fn reason(self) -> String {
        let Self(name) = self;
        format!(
            "a metric reads its parameter {name}, which it does not declare or which has another \
             type"
        )
    }
}

impl From<UndeclaredParameter> for Undefined {
    fn from(parameter: UndeclaredParameter) -> Self {
        Self::internal(parameter.reason())
    }
}

impl From<UndeclaredParameter> for Error {
    fn from(parameter: UndeclaredParameter) -> Self {
        Self::internal(parameter.reason())
    }
}

/// The value of a parameter, whatever its type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument {
    Number(f64),
    Whole(u32),
    Word(&'static str),
}

/// A parameter of a metric, with values of any type, as help texts and tables show it.
pub trait Parameter: Debug + Send + Sync {
    /// Its name in specs.
    fn name(&self) -> &'static str;

    /// Its effect.
    fn summary(&self) -> &'static str;

    /// Its default as it is written in a spec; none for a parameter that may be left out.
    fn default(&self) -> Option<String>;

    /// The values that it accepts, in words.
    fn range(&self) -> String;

    /// The type of its values, as it is written in Rust.
    fn type_name(&self) -> &'static str;

    /// Whether it accepts a value, given as text.
    fn accepts(&self, text: &str) -> bool {
        self.parse(text).is_some()
    }

    #[doc(hidden)]
    fn parse(&self, text: &str) -> Option<Argument>;

    #[doc(hidden)]
    fn default_argument(&self) -> Option<Argument>;
}

impl<T: ParameterValue> Parameter for Key<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn default(&self) -> Option<String> {
        self.default.text()
    }

    fn range(&self) -> String {
        T::range(&self.domain)
    }

    fn type_name(&self) -> &'static str {
        T::type_name()
    }

    fn parse(&self, text: &str) -> Option<Argument> {
        T::parse(text, &self.domain)?.to_argument()
    }

    fn default_argument(&self) -> Option<Argument> {
        self.default.to_argument()
    }
}

impl dyn Parameter {
    /// Reads a value for a metric.
    pub(super) fn parse_for(&self, metric: &'static str, text: &str) -> Result<Argument, Error> {
        self.parse(text).ok_or_else(|| {
            Error::Build(BuildError::InvalidParameter {
                metric: metric.to_owned(),
                parameter: self.name(),
                value: text.to_owned(),
                expected: self.range(),
            })
        })
    }
}

/// Numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Numbers between which none is accepted; these two are.
    pub gap: Option<[f64; 2]>,
}

impl Range {
    /// Any number that fits an `f32`.
    pub const F32: Self = Self::new(f32::MIN as f64, f32::MAX as f64);

    /// From 0 to 1.
    pub const UNIT: Self = Self::new(0.0, 1.0);

    /// From 0 to 1, for a threshold of probabilities. Curves report a threshold just below 0 where
    /// scores of 0 are above it, too.
    pub const THRESHOLD: Self = Self::new(-(f32::MIN_POSITIVE as f64), 1.0);

    /// From `min` to `max`.
    pub const fn new(min: f64, max: f64) -> Self {
        Self { min, max, gap: None }
    }

    /// Above 0, and at most `max`.
    pub const fn above_zero(max: f64) -> Self {
        Self::new(f64::MIN_POSITIVE, max)
    }

    pub(crate) fn contains(&self, value: f64) -> bool {
        let in_gap = self.gap.is_some_and(|[below, above]| value > below && value < above);
        (self.min..=self.max).contains(&value) && !in_gap
    }
}

impl ParameterValue for f64 {
    type Domain = Range;

    fn parse(text: &str, domain: &Range) -> Option<Self> {
        text.parse().ok().filter(|value| domain.contains(*value))
    }

    fn text(self) -> Option<String> {
        Some(self.to_string())
    }

    fn range(domain: &Range) -> String {
        let [min, max] = [domain.min, domain.max].map(shortest_number);
        if *domain == Range::F32 {
            return "a number that fits a 32-bit float".to_owned();
        }
        if *domain == Range::THRESHOLD {
            return Self::range(&Range::UNIT);
        }
        match domain.gap.map(|gap| gap.map(shortest_number)) {
            Some([below, above]) => {
                format!("a number from {min} to {below} or from {above} to {max}")
            }
            None if domain.min == f64::MIN_POSITIVE => {
                format!("a number above 0 and at most {max}")
            }
            None => format!("a number from {min} to {max}"),
        }
    }

    fn type_name() -> &'static str {
        "f64"
    }

    fn to_argument(self) -> Option<Argument> {
        Some(Argument::Number(self))
    }

    fn from_argument(argument: Option<Argument>) -> Option<Self> {
        match argument {
            Some(Argument::Number(number)) => Some(number),
            _ => None,
        }
    }
}

/// Whole numbers from the first to the second.
impl ParameterValue for u32 {
    type Domain = [u32; 2];

    fn parse(text: &str, &[min, max]: &[u32; 2]) -> Option<Self> {
        let value = text.parse::<f64>().ok()?;
        let is_whole = value.fract() == 0.0;
        (is_whole && (f64::from(min)..=f64::from(max)).contains(&value)).then_some(value as u32)
    }

    fn text(self) -> Option<String> {
        Some(self.to_string())
    }

    fn range([min, max]: &[u32; 2]) -> String {
        format!("a whole number from {min} to {max}")
    }

    fn type_name() -> &'static str {
        "u32"
    }

    fn to_argument(self) -> Option<Argument> {
        Some(Argument::Whole(self))
    }

    fn from_argument(argument: Option<Argument>) -> Option<Self> {
        match argument {
            Some(Argument::Whole(number)) => Some(number),
            _ => None,
        }
    }
}

/// One of a few values, each of which has a name in specs.
pub trait Choice: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// The name of the type.
    const TYPE: &'static str;

    /// Every value.
    const ALL: &'static [Self];

    /// The name of the value.
    fn name(self) -> &'static str;
}

/// Names the values of a parameter, in specs, for `Display` and for `FromStr`.
macro_rules! choice {
    ($type:ident, $kind:literal, $($name:literal => $variant:ident),*) => {
        impl $crate::metric::parameter::Choice for $type {
            const TYPE: &'static str = stringify!($type);
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }

        /// Its name in specs.
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::metric::parameter::Choice::name(*self))
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::error::UnknownName;

            /// Reads its name in specs.
            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err($crate::error::UnknownName::new($kind, name, &[$($name),*])),
                }
            }
        }
    };
}
pub(super) use choice;

/// The domain is the values that are accepted.
impl<C: Choice> ParameterValue for C {
    type Domain = &'static [C];

    fn parse(text: &str, domain: &&'static [C]) -> Option<Self> {
        domain.iter().copied().find(|value| value.name() == text)
    }

    fn text(self) -> Option<String> {
        Some(self.name().to_owned())
    }

    fn range(domain: &&'static [C]) -> String {
        alternatives(&domain.iter().map(|value| value.name()).collect::<Vec<_>>())
    }

    fn type_name() -> &'static str {
        C::TYPE
    }

    fn to_argument(self) -> Option<Argument> {
        Some(Argument::Word(self.name()))
    }

    fn from_argument(argument: Option<Argument>) -> Option<Self> {
        let Some(Argument::Word(word)) = argument else { return None };
        Self::ALL.iter().copied().find(|value| value.name() == word)
    }
}

/// A parameter that may be left out.
impl<T: ParameterValue> ParameterValue for Option<T> {
    type Domain = T::Domain;

    fn parse(text: &str, domain: &T::Domain) -> Option<Self> {
        T::parse(text, domain).map(Some)
    }

    fn text(self) -> Option<String> {
        self?.text()
    }

    fn range(domain: &T::Domain) -> String {
        T::range(domain)
    }

    fn type_name() -> &'static str {
        T::type_name()
    }

    fn to_argument(self) -> Option<Argument> {
        self?.to_argument()
    }

    fn from_argument(argument: Option<Argument>) -> Option<Self> {
        match argument {
            None => Some(None),
            argument => T::from_argument(argument).map(Some),
        }
    }
}

/// Overrides the value of a ratio whose denominator is zero.
pub const ZERO_DIVISION: Key<Option<f64>> = Key {
    name: "zero_division",
    default: None,
    domain: Range::UNIT,
    summary: "the value where the denominator is zero, instead of undefined or, for a class or \
              label in an average, 0",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{
        AbsentClass, Average, BinSpacing, BinStrategy, KappaWeights, MultiClass, Reduction,
    };
    use std::fmt::Display;
    use std::str::FromStr;

    fn check<C: Choice + Display + FromStr<Err: Display>>(count: usize) {
        assert_eq!(C::ALL.len(), count);
        for value in C::ALL {
            assert_eq!(value.to_string().parse().ok(), Some(*value));
            assert_eq!(C::from_argument(value.to_argument()), Some(*value));
        }
        let error = "other".parse::<C>().expect_err("no such value").to_string();
        let last = C::ALL.last().expect("a value").name();
        assert!(error.ends_with(&format!(" or {last}")), "{error}");
    }

    #[test]
    fn choices_are_read_as_they_are_printed() {
        check::<AbsentClass>(2);
        check::<Average>(4);
        check::<BinSpacing>(2);
        check::<BinStrategy>(2);
        check::<KappaWeights>(3);
        check::<MultiClass>(2);
        check::<Reduction>(3);
        let error = "mean".parse::<Average>().expect_err("no such average").to_string();
        assert_eq!(error, "unknown average \"mean\": it must be none, micro, macro or weighted");
    }
}
