//! Weights, masks and lengths of sequences, repeated for each of their steps.

use super::outputs::OwnedColumn;
use super::{Column, Element, FaultPolicy, HostBatch, Inputs, with_column};
use crate::error::{Error, UpdateError};

/// Memory for what is repeated.
#[derive(Debug, Default)]
pub(crate) struct SequenceScratch {
    weight: OwnedColumn,
    mask: Vec<bool>,
}

impl SequenceScratch {
    /// The batch with weights and masks for each of its `samples`. Steps past their sequence's
    /// length are masked; where a length is invalid, all of the sequence's steps have an invalid
    /// weight.
    ///
    /// # Errors
    ///
    /// [`UpdateError::InvalidLength`](crate::error::UpdateError::InvalidLength), unless faults are
    /// counted.
    pub fn broadcast<'b>(
        &'b mut self,
        batch: &HostBatch<'b>,
        samples: usize,
    ) -> Result<HostBatch<'b>, Error> {
        let Inputs { weight: given, lengths, .. } = batch.inputs;
        let (steps, given_mask) = (batch.sequence_length, batch.mask());
        if steps == 1 && lengths.is_none() {
            return Ok(*batch);
        }
        let sequences = samples / steps;
        // Elements of each sample, and how many of them share one of what is given.
        let shape = |given: usize| {
            if given == sequences { (1, steps) } else { (given / samples.max(1), 1) }
        };
        let length = |sequence: usize| match lengths {
            None => steps,
            Some(lengths) => with_column!(lengths, slice => slice[sequence].class()) as usize,
        };
        // A sequence that is masked may have any.
        let counts = |sequence: usize| {
            given_mask.is_none_or(|mask| {
                let each = mask.len() / sequences;
                mask[sequence * each..(sequence + 1) * each].contains(&true)
            })
        };
        let invalid = (0..sequences).find(|&sequence| length(sequence) > steps && counts(sequence));
        if let (Some(sequence), Some(lengths), FaultPolicy::Reject) =
            (invalid, lengths, batch.fault_policy)
        {
            let length = with_column!(lengths, slice => slice[sequence].to_string());
            return Err(UpdateError::InvalidLength { sequence, length, steps }.into());
        }
        let Self { weight, mask } = self;
        let weight = match (given, invalid) {
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
        let (each, shared) = shape(given_mask.map_or(samples, <[bool]>::len));
        mask.clear();
        mask.extend((0..samples * each).map(|index| {
            let sample = index / each;
            let counts = given_mask.is_none_or(|mask| mask[index / shared]);
            counts && sample % steps < length(sample / steps)
        }));
        let masks = given_mask.is_some() || lengths.is_some();
        let mask = masks.then_some(Column::Bool(mask));
        Ok(HostBatch { inputs: Inputs { weight, mask, ..batch.inputs }, ..*batch })
    }
}
