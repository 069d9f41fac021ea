//! The key of a batch in buffers: its columns, without their offsets.

use crate::batch::{BufferBatch, Dtype, Inputs, TruthEncoding};
use wgpu::Buffer;

/// The properties of a batch that the bind groups of its work depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    columns: Inputs<KeyColumn>,
    sequence_length: usize,
    truth_encoding: TruthEncoding,
    /// The offsets of the columns, for work that others submit: its parameters never change.
    recorded: Option<Offsets>,
}

/// The first element of each column.
pub(super) type Offsets = Inputs<u64>;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct KeyColumn {
    buffer: Buffer,
    dtype: Dtype,
    len: usize,
    row: [usize; 2],
}

impl Key {
    pub fn new(batch: &BufferBatch<'_>, is_recorded: bool) -> (Self, Offsets) {
        let offsets = batch.inputs.map(|_, column| column.offset());
        let columns = batch.inputs.map(|_, column| KeyColumn {
            buffer: column.buffer.clone(),
            dtype: column.dtype,
            len: column.len(),
            row: column.row,
        });
        let &BufferBatch { sequence_length, truth_encoding, .. } = batch;
        let recorded = is_recorded.then_some(offsets);
        (Self { columns, sequence_length, truth_encoding, recorded }, offsets)
    }
}
