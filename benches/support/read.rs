//! The rate at which the threads can read: plain loops over the words of an array. The fastest loop
//! is the reference for the engines.

use super::Data;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId};
use rayon::prelude::*;

/// Folds a part of an array into a word, so that every word of it must be read.
type Read = fn(&[u32]) -> u32;

/// Words that a thread reads at a time.
const PART: usize = 1 << 15;

/// Measures every loop over the three arrays that an update reads.
pub fn bench(group: &mut BenchmarkGroup<'_, WallTime>, id: &str, data: &Data) {
    bench_columns(group, id, [&data.prediction, &data.truth, &data.weight]);
}

/// Measures every loop over some arrays.
pub fn bench_columns<const N: usize>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: &str,
    columns: [&[f32]; N],
) {
    let columns: [&[u32]; N] = columns.map(bytemuck::cast_slice);
    for (name, read) in all() {
        let all_words = |words: &[u32]| words.par_chunks(PART).map(read).reduce(|| 0, |a, b| a ^ b);
        group.bench_function(BenchmarkId::new(name, id), |bencher| {
            bencher.iter(|| columns.map(all_words));
        });
    }
}

/// The loops and their names.
fn all() -> Vec<(&'static str, Read)> {
    let mut all: Vec<(&'static str, Read)> = vec![("read: xor", xor), ("read: sum", sum)];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            // SAFETY: this machine has AVX2.
            all.push(("read: xor AVX2", |words| unsafe { xor_avx2(words) }));
        }
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: this machine has AVX-512.
            all.push(("read: xor AVX-512", |words| unsafe { xor_avx512(words) }));
        }
    }
    all
}

/// Eight vectors of the widest kind: enough independent chains to hide the latency of loads.
const LANES: usize = 128;

#[inline(always)]
fn fold(words: &[u32], combine: impl Fn(u32, u32) -> u32) -> u32 {
    let mut lanes = [0; LANES];
    let chunks = words.chunks_exact(LANES);
    let rest = chunks.remainder().iter().fold(0, |total, &word| combine(total, word));
    for chunk in chunks {
        for (lane, &word) in lanes.iter_mut().zip(chunk) {
            *lane = combine(*lane, word);
        }
    }
    lanes.into_iter().fold(rest, combine)
}

fn xor(words: &[u32]) -> u32 {
    fold(words, |a, b| a ^ b)
}

fn sum(words: &[u32]) -> u32 {
    fold(words, u32::wrapping_add)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn xor_avx2(words: &[u32]) -> u32 {
    fold(words, |a, b| a ^ b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn xor_avx512(words: &[u32]) -> u32 {
    fold(words, |a, b| a ^ b)
}
