//! Element types of buffers.

use crate::error::UnknownName;
use std::fmt;
use std::str::FromStr;

/// The element type of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dtype {
    /// 32-bit floats.
    F32,
    /// IEEE 754 half-precision floats, widened exactly.
    F16,
    /// bfloat16, the upper half of an f32, widened exactly.
    Bf16,
    /// Unsigned 32-bit integers.
    U32,
    /// Signed 32-bit integers.
    I32,
    /// Bytes.
    U8,
    /// Bytes: 0 is false, everything else is true.
    Bool,
}

impl Dtype {
    /// Every element type.
    pub const ALL: &[Self] =
        &[Self::F32, Self::F16, Self::Bf16, Self::U32, Self::I32, Self::U8, Self::Bool];

    /// Its name, which [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::U8 => "u8",
            Self::Bool => "bool",
        }
    }

    /// Size of an element, in bytes.
    pub fn size_bytes(self) -> u64 {
        match self {
            Self::F32 | Self::U32 | Self::I32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::U8 | Self::Bool => 1,
        }
    }

    pub(super) fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F16 | Self::Bf16)
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dtype {
    type Err = UnknownName;

    /// Reads the [`name`](Self::name) of an element type.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let known = Self::ALL.iter().copied().find(|dtype| dtype.name() == name);
        known.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|dtype| dtype.name()).collect();
            UnknownName::new("element type", name, &names)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_types_are_read_as_they_are_printed() {
        for dtype in Dtype::ALL {
            assert_eq!(dtype.to_string().parse(), Ok(*dtype));
        }
        let error = "f64".parse::<Dtype>().expect_err("not in buffers").to_string();
        let expected = "f32, f16, bf16, u32, i32, u8 or bool";
        assert_eq!(error, format!("unknown element type \"f64\": it must be {expected}"));
    }
}
