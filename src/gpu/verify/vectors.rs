//! Reproducible numbers of every kind.

use crate::kernel::row_needs::ScoreKind;

/// Bits of numbers at which behaviour changes: zeros, subnormals, the smallest numbers that are not
/// flushed, the smallest with squares, a threshold, the rounded end of a bin, one, the limit of
/// weights, infinity, NaN.
pub(in crate::gpu) const LIMITS: [u32; 14] = [
    0,
    0x8000_0000,
    1,
    0x007f_ffff,
    0x0080_0000,
    0x0100_0000,
    0x2080_0000,
    0x3f00_0000,
    0x3f33_3333,
    0x3f80_0000,
    0x5f7f_ffff,
    0x5f80_0000,
    0x7f80_0000,
    0x7fc0_0000,
];

/// SplitMix64 (Steele, Lea and Flood 2014): simple, and the same everywhere.
pub(in crate::gpu) struct SplitMix(pub u64);

impl SplitMix {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as u32
    }

    /// A row of scores, in rotation: of every kind, few different ones, one above all others, usual
    /// ones; or probabilities whose sum is close to 1.
    pub fn row(&mut self, width: usize, sample: usize, scores: ScoreKind) -> Vec<u32> {
        let spread = (1 << (sample % 7)) as f32;
        let one = self.next() as usize % width;
        let mut row: Vec<_> = (0..width)
            .map(|class| match sample % 8 {
                0 => self.next(),
                1 => LIMITS[self.next() as usize % LIMITS.len()],
                2 => ((self.next() % 3) as f32 / 2.0).to_bits(),
                3 if class == one => 0x3f7f_ffff,
                // An invalid probability, in a row whose other elements sum to 1.
                3 if sample % 16 == 3 && class + 1 == width => 0xbf80_0000,
                3 => (f32::from_bits(self.near_one()) / 1_048_576.0).to_bits() & 0x7fff_ffff,
                _ => (f32::from_bits(self.near_one()) * spread).to_bits(),
            })
            .collect();
        if scores == ScoreKind::Probabilities && sample % 8 > 3 {
            let sizes = row.iter().map(|&x| f32::from_bits(x).abs().powi(1 + sample as i32 % 5));
            let sizes: Vec<_> = sizes.collect();
            // Some sums exceed 1 by slightly more than the tolerance.
            let sum = sizes.iter().sum::<f32>() / if sample % 8 == 7 { 1.0006 } else { 1.0 };
            row = sizes.iter().map(|size| (size / sum).to_bits()).collect();
        }
        row
    }

    /// A soft truth, in rotation: one class, one class with small probabilities of all others,
    /// equal ones, several, or any row.
    pub fn soft_truth(&mut self, width: usize, sample: usize) -> Vec<u32> {
        let one = self.next() as usize % width;
        let of =
            |part: &dyn Fn(usize) -> f32| (0..width).map(|class| part(class).to_bits()).collect();
        match sample % 5 {
            0 => of(&|class| if class == one { 1.0 } else { 0.0 }),
            1 => {
                let rest = 0.1 / width as f32;
                of(&|class| if class == one { 0.9 + rest } else { rest })
            }
            2 => {
                let alike = |class: usize| class % 3 == one % 3;
                let part = 1.0 / (0..width).filter(|&class| alike(class)).count() as f32;
                of(&|class| if alike(class) { part } else { 0.0 })
            }
            3 => self.row(width, sample / 5 * 8 + 4, ScoreKind::Probabilities),
            _ => self.row(width, sample / 5, ScoreKind::Probabilities),
        }
    }

    /// Rows of numbers of every kind, or of probabilities, some of which are nearly equal.
    pub fn rows(&mut self, width: usize, sample: usize) -> [Vec<u32>; 2] {
        let kind =
            if sample.is_multiple_of(3) { ScoreKind::Vectors } else { ScoreKind::Probabilities };
        let prediction = self.row(width, sample, kind);
        let truth = match sample % 3 {
            1 => prediction.iter().map(|bits| bits ^ (self.next() % 5)).collect(),
            _ => self.row(width, sample + 1, kind),
        };
        [prediction, truth]
    }

    /// The bits of a number from 2^-31 to 2^33, of either sign.
    pub fn of_any_size(&mut self) -> u32 {
        self.next() & 0x87ff_ffff | 0x3000_0000 | self.next() & 0x1800_0000
    }

    /// The bits of a number from 0 to 1.
    pub fn near_zero(&mut self) -> u32 {
        ((self.next() >> 8) as f32 * 2_f32.powi(-24)).to_bits()
    }

    /// The bits of a number from 0.5 to 2, of either sign.
    pub fn near_one(&mut self) -> u32 {
        let bits = self.next();
        (0x3f00_0000 + (bits & 0x00ff_ffff)) | (bits & 0x8000_0000)
    }
}
