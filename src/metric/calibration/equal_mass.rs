//! Bins of equal weight, from the order of scores.

use super::bin::Bin;
use crate::error::Undefined;
use crate::exact::layout::{UNIT_EXPONENT, VALUE_UNIT_EXPONENT, WEIGHT_UNIT_EXPONENT};
use crate::exact::{AnyWeightSum, ExactSum, WeightSum, decompose_f64, two_to};
use crate::kernel::StandardFloats;
use crate::metric::TotalsView;
use crate::metric::curve::ranking::{Group, Samples};
use crate::statistic::{Sample, SortedSamples, Statistic, ValueSpec};
use num_bigint::BigInt;
use rayon::prelude::*;

/// The bins of positive weight, the lowest scores first.
pub fn bins(
    view: &TotalsView<'_>,
    probability: ValueSpec,
    number: u32,
) -> Result<Vec<Bin>, Undefined> {
    if probability.function.at(0, 0, 0).is_none() {
        return Err(Undefined::internal(format!("{probability} is not a value of single scores")));
    }
    let scores = view.scores(Statistic::Scores)?;
    if scores.is_dropped() {
        return Err(Undefined::ScoresDropped);
    }
    match scores.sorted()? {
        SortedSamples::Single(samples) => of_sorted(samples, view, probability, number as usize),
        SortedSamples::Double(samples) => of_sorted(samples, view, probability, number as usize),
    }
}

/// The bins of samples in order.
fn of_sorted<T: Sample>(
    sorted: &[T],
    view: &TotalsView<'_>,
    probability: ValueSpec,
    number: usize,
) -> Result<Vec<Bin>, Undefined> {
    match outside(sorted, view.is_weighted(), probability) {
        0 => {}
        count => {
            let domain = probability.domain().to_owned();
            return Err(Undefined::OutsideDomain { count, domain });
        }
    }
    let samples = Samples::new(sorted, view.is_weighted());
    // Twice a sum has one bit more.
    let bits = samples.bits + 1;
    Ok(if bits <= u64::BITS {
        from_samples::<T, u64>(samples, probability, number)
    } else if bits <= u128::BITS {
        from_samples::<T, u128>(samples, probability, number)
    } else {
        from_samples::<T, AnyWeightSum>(samples, probability, number)
    })
}

/// The number of scores that are not probabilities. They are at both ends of the order.
fn outside<T: Sample>(samples: &[T], weighted: bool, probability: ValueSpec) -> u64 {
    let outside = |sample: &&T| T::value(sample.score(), probability).is_nan();
    let first = samples.iter().take_while(outside);
    let last = samples[first.clone().count()..].iter().rev().take_while(outside);
    first.chain(last).filter(|sample| !weighted || sample.weight() > 0.0).count() as u64
}

/// Neighbouring groups of one bin.
struct Part<S> {
    bin: usize,
    /// The probabilities of its lowest and its highest score.
    ends: [f64; 2],
    sums: Group<S>,
    /// Σ weight × probability.
    probability: ExactSum,
}

fn from_samples<T: Sample, S: WeightSum>(
    samples: Samples<'_, T>,
    probability: ValueSpec,
    number: usize,
) -> Vec<Bin> {
    let (ranges, all) = samples.ranges::<S>();
    let whole: BigInt = all.negatives.plus(all.positives).to_integer() * 2_u8;
    // W is the weight of all samples, A the weight above a group and g its own weight, so the
    // weight below it is B = W − A − g. It is in bin k or higher if bins (B + g/2) / W >= k, that
    // is, if 2A + g <= 2W (bins − k) / bins, the limit of bin k.
    let limits: Vec<_> = (0..number).map(|bin| words(&whole * (number - bin) / number)).collect();
    let parts = ranges.into_par_iter().map(|(range, mut above)| {
        let _floats = StandardFloats::set();
        let (mut parts, mut bin) = (Vec::<Part<S>>::new(), number - 1);
        range.each_group(|group: Group<S>| {
            let higher = above.negatives.plus(above.positives);
            above = above.plus(group);
            let middle = higher.plus(above.negatives).plus(above.positives).words();
            while bin > 0 && exceeds(&middle, &limits[bin]) {
                bin -= 1;
            }
            let p = T::value(group.scores[0], probability);
            let probability = product(group, samples.unit(), p);
            push(&mut parts, Part { bin, ends: [p; 2], sums: group, probability });
        });
        parts
    });
    let mut all = Vec::new();
    parts.collect::<Vec<_>>().into_iter().flatten().for_each(|part| push(&mut all, part));
    all.iter().rev().map(|part| part.bin(samples.unit())).collect()
}

/// Adds a part to the last one if both are in the same bin, else to the list.
fn push<S: WeightSum>(parts: &mut Vec<Part<S>>, part: Part<S>) {
    match parts.last_mut() {
        Some(last) if last.bin == part.bin => {
            last.ends[0] = part.ends[0];
            last.sums = last.sums.plus(part.sums);
            last.probability.merge(&part.probability);
        }
        _ => parts.push(part),
    }
}

impl<S: WeightSum> Part<S> {
    /// The part as a bin, with sums in units of the exact sum.
    fn bin(&self, unit: u32) -> Bin {
        let places = unit as i32 + WEIGHT_UNIT_EXPONENT - UNIT_EXPONENT;
        let [negatives, positives] =
            [self.sums.negatives, self.sums.positives].map(|sum| sum.to_integer() << places as u32);
        Bin {
            ends: self.ends,
            weight: negatives + &positives,
            positives,
            probability: self.probability.to_integer(),
        }
    }
}

/// The weight of a group times its probability. Probabilities with bits below the unit of values
/// count as zero.
fn product<S: WeightSum>(group: Group<S>, unit: u32, probability: f64) -> ExactSum {
    let mut product = ExactSum::ZERO;
    if probability >= two_to(VALUE_UNIT_EXPONENT + 52) {
        let (mantissa, exponent) = decompose_f64(probability);
        let place = (unit as i32 + WEIGHT_UNIT_EXPONENT + exponent - UNIT_EXPONENT) as u32;
        let words = group.negatives.plus(group.positives).words().into_iter();
        for (word, place) in words.zip((place..).step_by(64)).filter(|(word, _)| *word != 0) {
            product.add_shifted(i128::from(word) * i128::from(mantissa), place);
        }
    }
    product
}

/// The words of a nonnegative integer, least significant first.
fn words<const N: usize>(integer: BigInt) -> [u64; N] {
    let mut words = [0; N];
    words.iter_mut().zip(integer.iter_u64_digits()).for_each(|(word, digit)| *word = digit);
    words
}

/// Whether one integer is larger than another with the same number of words.
fn exceeds<const N: usize>(one: &[u64; N], other: &[u64; N]) -> bool {
    one.iter().rev().gt(other.iter().rev())
}
