//! Families of inputs: numbers, weights and labels, including every kind that ever caused a bug.

pub use super::random::Random;

impl Random {
    /// From 0 to 1, 1 excluded.
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Either sign, a uniform exponent from `min` to below `max`, and a random mantissa.
    pub fn log_uniform(&mut self, min: i32, max: i32) -> f32 {
        let exponent = min + self.below((max - min) as usize) as i32;
        let magnitude = (1.0 + self.unit()) * 2_f64.powi(exponent);
        (if self.bits() & 1 == 0 { magnitude } else { -magnitude }) as f32
    }

    fn pick(&mut self, numbers: &[f32]) -> f32 {
        let number = numbers[self.below(numbers.len())];
        match self.below(8) {
            0 => number.next_up(),
            1 => number.next_down(),
            2 | 3 => -number,
            _ => number,
        }
    }
}

fn power(exponent: i32) -> f32 {
    2_f64.powi(exponent) as f32
}

/// A kind of predictions and truths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    Uniform,
    Probabilities,
    LogUniform,
    /// Every finite exponent, so that a few levels of `f64` cannot hold a block.
    Scattered,
    ArbitraryBits,
    Subnormal,
    Zeros,
    Cancelling,
    AllEqual,
    /// Around every limit of the contract.
    Edges,
    /// Ordinary numbers, except one in a hundred.
    OneInHundredBad,
}

impl Numbers {
    pub const ALL: &[Self] = &[
        Self::Uniform,
        Self::Probabilities,
        Self::LogUniform,
        Self::Scattered,
        Self::ArbitraryBits,
        Self::Subnormal,
        Self::Zeros,
        Self::Cancelling,
        Self::AllEqual,
        Self::Edges,
        Self::OneInHundredBad,
    ];

    /// A prediction and a truth.
    pub fn sample(self, random: &mut Random) -> [f32; 2] {
        match self {
            Self::Cancelling => {
                let number = random.log_uniform(-66, 100);
                let neighbours = [number, number.next_up(), number.next_down(), -number];
                [number, neighbours[random.below(4)]]
            }
            Self::AllEqual => [0.1, 0.7],
            _ => [self.number(random), self.number(random)],
        }
    }

    fn number(self, random: &mut Random) -> f32 {
        match self {
            Self::Uniform => (2.0 * random.unit() - 1.0) as f32,
            Self::Probabilities => random.unit() as f32,
            Self::LogUniform => random.log_uniform(-60, 60),
            Self::Scattered => random.log_uniform(-126, 127),
            Self::ArbitraryBits => f32::from_bits(random.bits() as u32),
            Self::Subnormal => f32::from_bits(random.bits() as u32 & 0x81ff_ffff),
            Self::Zeros => [0.0, -0.0, 0.0, 1.0][random.below(4)],
            Self::Edges => random.pick(&[
                0.0,
                f32::from_bits(1),
                power(-126),
                power(-125),
                power(-62),
                power(-60),
                power(-51),
                power(-24),
                0.5,
                1.0,
                1.5,
                power(60),
                power(63),
                power(64),
                power(96),
                f32::MAX,
                f32::INFINITY,
                f32::NAN,
            ]),
            Self::OneInHundredBad if random.below(100) == 0 => Self::Edges.number(random),
            Self::OneInHundredBad | Self::Cancelling | Self::AllEqual => {
                Self::Uniform.number(random)
            }
        }
    }
}

/// A kind of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    Absent,
    Ones,
    Uniform,
    /// Half of them 0 or −0.
    ManyZeros,
    AllZero,
    LogUniform,
    Subnormal,
    Edges,
    ArbitraryBits,
}

impl Weights {
    pub const ALL: &[Self] = &[
        Self::Absent,
        Self::Ones,
        Self::Uniform,
        Self::ManyZeros,
        Self::AllZero,
        Self::LogUniform,
        Self::Subnormal,
        Self::Edges,
        Self::ArbitraryBits,
    ];

    pub fn weight(self, random: &mut Random) -> f32 {
        match self {
            Self::Absent | Self::Ones => 1.0,
            Self::Uniform => random.unit() as f32,
            Self::ManyZeros => [0.0, -0.0, 1.0, random.unit() as f32][random.below(4)],
            Self::AllZero => [0.0, -0.0][random.below(2)],
            Self::LogUniform => random.log_uniform(-140, 63).abs(),
            Self::Subnormal => f32::from_bits(random.bits() as u32 & 0x00ff_ffff),
            Self::Edges => random.pick(&[
                0.0,
                f32::from_bits(1),
                power(-126),
                1.0,
                power(63),
                power(64).next_down(),
                power(64),
                f32::INFINITY,
                f32::NAN,
            ]),
            Self::ArbitraryBits => f32::from_bits(random.bits() as u32),
        }
    }
}

/// A kind of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    Mixed,
    AllOne,
    OneInHundredBad,
    ManyBad,
}

impl Labels {
    pub const ALL: &[Self] = &[Self::Mixed, Self::AllOne, Self::OneInHundredBad, Self::ManyBad];

    /// A class below `classes`, or an invalid one.
    pub fn class(self, classes: u32, random: &mut Random) -> u32 {
        match self {
            Self::AllOne => 1,
            Self::OneInHundredBad if random.below(100) == 0 => classes,
            Self::ManyBad if random.below(2) == 0 => [classes, u32::MAX][random.below(2)],
            _ => random.below(classes as usize) as u32,
        }
    }

    pub fn label(self, random: &mut Random) -> u32 {
        match self {
            Self::AllOne => 1,
            Self::OneInHundredBad if random.below(100) == 0 => 2,
            Self::ManyBad => [0, 1, 2, u32::MAX][random.below(4)],
            Self::Mixed | Self::OneInHundredBad => random.below(2) as u32,
        }
    }
}
