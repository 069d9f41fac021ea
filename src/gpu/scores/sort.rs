//! Sorts stored scores by their keys on the device. In this radix sort, kernels wait for each other
//! only between dispatches, since software adapters guarantee no other forward progress.

use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::device::layouts::Layouts;
use crate::gpu::dispatch::bindings::{ALIGNMENT_BYTES, bind};
use crate::gpu::dispatch::pipelines;
use crate::gpu::layout::sort::{BLOCK, DIGITS, TILE};
use crate::gpu::source;
use crate::gpu::source::Module;
use std::sync::Arc;
use wgpu::{
    BindGroup, BindingResource, Buffer, BufferBinding, BufferSize, BufferUsages, ComputePass,
    ComputePipeline,
};

/// Bits of a digit of the 32-bit keys. The number of steps is even, so that the result is in the
/// original buffer.
const DIGIT_BITS: u32 = DIGITS.ilog2();
const STEPS: u32 = u32::BITS / DIGIT_BITS;
const _: () = assert!(STEPS.is_multiple_of(2));

/// The kernels, and reused memory.
#[derive(Debug)]
pub(in crate::gpu) struct Sorter {
    connection: Arc<Connection>,
    layouts: Arc<Layouts>,
    kernels: Vec<ComputePipeline>,
    /// Memory for the most samples sorted so far, their counts, and the sums of the counts.
    scratch: Option<[Buffer; 3]>,
}

/// A prepared sort.
#[derive(Debug)]
pub(in crate::gpu) struct Sort {
    /// From the samples to the scratch memory, and back.
    bindings: [BindGroup; 2],
    tiles: u32,
    blocks: u32,
}

impl Sorter {
    /// Compiles the kernels, as returned by `edit`.
    pub fn new(
        connection: &Arc<Connection>,
        layouts: &Arc<Layouts>,
        edit: impl Fn(Module) -> Module,
    ) -> Result<Self, Error> {
        let compile = |module| pipelines::compile(connection, edit(module), &layouts.sort.1);
        let kernels = source::sort().into_iter().map(compile).collect::<Result<_, _>>()?;
        let (connection, layouts) = (connection.clone(), layouts.clone());
        Ok(Self { connection, layouts, kernels, scratch: None })
    }

    /// Scratch memory for samples of this size.
    fn scratch(&mut self, bytes: u64, blocks: u32) -> Result<&[Buffer; 3], Error> {
        let scratch = match self.scratch.take() {
            Some(scratch) if scratch[0].size() >= bytes => scratch,
            _ => {
                let buffer =
                    |label, bytes| self.connection.buffer(label, bytes, BufferUsages::STORAGE);
                let sums = (4 * u64::from(blocks)).max(ALIGNMENT_BYTES);
                [
                    buffer("samples in turn", bytes)?,
                    buffer("counts of digits", 4 * u64::from(blocks * BLOCK))?,
                    buffer("sums of counts", sums)?,
                ]
            }
        };
        Ok(self.scratch.insert(scratch))
    }

    /// Prepares a sort of the first `samples` samples of a buffer, or of all if there are fewer.
    pub fn prepare(&mut self, buffer: &Buffer, samples: u64) -> Result<Sort, Error> {
        // Memory is allocated for the whole buffer, so that it need not grow with each call.
        let blocks = |samples: u64| {
            let tiles = samples.div_ceil(TILE.into()) as u32;
            (tiles, (DIGITS * tiles).div_ceil(BLOCK))
        };
        let [scratch, counts, sums] =
            self.scratch(buffer.size(), blocks(buffer.size() / 8).1)?.clone();
        let (tiles, blocks) = blocks(samples);
        let steps: Vec<u32> = (0..STEPS)
            .flat_map(|step| {
                let mut words = vec![0; ALIGNMENT_BYTES as usize / 4];
                words[..2].copy_from_slice(&[step * DIGIT_BITS, tiles]);
                words
            })
            .collect();
        let steps = self.connection.filled(bytemuck::cast_slice(&steps), BufferUsages::UNIFORM)?;
        let both = [(buffer, &scratch), (&scratch, buffer)];
        let bindings = both.map(|(source, destination)| {
            let step = BindingResource::Buffer(BufferBinding {
                buffer: &steps,
                offset: 0,
                size: BufferSize::new(8),
            });
            let [source, destination, counts, sums] =
                [source, destination, &counts, &sums].map(Buffer::as_entire_binding);
            let resources = [source, destination, counts, sums, step];
            bind(&self.connection, &self.layouts.sort.0, resources)
        });
        let [to_scratch, from_scratch] = bindings;
        Ok(Sort { bindings: [to_scratch?, from_scratch?], tiles, blocks })
    }

    /// Records a sort.
    pub fn record(&self, pass: &mut ComputePass<'_>, sort: &Sort) {
        for step in 0..STEPS {
            let offset = step * ALIGNMENT_BYTES as u32;
            pass.set_bind_group(0, &sort.bindings[step as usize % 2], &[offset]);
            let groups = [sort.tiles, sort.blocks, sort.blocks, sort.tiles];
            for (kernel, groups) in self.kernels.iter().zip(groups) {
                pass.set_pipeline(kernel);
                pass.dispatch_workgroups(groups, 1, 1);
            }
        }
    }
}
