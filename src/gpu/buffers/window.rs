//! Windows: the part of a buffer that the samples of a chunk occupy, and the elements that belong
//! to a sample.

use crate::batch::{BufferColumn, Dtype};
use crate::gpu::dispatch::bindings::ALIGNMENT_BYTES;
use crate::gpu::layout::convert::{Column, dtype_number};
use std::ops::Range;
use wgpu::{BindingResource, BufferBinding, BufferSize};

/// A column, and the elements of it that belong to a sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct SampleColumn<'a> {
    pub column: BufferColumn<'a>,
    /// The distance in elements between the first elements of consecutive samples.
    pub step: usize,
    /// The first element of the first sample.
    pub start: usize,
    /// The number of elements of a sample that are read.
    pub reads: usize,
    /// The number of consecutive samples that share their elements.
    pub every: usize,
}

/// A byte range of a buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'a> {
    pub column: BufferColumn<'a>,
    pub start: u64,
    pub end: u64,
}

impl<'a> Window<'a> {
    pub fn size(&self) -> u64 {
        self.end - self.start
    }

    /// The range as a binding.
    pub fn resource(&self) -> BindingResource<'a> {
        self.resource_at(self.start)
    }

    /// The same number of bytes, starting at `offset`.
    pub fn resource_at(&self, offset: u64) -> BindingResource<'a> {
        BindingResource::Buffer(BufferBinding {
            buffer: self.column.buffer,
            offset,
            size: BufferSize::new(self.size()),
        })
    }
}

impl<'a> SampleColumn<'a> {
    /// The buffer's element index of the column's element `index`.
    fn location(&self, index: usize) -> u64 {
        let [row, stride] = self.column.row;
        self.column.offset() + (index / row * stride + index % row) as u64
    }

    /// The bytes that the samples of `range` (at least one) read, and how they read them. This is
    /// the whole buffer if that can be bound.
    pub fn window(&self, range: &Range<usize>, limit: u64) -> (Window<'a>, Column) {
        let Self { column, step, start, reads, every } = *self;
        let [row, stride] = column.row;
        let size = column.dtype.size_bytes();
        let first = range.start / every * step + start;
        let last = (range.end - 1) / every * step + start + reads - 1;
        let of_row = self.location(first - first % row);
        let whole = column.buffer.size() / 4 * 4;
        let (begin, end) = if whole <= limit {
            (0, whole)
        } else {
            let begin = of_row * size / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
            (begin, ((self.location(last) + 1) * size).next_multiple_of(4))
        };
        let parameters = Column {
            dtype: dtype_number(column.dtype),
            offset: (of_row - begin / size) as u32,
            row: row as u32,
            stride: stride as u32,
            start: (first % row) as u32,
            step: step as u32,
            shift: (range.start % every) as u32,
            every: every as u32,
        };
        (Window { column, start: begin, end }, parameters)
    }

    /// The words of the samples of `range`, if the kernels can read them in place, in vectors of
    /// `vector_bytes`.
    pub fn words(
        &self,
        range: &Range<usize>,
        vector_bytes: u64,
        dtypes: &[Dtype],
        alignment: u64,
    ) -> Option<Window<'a>> {
        let Self { column, step, reads, every, .. } = *self;
        let start = 4 * self.location(range.start * step);
        let size = (4 * (range.len() * reads) as u64).next_multiple_of(vector_bytes);
        let end = start + size;
        let is_dense = every == 1 && step == reads && column.row[0] == column.row[1];
        // Dynamic offsets have 32 bits.
        let end_limit = column.buffer.size().min(u32::MAX.into());
        let fits = start.is_multiple_of(alignment) && end <= end_limit;
        (is_dense && fits && dtypes.contains(&column.dtype)).then_some(Window {
            column,
            start,
            end,
        })
    }
}
