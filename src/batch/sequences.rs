//! Weights, masks and lengths of sequences, repeated for each of their steps.

use super::outputs::OwnedColumn;
use super::{Column, Element, FaultPolicy, HostBatch, with_column};
use crate::error::{Error, SequenceError};

/// Memory for what is repeated.
#[derive(Debug, Default)]
pub(crate) struct SequenceScratch {
    weight: OwnedColumn,
    mask: Vec<bool>,
}

impl HostBatch<'_> {
    /// The same with weights and masks for each of its samples, of which there are so many. Steps past
    /// their sequence's length are masked; where that is no length, all have an invalid weight.
    ///
    /// # Errors
    ///
    /// [`SequenceError::InvalidLength`], unless faults are counted.
    pub(crate) fn broadcast_over_steps<'b>(
        &'b self,
        samples: usize,
        memory: &'b mut SequenceScratch,
    ) -> Result<HostBatch<'b>, Error> {
        let steps = self.steps;
        if steps == 1 && self.lengths.is_none() {
            return Ok(*self);
        }
        let sequences = samples / steps;
        // Elements of each sample, and how many of them share one of what is given.
        let shape = |given: usize| {
            if given == sequences { (1, steps) } else { (given / samples.max(1), 1) }
        };
        let length = |sequence: usize| match self.lengths {
            None => steps,
            Some(lengths) => with_column!(lengths, slice => slice[sequence].class()) as usize,
        };
        // A sequence that is masked may have any.
        let counts = |sequence: usize| {
            self.mask.is_none_or(|mask| {
                let each = mask.len() / sequences;
                mask[sequence * each..(sequence + 1) * each].contains(&true)
            })
        };
        let invalid = (0..sequences).find(|&sequence| length(sequence) > steps && counts(sequence));
        if let (Some(sequence), Some(lengths), FaultPolicy::Reject) =
            (invalid, self.lengths, self.fault_policy)
        {
            let length = with_column!(lengths, slice => slice[sequence].to_string());
            return Err(SequenceError::InvalidLength { sequence, length, steps }.into());
        }
        let SequenceScratch { weight, mask } = memory;
        let weight = match (self.weight, invalid) {
            (given, Some(_)) => {
                let (each, shared) = shape(given.map_or(samples, |given| given.len()));
                let weights = (0..samples * each).map(|index| match given {
                    _ if length(index / each / steps) > steps => f64::NAN,
                    None => 1.0,
                    Some(given) => with_column!(given, slice => slice[index / shared].real()),
                });
                *weight = OwnedColumn::F64(weights.collect());
                Some(weight.column())
            }
            (Some(given), None) if shape(given.len()).1 > 1 => Some(weight.repeat(given, steps)),
            (given, None) => given,
        };
        let (each, shared) = shape(self.mask.map_or(samples, <[bool]>::len));
        mask.clear();
        mask.extend((0..samples * each).map(|index| {
            let sample = index / each;
            let counts = self.mask.is_none_or(|mask| mask[index / shared]);
            counts && sample % steps < length(sample / steps)
        }));
        let masks = self.mask.is_some() || self.lengths.is_some();
        Ok(HostBatch { weight, mask: masks.then_some(mask), ..*self })
    }
}

impl Column<'_> {
    /// Whether elements are whole numbers.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self, Self::U8(_) | Self::I32(_) | Self::U32(_) | Self::I64(_) | Self::U64(_))
    }
}
