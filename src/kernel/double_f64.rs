//! Double-doubles: numbers of two `f64` parts, for results that need more than 53 bits.

/// a + b as the sum of two numbers, exactly.
#[inline(always)]
pub(crate) fn two_sum(a: f64, b: f64) -> DoubleF64 {
    let high = a + b;
    let part = high - a;
    DoubleF64 { high, low: (a - (high - part)) + (b - part) }
}

/// a · b as the sum of two numbers, exactly, if both are below 2^990 in magnitude and the product
/// has no bits below 2^-1074.
#[inline(always)]
pub(crate) fn two_product(a: f64, b: f64) -> DoubleF64 {
    let high = a * b;
    let split = |x: f64| {
        let scaled = x * 134_217_729.0;
        let upper = scaled - (scaled - x);
        (upper, x - upper)
    };
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    DoubleF64 { high, low }
}

/// A double-double: the exact sum of two numbers. The second is at most about half an ulp of the
/// first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DoubleF64 {
    pub high: f64,
    pub low: f64,
}

impl DoubleF64 {
    pub const ZERO: Self = Self::new(0.0);
    pub const ONE: Self = Self::new(1.0);

    pub const fn new(number: f64) -> Self {
        Self { high: number, low: 0.0 }
    }

    #[inline(always)]
    fn renormalized(high: f64, low: f64) -> Self {
        let sum = high + low;
        Self { high: sum, low: low - (sum - high) }
    }

    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        let sum = two_sum(self.high, other.high);
        let lows = two_sum(self.low, other.low);
        let upper = Self::renormalized(sum.high, sum.low + lows.high);
        Self::renormalized(upper.high, upper.low + lows.low)
    }

    #[inline(always)]
    pub fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    #[inline(always)]
    pub fn times(self, other: Self) -> Self {
        let product = two_product(self.high, other.high);
        let rest = self.high * other.low + self.low * other.high;
        Self::renormalized(product.high, product.low + rest)
    }

    /// The quotient, which must be neither zero nor infinite.
    #[inline(always)]
    pub fn over(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self.plus(other.times(Self::new(first)).negated());
        let second = rest.high / other.high;
        let rest = rest.plus(other.times(Self::new(second)).negated());
        let sum = Self::renormalized(first, second);
        Self::renormalized(sum.high, sum.low + rest.high / other.high)
    }

    #[inline(always)]
    pub fn scaled(self, factor: f64) -> Self {
        Self { high: self.high * factor, low: self.low * factor }
    }

    /// The number, rounded.
    #[inline(always)]
    pub fn number(self) -> f64 {
        self.high + self.low
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        if self.high < 0.0 { self.negated() } else { self }
    }
}

/// A sum of numbers, added in order with about twice the digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompensatedSum(DoubleF64);

impl CompensatedSum {
    pub const ZERO: Self = Self(DoubleF64::ZERO);

    #[inline(always)]
    pub fn add(&mut self, number: f64) {
        let sum = two_sum(self.0.high, number);
        self.0 = DoubleF64 { high: sum.high, low: self.0.low + sum.low };
    }

    #[inline(always)]
    pub fn add_product(&mut self, a: f64, b: f64) {
        let product = two_product(a, b);
        self.add(product.high);
        self.0.low += product.low;
    }

    pub fn number(self) -> f64 {
        self.0.number()
    }
}
