//! Batches in buffers read back to the host: what the CPU engine is given to check the device.

use crate::batch::{Batch, BufferBatch, BufferColumn, Column, Dtype, TruthEncoding};
use crate::error::Error;
use crate::gpu::device::readback::read_back;
use crate::gpu::engine::Engine;
use half::{bf16, f16};

/// A batch that was in buffers.
#[derive(Debug)]
pub(crate) struct ReadBatch {
    /// Prediction, truth, weight, mask, lengths.
    columns: [Option<Numbers>; 5],
    steps: usize,
    truth_encoding: TruthEncoding,
}

/// Elements as they are on the host.
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

    /// Those that are not 0.
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

/// The elements of rows, of the bytes of a slice.
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

impl Engine {
    /// Reads a batch back; waits for the device.
    pub fn read(&self, batch: &BufferBatch<'_>) -> Result<ReadBatch, Error> {
        let BufferBatch { prediction, truth, weight, mask, lengths, .. } = *batch;
        let read = |column: Option<BufferColumn<'_>>| {
            column.map(|column| self.read_column(&column)).transpose()
        };
        Ok(ReadBatch {
            columns: [
                read(Some(prediction))?,
                read(Some(truth).filter(|_| !batch.is_values_only))?,
                read(weight)?,
                read(mask)?.map(Numbers::into_mask),
                read(lengths)?,
            ],
            steps: batch.steps,
            truth_encoding: batch.truth_encoding,
        })
    }

    fn read_column(&self, column: &BufferColumn<'_>) -> Result<Numbers, Error> {
        let slice = column.bytes();
        if slice.is_empty() {
            return Ok(numbers(column, &[]));
        }
        let (start, end) = (slice.start / 4 * 4, slice.end.next_multiple_of(4));
        let bytes = read_back(&self.connection, column.buffer, start..end)?;
        Ok(numbers(column, &bytes[(slice.start - start) as usize..]))
    }
}

impl ReadBatch {
    /// The batch on the host, with faults counted, as they are on the device.
    pub fn batch(&self) -> Batch<'_> {
        let [prediction, truth, weight, mask, lengths] = &self.columns;
        let prediction = prediction.as_ref().map_or(Column::F32(&[]), Numbers::column);
        let mut batch = match truth {
            Some(truth) => Batch::new(prediction, truth.column()),
            None => Batch::values(prediction),
        };
        if let Some(weight) = weight {
            batch = batch.weights(weight.column());
        }
        if let Some(Numbers::Bool(mask)) = mask {
            batch = batch.mask(mask);
        }
        if let Some(lengths) = lengths {
            batch = batch.lengths(lengths.column());
        }
        let batch = match self.truth_encoding {
            TruthEncoding::Single => batch,
            TruthEncoding::OneHot => batch.one_hot(),
            TruthEncoding::Soft => batch.soft(),
        };
        batch.steps(self.steps).count_faults()
    }
}
