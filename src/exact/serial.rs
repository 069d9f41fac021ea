//! Exact sums as text and as bytes, for `serde`.
//!
//! In human-readable formats a sum is a hexadecimal floating-point literal with as many digits as
//! it needs: `-0x5p-3` is −5 · 2^-3. In other formats it is a byte string: the number of trailing
//! zero bits as a little-endian `u16`, then the remaining bits as the shortest little-endian two's
//! complement integer. Zero is the empty byte string.

use super::layout::{BITS, UNIT_EXPONENT, WORDS};
use super::sum::ExactSum;
use num_bigint::{BigInt, BigUint, Sign};
use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

impl Serialize for ExactSum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&Literal(self))
        } else {
            serializer.serialize_bytes(&to_bytes(*self))
        }
    }
}

impl<'de> Deserialize<'de> for ExactSum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(TextVisitor)
        } else {
            deserializer.deserialize_byte_buf(BytesVisitor)
        }
    }
}

/// A sum as a hexadecimal literal.
struct Literal<'a>(&'a ExactSum);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let integer = self.0.to_integer();
        let zeros = integer.trailing_zeros().unwrap_or_default();
        let sign = if integer.sign() == Sign::Minus { "-" } else { "" };
        let exponent = if self.0.is_zero() { 0 } else { UNIT_EXPONENT + zeros as i32 };
        write!(f, "{sign}0x{:x}p{exponent}", integer.magnitude() >> zeros)
    }
}

/// The sum of `integer` · 2^`position` units; `None` if it does not fit.
fn placed(integer: BigInt, position: u64) -> Option<ExactSum> {
    // Checked before the shift, because the input may be anything.
    if integer.bits() + position > u64::from(BITS) {
        return None;
    }
    let bytes = (integer << position).to_signed_bytes_le();
    let extension = if bytes.last().is_some_and(|byte| byte >> 7 == 1) { 0xff } else { 0 };
    let mut all = [[extension; 8]; WORDS];
    all.as_flattened_mut().get_mut(..bytes.len())?.copy_from_slice(&bytes);
    Some(ExactSum { words: all.map(u64::from_le_bytes) })
}

fn from_literal(text: &str) -> Option<ExactSum> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (Sign::Minus, rest),
        None => (Sign::Plus, text),
    };
    let (mantissa, exponent) = rest.strip_prefix("0x")?.split_once('p')?;
    let mantissa = BigUint::parse_bytes(mantissa.as_bytes(), 16)?;
    if mantissa.bits() == 0 {
        return Some(ExactSum::ZERO);
    }
    let position = exponent.parse::<i32>().ok()?.checked_sub(UNIT_EXPONENT)?;
    placed(BigInt::from_biguint(sign, mantissa), position.try_into().ok()?)
}

fn to_bytes(sum: ExactSum) -> Vec<u8> {
    let integer = sum.to_integer();
    let Some(zeros) = integer.trailing_zeros() else { return Vec::new() };
    let integer = (integer >> zeros).to_signed_bytes_le();
    [&(zeros as u16).to_le_bytes()[..], &integer].concat()
}

fn from_bytes(bytes: &[u8]) -> Option<ExactSum> {
    if bytes.is_empty() {
        return Some(ExactSum::ZERO);
    }
    let (zeros, integer) = bytes.split_first_chunk()?;
    placed(BigInt::from_signed_bytes_le(integer), u16::from_le_bytes(*zeros).into())
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = ExactSum;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exact sum such as \"-0x5p-3\", a multiple of 2^-512 below 2^511")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ExactSum, E> {
        from_literal(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = ExactSum;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of an exact sum, below 2^511")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<ExactSum, E> {
        from_bytes(bytes).ok_or_else(|| E::invalid_value(Unexpected::Bytes(bytes), &self))
    }

    // Formats without byte strings have sequences of bytes.
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<ExactSum, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = sequence.next_element()? {
            bytes.push(byte);
            if bytes.len() > BITS as usize {
                break;
            }
        }
        self.visit_bytes(&bytes)
    }
}
