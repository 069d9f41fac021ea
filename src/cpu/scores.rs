//! Stores the scores of a block.

use super::add_blocks::{AddBlocks, Place, Work};
use super::cells::{is_double_nonfinite, is_nonfinite};
use super::double::DoubleWork;
use super::normalize::BLOCK_SAMPLES;
use super::normalize::Block;
use crate::kernel::bits::ONE;
use crate::statistic::scores::Kind;
use crate::statistic::{DoubleSample, Faults, StoredSample, StoredScores};

impl AddBlocks for Kind {
    type Partial = ();

    fn begin(&self, _: Place<'_>) {}

    #[inline(always)]
    fn add_block<const FUSED: bool>(
        &self,
        total: &mut StoredScores,
        (): &mut (),
        work: Work<'_, '_>,
    ) {
        store(total, work.block, work.faults);
    }

    #[inline(always)]
    fn add_double_block<const FUSED: bool>(
        &self,
        total: &mut StoredScores,
        (): &mut (),
        work: DoubleWork<'_>,
    ) {
        let DoubleWork { block, faults, .. } = work;
        let samples = block.prediction.iter().zip(block.truth);
        let stored = |((&score, &label), weight): ((&f64, &f64), f64)| {
            DoubleSample::new(score, label == 1.0, weight)
        };
        match (block.flags, block.weight) {
            (None, None) => total.extend_double(samples.map(|sample| stored((sample, 1.0)))),
            (None, Some(weight)) => {
                total.extend_double(samples.zip(weight.iter().copied()).map(stored));
            }
            (Some(_), _) => {
                let samples = samples.enumerate();
                let finite =
                    samples.filter(|&(index, _)| !is_double_nonfinite(block, index, faults));
                total.extend_double(
                    finite.map(|(index, sample)| stored((sample, block.weight_of(index)))),
                );
            }
        }
    }
}

/// Stores each sample that has a finite score.
#[inline(always)]
fn store(scores: &mut StoredScores, block: &Block<'_>, faults: &mut Faults) {
    let samples = block.prediction.iter().zip(block.truth);
    let stored = |((&score, &label), &weight): ((&u32, &u32), &u32)| {
        StoredSample::new(score, label == ONE, weight)
    };
    match (block.flags, block.weight) {
        (None, None) => scores.extend(samples.zip(&[ONE; BLOCK_SAMPLES]).map(stored)),
        (None, Some(weight)) => scores.extend(samples.zip(weight).map(stored)),
        (Some(_), weight) => {
            let weights = weight.unwrap_or(&[ONE; BLOCK_SAMPLES]);
            let samples = samples.zip(weights).enumerate();
            let finite = samples.filter(|&(index, _)| !is_nonfinite(block, index, faults));
            scores.extend(finite.map(|(_, sample)| stored(sample)));
        }
    }
}
