//! What the kernel of `shaders/input/convert.wgsl` is told, its twin in memory.

use crate::batch::Dtype;
use crate::kernel::float::constants;
use bytemuck::{Pod, Zeroable};

constants! {
    PREDICTION = 0;
    TRUTH = 1;
    WEIGHT = 2;
    MASK = 3;
    LENGTHS = 4;

    F32 = 0;
    F16 = 1;
    BF16 = 2;
    U32 = 3;
    I32 = 4;
    U8 = 5;
    BOOL = 6;

    HAS_WEIGHT = 1;
    HAS_MASK = 2;
    HAS_LENGTHS = 4;
    HAS_IGNORED = 8;
    HAS_CLASS_WEIGHTS = 16;
    ONE_HOT = 32;
    PREDICTION_IS_CLASS = 64;
    TRUTH_IS_CLASS = 128;
    MAKES_PREDICTION = 256;
    MAKES_TRUTH = 512;
    MAKES_WEIGHT = 1024;
    /// Samples are looked at as a whole.
    WHOLE = 2048;
    SOFT = 4096;
}

/// Number of inputs.
pub(super) const INPUTS: usize = 5;

/// One input: where its elements stand, and which of them is that of a sample.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Column {
    pub dtype: u32,
    pub offset: u32,
    pub row: u32,
    pub stride: u32,
    pub start: u32,
    pub step: u32,
    pub shift: u32,
    pub every: u32,
}

/// The uniform.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Parameters {
    pub samples: u32,
    pub flags: u32,
    pub base: u32,
    pub classes: u32,
    pub outputs: u32,
    pub steps: u32,
    pub ignored: u32,
    pub threshold: u32,
    pub prediction_words: u32,
    pub truth_words: u32,
    pub prediction_at: u32,
    pub truth_at: u32,
    pub weight_at: u32,
    pub unused: [u32; 3],
    pub columns: [Column; INPUTS],
}

/// The number that an element type has.
pub(super) fn number(dtype: Dtype) -> u32 {
    match dtype {
        Dtype::F32 => F32,
        Dtype::F16 => F16,
        Dtype::Bf16 => BF16,
        Dtype::U32 => U32,
        Dtype::I32 => I32,
        Dtype::U8 => U8,
        Dtype::Bool => BOOL,
    }
}
