//! Sorts samples into canonical order: they are distributed to buckets of neighbouring keys, which
//! are then sorted in parallel, each in the cache of its thread.

use super::huge_pages;
use super::sample::Sample;
use rayon::prelude::*;
use std::sync::Arc;

/// With fewer samples, buckets are not worthwhile.
const FEW: usize = 1 << 14;

/// With fewer samples in a bucket, a radix sort of it is not worthwhile.
const FEW_IN_BUCKET: usize = 1 << 10;

/// Samples of a range, which one thread distributes to buckets.
const RANGE: usize = 1 << 17;

/// The binary logarithm of the number of buckets.
const BUCKET_BITS: u32 = 11;

/// The largest number of bits of a key by which a bucket is sorted in two passes.
const RADIX_BITS: u32 = u32::BITS - BUCKET_BITS;

/// The samples of all chunks, sorted.
pub(super) fn sorted<T: Sample>(mut chunks: Vec<Arc<Vec<T>>>) -> Vec<T> {
    let len = chunks.iter().map(|chunk| chunk.len()).sum();
    if len < FEW {
        let mut all = Vec::with_capacity(len);
        chunks.iter().for_each(|chunk| all.extend_from_slice(chunk));
        all.sort_unstable();
        return all;
    }
    let keys = chunks.par_iter().flat_map(|chunk| chunk.par_iter().map(|sample| sample.key()));
    let [min, max] =
        keys.map(|key| [key; 2]).reduce(|| [u64::MAX, 0], |[a, b], [c, d]| [a.min(c), b.max(d)]);
    let shift = (u64::BITS - (max - min).leading_zeros()).saturating_sub(BUCKET_BITS);
    let bucket = |sample: &T| ((sample.key() - min) >> shift) as usize;

    // Sorts each range by bucket, and finds where each bucket starts in it.
    let chunks: Vec<_> = chunks.iter_mut().map(Arc::make_mut).collect();
    let ranges: Vec<_> = chunks.into_iter().flat_map(|chunk| chunk.chunks_mut(RANGE)).collect();
    let ranges: Vec<_> = ranges
        .into_par_iter()
        .map_init(SortScratch::<T>::default, |scratch, range| {
            let starts = scratch.distribute(range, bucket);
            (&*range, starts)
        })
        .collect();

    // Collects each bucket from all ranges, into memory that the system has zeroed, so that it is
    // not written twice.
    let mut all = bytemuck::zeroed_vec(len);
    huge_pages::advise(&mut all);
    let mut rest = &mut all[..];
    let mut buckets = Vec::with_capacity(1 << BUCKET_BITS);
    for bucket in 0..1 << BUCKET_BITS {
        let len = ranges.iter().map(|(_, starts)| starts[bucket + 1] - starts[bucket]).sum();
        let (samples, later) = rest.split_at_mut(len);
        buckets.push((bucket, samples));
        rest = later;
    }
    buckets.into_par_iter().for_each_init(
        SortScratch::<T>::default,
        |scratch, (bucket, sorted)| {
            let parts =
                ranges.iter().map(|(range, starts)| &range[starts[bucket]..starts[bucket + 1]]);
            if sorted.len() < FEW_IN_BUCKET {
                let mut end = 0;
                for part in parts {
                    sorted[end..end + part.len()].copy_from_slice(part);
                    end += part.len();
                }
                sorted.sort_unstable();
            } else {
                // In single precision, these are the last bits.
                let below = shift.saturating_sub(RADIX_BITS);
                let digits = |sample: &T| (sample.key() - min) >> below;
                scratch.sort_by_keys(parts, digits, shift - below, sorted);
                sort_runs(sorted, digits);
            }
        },
    );
    all
}

/// Completes the sort of samples that are sorted by the leading digits of their keys.
pub(super) fn sort_runs<T: Sample>(samples: &mut [T], digits: impl Fn(&T) -> u64) {
    for same in samples.chunk_by_mut(|a, b| digits(a) == digits(b)) {
        match same.len() {
            1 => {}
            FEW.. => same.par_sort_unstable(),
            _ => same.sort_unstable(),
        }
    }
}

/// Memory that a thread reuses for each bucket.
#[derive(Default)]
struct SortScratch<T> {
    samples: Vec<T>,
    places: Vec<usize>,
}

impl<T: Sample> SortScratch<T> {
    /// Sorts the samples of a range by bucket. Returns where each bucket starts, and where the last
    /// one ends.
    fn distribute(&mut self, range: &mut [T], bucket: impl Fn(&T) -> usize) -> Vec<usize> {
        let mut starts = vec![0; (1 << BUCKET_BITS) + 1];
        range.iter().for_each(|sample| starts[bucket(sample) + 1] += 1);
        for bucket in 0..1 << BUCKET_BITS {
            starts[bucket + 1] += starts[bucket];
        }
        let Self { samples, places } = self;
        samples.resize(range.len(), T::default());
        places.clone_from(&starts);
        for sample in &*range {
            let place = &mut places[bucket(sample)];
            samples[*place] = *sample;
            *place += 1;
        }
        range.copy_from_slice(samples);
        starts
    }

    /// Sorts samples by the last `bits` bits of a key into `sorted`, with two stable passes: first
    /// by the lower half of the bits, then by the rest.
    fn sort_by_keys<'a>(
        &mut self,
        parts: impl Iterator<Item = &'a [T]> + Clone,
        key: impl Fn(&T) -> u64,
        bits: u32,
        sorted: &mut [T],
    ) {
        let half = bits.div_ceil(2);
        let digit =
            |sample: &T, step: u32| (key(sample) >> (step * half)) as usize & ((1 << half) - 1);
        let Self { samples, places } = self;
        samples.resize(sorted.len(), T::default());
        let mut count = |all: &mut dyn Iterator<Item = &T>, step: u32| {
            places.clear();
            places.resize(1 << half, 0);
            all.for_each(|sample| places[digit(sample, step)] += 1);
            let mut before = 0;
            for place in places.iter_mut() {
                before += std::mem::replace(place, before);
            }
            std::mem::take(places)
        };
        let mut places_of_last = count(&mut parts.clone().flatten(), 0);
        for sample in parts.flatten() {
            let place = &mut places_of_last[digit(sample, 0)];
            samples[*place] = *sample;
            *place += 1;
        }
        let mut places_of_rest = count(&mut samples.iter(), 1);
        for sample in samples.iter() {
            let place = &mut places_of_rest[digit(sample, 1)];
            sorted[*place] = *sample;
            *place += 1;
        }
        *places = places_of_rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::scores::sample::{DoubleSample, StoredSample};

    #[test]
    fn samples_in_double_precision_come_out_in_order() {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state ^ state >> 29
        };
        for samples in [0, 1, FEW - 1, FEW, RANGE + 1, 3 * RANGE + 77] {
            // Any keys, few keys, one key, clusters, and all but one key in one bucket.
            for mask in [u64::MAX, 7 << 40, 0, 0xff00_0000_0000_00ff, 0xffff_ffff] {
                let mut sample = || DoubleSample {
                    key: random() & mask,
                    label_and_weight: random() & (1 << 63 | 3),
                };
                let mut all: Vec<_> = (0..samples).map(|_| sample()).collect();
                if let Some(first) = all.first_mut() {
                    first.key = u64::MAX / 3;
                }
                let mut expected = all.clone();
                expected.sort();
                let (first, second) = all.split_at(samples / 3);
                let chunks = [first, second].map(|chunk| Arc::new(chunk.to_vec()));
                assert!(sorted(chunks.to_vec()) == expected, "{samples} samples, {mask:#x}");
            }
        }
    }

    #[test]
    fn samples_come_out_in_order_and_none_is_lost() {
        let mut state = 5_u64;
        let mut random = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state ^ state >> 29
        };
        for samples in [0, 1, FEW - 1, FEW, RANGE, RANGE + 1, 3 * RANGE + 77] {
            // Any keys, few keys, one key, and all but one key in one bucket.
            for mask in [u64::MAX, 7 << 40 | 0xffff, 0x0fff_ffff, 0x3_ffff_ffff] {
                let mut all: Vec<_> = (0..samples).map(|_| StoredSample(random() & mask)).collect();
                if let Some(first) = all.first_mut() {
                    *first = StoredSample(random());
                }
                let mut expected = all.clone();
                expected.sort();
                let (first, second) = all.split_at(samples / 3);
                let chunks = [first, second].map(|chunk| Arc::new(chunk.to_vec()));
                assert!(sorted(chunks.to_vec()) == expected, "{samples} samples, {mask:#x}");
            }
        }
    }
}
