//! Bins of equal weight, from the order of scores.

use super::bin::Bin;
use crate::error::Undefined;
use crate::exact::layout::{EXPONENT_BIAS, UNIT_EXPONENT};
use crate::exact::{AnyWeightSum, ExactSum, WeightSum};
use crate::kernel::StandardFloats;
use crate::kernel::bits::{OUTSIDE, field, flush_result, mantissa};
use crate::metric::TotalsView;
use crate::metric::curve::ranking::{Group, Samples};
use crate::statistic::{Statistic, StoredSample, StoredScores, ValueSpec};
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
    match outside(scores, view.is_weighted(), probability)? {
        0 => {}
        count => {
            let domain = probability.domain().to_owned();
            return Err(Undefined::OutsideDomain { count, domain });
        }
    }
    let (samples, number) = (Samples::new(scores, view.is_weighted())?, number as usize);
    // Twice a sum has one bit more.
    let bits = samples.bits + 1;
    Ok(if bits <= u64::BITS {
        from_samples::<u64>(samples, probability, number)
    } else if bits <= u128::BITS {
        from_samples::<u128>(samples, probability, number)
    } else {
        from_samples::<AnyWeightSum>(samples, probability, number)
    })
}

/// The bits of the probability of a score. Only a value of rows, which [`bins`] refuses, has none.
fn probability_of(score: f32, probability: ValueSpec) -> u32 {
    probability.function.at(score.to_bits(), 0, 0).unwrap_or(OUTSIDE)
}

/// The number of scores that are not probabilities. They are at both ends of the order.
fn outside(
    scores: &StoredScores,
    weighted: bool,
    probability: ValueSpec,
) -> Result<u64, Undefined> {
    let samples = scores.sorted()?;
    let outside = |sample: &&StoredSample| probability_of(sample.score(), probability) == OUTSIDE;
    let first = samples.iter().take_while(outside);
    let last = samples[first.clone().count()..].iter().rev().take_while(outside);
    Ok(first.chain(last).filter(|sample| !weighted || sample.weight() > 0).count() as u64)
}

/// Neighbouring groups of one bin.
struct Part<S> {
    bin: usize,
    /// The probabilities of its lowest and its highest score.
    ends: [u32; 2],
    sums: Group<S>,
    /// Σ weight × probability.
    probability: ExactSum,
}

fn from_samples<S: WeightSum>(
    samples: Samples<'_>,
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
            let bits = flush_result(probability_of(group.scores[0], probability));
            let probability = product(group, samples.unit(), bits);
            push(&mut parts, Part { bin, ends: [bits; 2], sums: group, probability });
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
        let places = unit as i32 + MIN_WEIGHT - UNIT_EXPONENT;
        let [negatives, positives] =
            [self.sums.negatives, self.sums.positives].map(|sum| sum.to_integer() << places as u32);
        Bin {
            ends: self.ends.map(|bits| f32::from_bits(bits).into()),
            weight: negatives + &positives,
            positives,
            probability: self.probability.to_integer(),
        }
    }
}

/// Exponent of the last bit of the smallest weight.
const MIN_WEIGHT: i32 = 1 - EXPONENT_BIAS;

/// The weight of a group times its probability. `probability` has the bits of a normal number or 0.
fn product<S: WeightSum>(group: Group<S>, unit: u32, probability: u32) -> ExactSum {
    let mut product = ExactSum::ZERO;
    if probability != 0 {
        let exponent = field(probability) as i32 - EXPONENT_BIAS;
        let place = (unit as i32 + MIN_WEIGHT + exponent - UNIT_EXPONENT) as u32;
        let words = group.negatives.plus(group.positives).words().into_iter();
        for (word, place) in words.zip((place..).step_by(64)).filter(|(word, _)| *word != 0) {
            product.add_shifted(i128::from(word) * i128::from(mantissa(probability)), place);
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
