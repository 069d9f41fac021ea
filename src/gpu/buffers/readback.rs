//! Reads batches in buffers back to the host, so that the CPU engine can check the device.

use crate::batch::{
    Batch, BufferBatch, BufferColumn, Column, Dtype, FaultPolicy, Inputs, TruthEncoding,
};
use crate::error::{Error, Input};
use crate::gpu::device::connection::Connection;
use crate::gpu::device::readback::read_back;
use half::{bf16, f16};

/// A batch that was in buffers.
#[derive(Debug)]
pub(crate) struct ReadBatch {
    inputs: Inputs<Numbers>,
    sequence_length: usize,
    truth_encoding: TruthEncoding,
}

/// Elements on the host.
#[derive(Debug)]
enum Numbers {
    F32(Vec<f32>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U8(Vec<u8>),
    Bool(Vec<bool>),
}

impl Numbers {
    fn column(&self) -> Column<'_> {
        match self {
            Self::F32(numbers) => numbers.into(),
            Self::U32(numbers) => numbers.into(),
            Self::I32(numbers) => numbers.into(),
            Self::U8(numbers) => numbers.into(),
            Self::Bool(numbers) => numbers.into(),
        }
    }

    /// A mask that is true for nonzero elements.
    fn into_mask(self) -> Self {
        Self::Bool(match self {
            Self::F32(numbers) => numbers.into_iter().map(|x| x != 0.0).collect(),
            Self::U32(numbers) => numbers.into_iter().map(|x| x != 0).collect(),
            Self::I32(numbers) => numbers.into_iter().map(|x| x != 0).collect(),
            Self::U8(numbers) => numbers.into_iter().map(|x| x != 0).collect(),
            Self::Bool(numbers) => numbers,
        })
    }
}

/// Converts the bytes of a slice to the elements of its rows.
fn elements<const N: usize, T>(
    column: &BufferColumn<'_>,
    bytes: &[u8],
    element: impl Fn([u8; N]) -> T,
) -> Vec<T> {
    let [row, stride] = column.row;
    let read = |index: usize| {
        let start = N * (index / row * stride + index % row);
        element(std::array::from_fn(|byte| bytes[start + byte]))
    };
    (0..column.len()).map(read).collect()
}

fn numbers(column: &BufferColumn<'_>, bytes: &[u8]) -> Numbers {
    match column.dtype {
        Dtype::F32 => Numbers::F32(elements(column, bytes, f32::from_le_bytes)),
        Dtype::F16 => {
            Numbers::F32(elements(column, bytes, |bytes| f16::from_le_bytes(bytes).to_f32()))
        }
        Dtype::Bf16 => {
            Numbers::F32(elements(column, bytes, |bytes| bf16::from_le_bytes(bytes).to_f32()))
        }
        Dtype::U32 => Numbers::U32(elements(column, bytes, u32::from_le_bytes)),
        Dtype::I32 => Numbers::I32(elements(column, bytes, i32::from_le_bytes)),
        Dtype::U8 => Numbers::U8(elements(column, bytes, |[byte]| byte)),
        Dtype::Bool => Numbers::Bool(elements(column, bytes, |[byte]| byte != 0)),
    }
}

/// Reads a batch back; waits for the device.
pub(in crate::gpu) fn read_batch(
    connection: &Connection,
    batch: &BufferBatch<'_>,
) -> Result<ReadBatch, Error> {
    let read = |input, column: BufferColumn<'_>| {
        let numbers = read_column(connection, &column)?;
        Ok::<_, Error>(if input == Input::Mask { numbers.into_mask() } else { numbers })
    };
    let &BufferBatch { inputs, sequence_length, truth_encoding } = batch;
    Ok(ReadBatch { inputs: inputs.try_map(read)?, sequence_length, truth_encoding })
}

fn read_column(connection: &Connection, column: &BufferColumn<'_>) -> Result<Numbers, Error> {
    let slice = column.bytes();
    if slice.is_empty() {
        return Ok(numbers(column, &[]));
    }
    let (start, end) = (slice.start / 4 * 4, slice.end.next_multiple_of(4));
    let bytes = read_back(connection, column.buffer, start..end)?;
    Ok(numbers(column, &bytes[(slice.start - start) as usize..]))
}

impl ReadBatch {
    /// The batch on the host. Faults are counted, as they are on the device.
    pub fn batch(&self) -> Batch<'_> {
        let columns = self.inputs.as_ref().map(|_, numbers| numbers.column().into());
        Batch::from_inputs(columns)
            .truth_encoding(self.truth_encoding)
            .sequence_length(self.sequence_length)
            .on_fault(FaultPolicy::Count)
    }
}
