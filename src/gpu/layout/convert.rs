//! The parameters of the kernel in `shaders/input/convert.wgsl`, with the same memory layout.

use crate::batch::{Dtype, INPUTS};
use crate::error::Input;
use crate::kernel::constants;
use bytemuck::{Pod, Zeroable};

/// The kernel's numbers of the inputs, and the number of inputs.
pub const INPUT_CONSTANTS: [(&str, u32); INPUTS + 1] = [
    ("PREDICTION", Input::Prediction as u32),
    ("TRUTH", Input::Truth as u32),
    ("WEIGHT", Input::Weight as u32),
    ("MASK", Input::Mask as u32),
    ("LENGTHS", Input::Lengths as u32),
    ("INPUTS", INPUTS as u32),
];

constants! {
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
    /// The outputs of a sample are read together.
    WHOLE = 2048;
    SOFT = 4096;
    /// The scores of an exact-match sample must be probabilities.
    NEEDS_PROBABILITIES = 8192;

    /// Flags of a row of truths or outputs.
    PART_NOT_LABEL = 1;
    PART_NONFINITE = 2;
    PART_WRONG = 4;
    PART_COUNTS = 8;
    PART_OUTSIDE = 16;

    /// The prediction of an exact-match sample with a score that is not a probability: 2.
    PREDICTION_OUTSIDE = 0x4000_0000;
}

/// One input: the location of its elements, and the elements that belong to a sample.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(in crate::gpu) struct Column {
    pub dtype: u32,
    pub offset: u32,
    pub row: u32,
    pub stride: u32,
    pub start: u32,
    pub step: u32,
    pub shift: u32,
    pub every: u32,
}

/// The uniform buffer.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(in crate::gpu) struct Parameters {
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

/// The kernel's number of an element type.
pub(in crate::gpu) fn dtype_number(dtype: Dtype) -> u32 {
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
