//! Wide integers as arrays of 64-bit words, the least significant word first.

use num_bigint::{BigInt, BigUint};

/// Adds `other`, modulo the width.
#[inline(always)]
pub(super) fn add<const N: usize>(words: &mut [u64; N], other: &[u64; N]) {
    let mut carry = false;
    for (word, &addend) in words.iter_mut().zip(other) {
        (*word, carry) = word.carrying_add(addend, carry);
    }
}

/// The integer that the words hold in two's complement.
pub(super) fn to_signed(words: &[u64]) -> BigInt {
    BigInt::from_signed_bytes_le(&bytes(words))
}

/// The integer that the words hold without a sign.
pub(super) fn to_unsigned(words: &[u64]) -> BigInt {
    BigUint::from_bytes_le(&bytes(words)).into()
}

fn bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
