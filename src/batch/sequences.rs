//! Weights, masks and lengths of sequences, repeated for each of their steps.

use super::outputs::OwnedColumn;
use super::{Column, Element, FaultPolicy, HostBatch, Inputs, with_column};
use crate::error::{Error, UpdateError};

/// Memory for repeated elements.
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
    /// [`UpdateError::InvalidLength`], unless faults are counted.
    pub fn broadcast<'b>(
        &'b mut self,
        batch: &HostBatch<'b>,
        samples: usize,
    ) -> Result<HostBatch<'b>, Error> {
        let Inputs { weight: weights, lengths, .. } = batch.inputs;
        let (steps, masks) = (batch.sequence_length, batch.mask());
        if steps == 1 && lengths.is_none() {
            return Ok(*batch);
        }
        let sequences = samples / steps;
        // The elements per sample after broadcasting, and the samples that share an element before.
        let shape = |elements: usize| {
            if elements == sequences { (1, steps) } else { (elements / samples.max(1), 1) }
        };
        let length = |sequence: usize| match lengths {
            None => steps,
            Some(lengths) => with_column!(lengths, slice => slice[sequence].class()) as usize,
        };
        // The length of a masked sequence may be invalid.
        let counts = |sequence: usize| {
            masks.is_none_or(|mask| {
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
        let weight = match (weights, invalid) {
            (weights, Some(_)) => {
                let (each, shared) = shape(weights.map_or(samples, |weights| weights.len()));
                let repeated = (0..samples * each).map(|index| match weights {
                    _ if length(index / each / steps) > steps => f64::NAN,
                    None => 1.0,
                    Some(weights) => with_column!(weights, slice => slice[index / shared].real()),
                });
                *weight = OwnedColumn::F64(repeated.collect());
                Some(weight.column())
            }
            (Some(weights), None) if shape(weights.len()).1 > 1 => {
                Some(weight.repeat(weights, steps))
            }
            (weights, None) => weights,
        };
        let (each, shared) = shape(masks.map_or(samples, <[bool]>::len));
        mask.clear();
        mask.extend((0..samples * each).map(|index| {
            let sample = index / each;
            let counts = masks.is_none_or(|mask| mask[index / shared]);
            counts && sample % steps < length(sample / steps)
        }));
        let has_mask = masks.is_some() || lengths.is_some();
        let mask = has_mask.then_some(Column::Bool(mask));
        Ok(HostBatch { inputs: Inputs { weight, mask, ..batch.inputs }, ..*batch })
    }
}
