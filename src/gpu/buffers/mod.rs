//! Batches that are in buffers on the device: read where they are if they stand there as the kernels
//! read them, else brought into that form, piece by piece, in a buffer that is used again and again.
//!
//! Bind groups belong to buffers, and where columns begin in them is told: columns that wander through
//! the same buffers, as tensors do, need nothing new. What the kernels are told lies in a buffer that
//! belongs to the work over a batch. That of work which is submitted at once is written in order on the
//! queue; that of work which others submit is written once, so that an encoder which is late, dropped,
//! or submitted after others finds what it was recorded with.

mod input;
mod kept;
#[cfg(test)]
mod mutants;
mod parameters;
mod read;
#[cfg(test)]
mod teeth;

pub(super) use kept::Kept;
pub(super) use parameters::CONSTANTS;

use super::bindings::{ALIGNMENT_BYTES, Bindings, bind};
use super::connection::Connection;
use super::engine::{Engine, dispatch};
use super::layout::CONFORM_GROUP;
use super::pipelines;
use super::source::{self, Module};
use super::staging::SLOT_ELEMENTS;
use crate::batch::{BufferBatch, BufferColumn, Dtype, Weighing};
use crate::error::{BufferError, Error};
use crate::statistic::bits::{flushed, ordered};
use crate::statistic::row::ROW_WORDS;
use crate::statistic::{Form, Joint};
use input::{Input, Window};
use kept::{Key, Offsets};
use parameters::{
    HAS_CLASS_WEIGHTS, HAS_IGNORED, HAS_LENGTHS, HAS_MASK, HAS_WEIGHT, INPUTS, MAKES_PREDICTION,
    MAKES_TRUTH, MAKES_WEIGHT, ONE_HOT, PREDICTION_IS_CLASS, Parameters, TRUTH_IS_CLASS, WHOLE,
};
use std::ops::Range;
use wgpu::{
    BindGroup, BindingResource, Buffer, BufferBinding, BufferSize, BufferUsages, CommandEncoder,
    ComputePassDescriptor, ComputePipeline,
};

/// Most samples of a piece: of numbers that are read where they are, and of others.
const MOST_SAMPLES: usize = 1 << 24;
const MOST_CONFORMED: usize = SLOT_ELEMENTS;

/// Pieces have multiples of so many samples, where they have as many: so the next one, too, begins
/// where a binding can.
const SAMPLES_ALIGNMENT: usize = 64;

/// Most workgroups of the kernel that conforms.
const MOST_GROUPS: usize = 4096;

/// Bytes of a vector that the passes read columns in.
const VECTOR_BYTES: u64 = 16;

/// The work over a batch.
#[derive(Debug)]
pub(super) struct Made {
    work: Vec<Work>,
    /// Where the columns begin that it is for.
    offsets: Offsets,
    /// What the kernels are told.
    told: Buffer,
    content: Vec<u8>,
}

/// The work over some samples of one output.
#[derive(Debug)]
struct Work {
    shape: Shape,
    conform: Option<Conform>,
    bindings: Bindings,
}

/// What the bind groups of work depend on, besides the buffers.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shape {
    form: Form,
    samples: usize,
    /// The bytes that the kernel that conforms binds.
    windows: Option<[Option<(u64, u64)>; INPUTS]>,
    places: [PlaceShape; 3],
}

/// A place, wherever in a buffer it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum PlaceShape {
    There(u64),
    Made(u64, u64),
    None,
}

/// A dispatch of the kernel that conforms.
#[derive(Debug)]
struct Conform {
    pipeline: ComputePipeline,
    bindings: BindGroup,
    groups: u32,
}

/// Where the kernels find a column.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    /// In the caller's buffer.
    There(Window<'a>),
    /// Among the columns that are made: the first word, and how many.
    Made(u64, u64),
    /// Nowhere: it is not read.
    None,
}

/// Work that is planned, but for which nothing has been made.
#[derive(Debug)]
struct Planned<'a> {
    form: Form,
    samples: usize,
    /// The parameters of the kernel that conforms, and what it reads.
    conform: Option<(Parameters, [Option<Window<'a>>; INPUTS])>,
    places: [Place<'a>; 3],
    parameters: Vec<u32>,
}

/// Memory of the work over buffers, reused.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Columns that are made.
    made: Option<Buffer>,
    /// Reduced rows.
    rows: Option<Buffer>,
    class_weights: Option<Buffer>,
}

/// The buffer if it has so many bytes, else a new one in its place.
fn grown(
    buffer: &mut Option<Buffer>,
    connection: &Connection,
    label: &str,
    size: u64,
) -> Result<Buffer, Error> {
    match buffer {
        Some(buffer) if buffer.size() >= size => Ok(buffer.clone()),
        _ => {
            let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
            let new = connection.buffer(label, size.max(4096), usage)?;
            *buffer = Some(new.clone());
            Ok(new)
        }
    }
}

impl Engine {
    /// Submits the work of adding a batch in buffers, and waits for none of it.
    pub fn add_buffers(
        &mut self,
        batch: &BufferBatch<'_>,
        form: Form,
        weighing: &Weighing,
    ) -> Result<(), Error> {
        let samples = batch.samples(form, self.plan.outputs as usize);
        let submission = self.with_work(batch, form, weighing, false, |engine, work| {
            let Connection { device, queue, .. } = &*engine.connection;
            engine.connection.guarded(|| {
                let mut encoder = device.create_command_encoder(&Default::default());
                engine.record(&mut encoder, work);
                queue.submit([encoder.finish()])
            })
        })?;
        if let Some(submission) = submission {
            self.last = Some(submission);
            self.commit(samples);
        }
        Ok(())
    }

    /// Records the work of adding a batch in buffers.
    pub fn encode_buffers(
        &mut self,
        encoder: &mut CommandEncoder,
        batch: &BufferBatch<'_>,
        form: Form,
        weighing: &Weighing,
    ) -> Result<(), Error> {
        let samples = batch.samples(form, self.plan.outputs as usize);
        self.with_work(batch, form, weighing, true, |engine, work| {
            engine.connection.guarded(|| engine.record(encoder, work))
        })?;
        self.encoded += samples as u64;
        Ok(())
    }

    /// Does something with the work over a batch, which is submitted at once or recorded for others to
    /// submit; nothing if it has no samples.
    fn with_work<T>(
        &mut self,
        batch: &BufferBatch<'_>,
        form: Form,
        weighing: &Weighing,
        is_recorded: bool,
        then: impl FnOnce(&Self, &[Work]) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        if batch.samples(form, self.plan.outputs as usize) == 0 {
            return Ok(None);
        }
        self.connection.check()?;
        let (key, offsets) = Key::new(batch, is_recorded);
        match self.kept.take(&key) {
            Some(made) if made.offsets == offsets => {
                let result = then(self, &made.work);
                self.kept.put_back(key, made);
                result.map(Some)
            }
            Some(made) => {
                let planned = self.plan_batch(batch, form, weighing)?;
                let made = self.moved(made, planned, offsets, weighing)?;
                let result = then(self, &made.work);
                self.kept.put_back(key, made);
                result.map(Some)
            }
            None => {
                let planned = self.plan_batch(batch, form, weighing)?;
                let made = self.make(planned, offsets, weighing)?;
                let result = then(self, &made.work);
                self.kept.keep(key, made);
                result.map(Some)
            }
        }
    }

    /// Records work.
    fn record(&self, encoder: &mut CommandEncoder, work: &[Work]) {
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        for Work { shape: Shape { form, samples, .. }, conform, bindings } in work {
            if let Some(Conform { pipeline, bindings, groups }) = conform {
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, bindings, &[]);
                pass.dispatch_workgroups(*groups, 1, 1);
            }
            if let Some(pipelines) = &self.pipelines[usize::from(form.rows)] {
                dispatch(&mut pass, &self.layout, pipelines, bindings, *form, *samples);
            }
        }
    }

    /// Plans the work over a batch.
    fn plan_batch<'a>(
        &self,
        batch: &BufferBatch<'a>,
        form: Form,
        weighing: &Weighing,
    ) -> Result<Vec<Planned<'a>>, Error> {
        let samples = batch.samples(form, self.plan.outputs as usize);
        let mut planned = Vec::new();
        let mut start = 0;
        while start < samples {
            let range = self.piece(batch, form, weighing, start..samples)?;
            start = range.end;
            for total in 0..self.plan.totals() {
                planned.push(self.planned(batch, form, weighing, total, &range));
            }
        }
        Ok(planned)
    }

    /// The most bytes that the device binds at once.
    fn limit(&self) -> u64 {
        let limits = self.connection.device.limits();
        limits.max_storage_buffer_binding_size.min(limits.max_buffer_size)
    }

    /// The samples of the next piece.
    fn piece(
        &self,
        batch: &BufferBatch<'_>,
        form: Form,
        weighing: &Weighing,
        rest: Range<usize>,
    ) -> Result<Range<usize>, Error> {
        let limit = self.limit();
        let mut len = rest.len().min(MOST_SAMPLES);
        loop {
            let range = rest.start..rest.start + len;
            let totals = 0..self.plan.totals();
            let mut planned =
                totals.map(|total| self.planned(batch, form, weighing, total, &range));
            if planned.all(|planned| planned.fits(limit)) {
                return Ok(range);
            }
            if len == 1 {
                let adapter = self.connection.name.clone();
                return Err(BufferError::SampleTooLarge { adapter, limit }.into());
            }
            let half = len / 2;
            len = if half > SAMPLES_ALIGNMENT {
                half.next_multiple_of(SAMPLES_ALIGNMENT).min(len - 1)
            } else {
                half
            };
        }
    }

    /// Plans the work over some samples for one of the totals.
    fn planned<'a>(
        &self,
        batch: &BufferBatch<'a>,
        form: Form,
        weighing: &Weighing,
        total: usize,
        range: &Range<usize>,
    ) -> Planned<'a> {
        let (plan, limit) = (&self.plan, self.limit());
        let (way, form) = (plan.way_of(total), plan.form_of(total, form));
        let outputs = plan.outputs as usize;
        let all = batch.samples(form, outputs);
        let samples = range.len();
        let threshold = match way {
            Some(Joint::Match { threshold }) => Some(threshold),
            _ => None,
        };
        let whole = threshold.is_some();
        let each = |column, reads: usize| {
            let step = if reads > 1 { reads } else { outputs };
            let start = if way.is_none() && reads == 1 { total } else { 0 };
            Input { column, step, start, reads, every: 1 }
        };
        let reads = if whole { outputs } else { form.prediction_width() };
        let prediction = each(batch.prediction, reads);
        let reads = match () {
            () if whole => outputs,
            () if batch.one_hot => form.classes as usize,
            () => form.truth_width(),
        };
        let truth = each(batch.truth, reads);
        // One for each sequence, sample or output.
        let shared = |column: BufferColumn<'a>| {
            let len = column.len();
            let every = if len < all { batch.steps } else { 1 };
            if len > all {
                each(column, 1)
            } else {
                Input { column, step: 1, start: 0, reads: 1, every }
            }
        };
        let of_sequence =
            |column| Input { column, step: 1, start: 0, reads: 1, every: batch.steps };
        let inputs = [
            Some(prediction),
            Some(truth),
            batch.weight.map(shared),
            batch.mask.map(shared),
            batch.lengths.map(of_sequence),
        ];
        let ignored = weighing.ignored_word(batch.truth.dtype, form.classes, batch.one_hot);
        let masks = batch.mask.is_some() || batch.lengths.is_some() || ignored.is_some() || whole;
        let weighs = weighing.has_class_weights() && !whole;

        let alignment = self.connection.device.limits().min_storage_buffer_offset_alignment.into();
        let words = |input: &Input<'a>, is_class: bool, vector_bytes| {
            let dtypes: &[Dtype] = if is_class { &[Dtype::U32, Dtype::I32] } else { &[Dtype::F32] };
            input.words(range, vector_bytes, dtypes, alignment).filter(|_| !whole)
        };
        let vector_bytes = if form.rows { 4 } else { VECTOR_BYTES };
        let of_prediction = words(&prediction, form.prediction_classes().is_some(), vector_bytes);
        let of_truth =
            words(&truth, form.truth_classes().is_some(), vector_bytes).filter(|_| !batch.one_hot);
        let of_weight = inputs[2]
            .and_then(|weight| words(&weight, false, VECTOR_BYTES).filter(|_| !masks && !weighs));

        let flag = |flag, set: bool| if set { flag } else { 0 };
        let mut flags =
            flag(MAKES_PREDICTION, of_prediction.is_none()) | flag(MAKES_TRUTH, of_truth.is_none());
        let has_weight = batch.weight.is_some() || masks || weighs;
        flags |= flag(MAKES_WEIGHT, has_weight && of_weight.is_none());
        let conforms = flags != 0;
        flags |= flag(HAS_WEIGHT, batch.weight.is_some())
            | flag(HAS_MASK, batch.mask.is_some())
            | flag(HAS_LENGTHS, batch.lengths.is_some())
            | flag(HAS_IGNORED, ignored.is_some())
            | flag(HAS_CLASS_WEIGHTS, weighs)
            | flag(ONE_HOT, batch.one_hot)
            | flag(PREDICTION_IS_CLASS, form.prediction_classes().is_some())
            | flag(TRUTH_IS_CLASS, form.truth_classes().is_some())
            | flag(WHOLE, whole);

        let mut made = 0;
        let mut place = |there: Option<Window<'a>>, makes: u32, width: usize| match there {
            Some(window) => Place::There(window),
            None if flags & makes == 0 => Place::None,
            None => {
                let words = (samples * width) as u64;
                let first = made;
                made = (made + words).next_multiple_of(ALIGNMENT_BYTES / 4);
                Place::Made(first, words)
            }
        };
        let (prediction_width, truth_width) =
            if whole { (1, 1) } else { (form.prediction_width(), form.truth_width()) };
        let places = [
            place(of_prediction, MAKES_PREDICTION, prediction_width),
            place(of_truth, MAKES_TRUTH, truth_width),
            place(of_weight, MAKES_WEIGHT, 1),
        ];
        let first_word = |place: Place<'_>| match place {
            Place::Made(first, _) => first as u32,
            Place::There(_) | Place::None => 0,
        };
        let rows = |makes: u32, width: usize| {
            let words = if flags & makes != 0 && width > 1 { samples * width } else { 0 };
            words as u32
        };
        let base = self.layout.entries * total as u32;
        let windows = inputs.map(|input| input.map(|input| input.window(range, limit)));
        let columns = windows.map(|window| window.map_or_else(Default::default, |(_, told)| told));
        let [prediction_at, truth_at, weight_at] = places.map(first_word);
        let parameters = Parameters {
            samples: samples as u32,
            flags,
            base,
            classes: form.classes,
            outputs: outputs as u32,
            steps: batch.steps as u32,
            ignored: ignored.unwrap_or_default(),
            threshold: threshold.map_or(0, |threshold| ordered(flushed(threshold.to_bits()))),
            prediction_words: rows(MAKES_PREDICTION, prediction_width),
            truth_words: rows(MAKES_TRUTH, truth_width),
            prediction_at,
            truth_at,
            weight_at,
            unused: [0; 3],
            columns,
        };
        let windows = windows.map(|window| window.map(|(window, _)| window));
        let mut of_passes = self.parameters.clone();
        let fixed = [samples as u32, u32::from(has_weight), u32::from(has_weight && masks), base];
        of_passes[..fixed.len()].copy_from_slice(&fixed);
        Planned {
            form,
            samples,
            conform: conforms.then_some((parameters, windows)),
            places,
            parameters: of_passes,
        }
    }

    pub(super) fn conform_pipeline(&self, module: Module) -> Result<ComputePipeline, Error> {
        pipelines::conform(&self.connection, &self.layouts, module)
    }

    /// Work that was made for the same buffers, told where columns begin now; made anew where that is
    /// not all.
    fn moved(
        &mut self,
        mut made: Made,
        planned: Vec<Planned<'_>>,
        offsets: Offsets,
        weighing: &Weighing,
    ) -> Result<Made, Error> {
        let shapes = planned.iter().map(Planned::shape);
        if !shapes.eq(made.work.iter().map(|work| work.shape)) {
            return self.make(planned, offsets, weighing);
        }
        let (content, _) = told(&planned);
        if content != made.content {
            let queue = &self.connection.queue;
            self.connection.guarded(|| queue.write_buffer(&made.told, 0, &content))?;
            made.content = content;
        }
        for (work, planned) in made.work.iter_mut().zip(&planned) {
            work.bindings.offsets = planned.offsets();
        }
        Ok(Made { offsets, ..made })
    }

    /// Makes what planned work needs.
    fn make<'a>(
        &mut self,
        planned: Vec<Planned<'a>>,
        offsets: Offsets,
        weighing: &Weighing,
    ) -> Result<Made, Error> {
        for rows in [false, true] {
            if planned.iter().any(|planned| planned.form.rows == rows) {
                self.prepare(rows)?;
            }
        }
        if self.conform.is_none() && planned.iter().any(|planned| planned.conform.is_some()) {
            self.conform = Some(self.conform_pipeline(source::conform())?);
        }
        let Self { connection, layouts, scratch, state, .. } = self;
        let (content, sections) = told(&planned);
        let told = connection.filled(&content, BufferUsages::UNIFORM | BufferUsages::COPY_DST)?;
        let made_bytes = planned.iter().map(Planned::made_bytes).max().unwrap_or(0);
        let made = grown(&mut scratch.made, connection, "columns", made_bytes)?;
        let rows = match planned.iter().map(Planned::rows_bytes).max() {
            None | Some(0) => None,
            Some(size) => Some(grown(&mut scratch.rows, connection, "rows", size)?),
        };
        let class_weights = match &scratch.class_weights {
            Some(class_weights) => Some(class_weights.clone()),
            None => weighing
                .class_weight_words()
                .map(|words| connection.filled(bytemuck::cast_slice(&words), BufferUsages::STORAGE))
                .transpose()?,
        };
        scratch.class_weights.clone_from(&class_weights);
        let part = |buffer, (offset, size): (u64, u64)| {
            let size = BufferSize::new(size);
            BindingResource::Buffer(BufferBinding { buffer, offset, size })
        };
        let mut work = Vec::new();
        for (planned, (conform, passes)) in planned.into_iter().zip(sections) {
            let (shape, begin) = (planned.shape(), planned.offsets());
            let Planned { form, places, .. } = planned;
            let columns = places.map(|place| match place {
                Place::There(window) => window.resource_at(0),
                Place::Made(first, words) => {
                    part(&made, (4 * first, (4 * words).next_multiple_of(VECTOR_BYTES)))
                }
                Place::None => part(&made, (0, VECTOR_BYTES)),
            });
            let conform = match (planned.conform, conform, &self.conform) {
                (Some((parameters, windows)), Some(section), Some(pipeline)) => {
                    let [prediction, truth, weight, mask, lengths] = windows;
                    // What is not there is not read.
                    let or_any = |window: Option<Window<'a>>| match window.or(prediction) {
                        Some(window) => window.resource(),
                        None => made.as_entire_binding(),
                    };
                    let table = class_weights.as_ref().map(Buffer::as_entire_binding);
                    let resources = [
                        or_any(prediction),
                        or_any(truth),
                        or_any(weight),
                        or_any(mask),
                        or_any(lengths),
                        table.unwrap_or_else(|| or_any(None)),
                        made.as_entire_binding(),
                        state.as_entire_binding(),
                        part(&told, section),
                    ];
                    let words = parameters.samples.max(parameters.prediction_words);
                    let groups = words.max(parameters.truth_words).div_ceil(CONFORM_GROUP);
                    Some(Conform {
                        pipeline: pipeline.clone(),
                        bindings: bind(connection, &layouts.conform.0, resources)?,
                        groups: groups.min(MOST_GROUPS as u32),
                    })
                }
                _ => None,
            };
            let rows = rows.as_ref().filter(|_| form.rows);
            let passes = part(&told, passes);
            let bindings = Bindings::new(connection, layouts, columns, state, passes, rows)?;
            work.push(Work { shape, conform, bindings: bindings.at(begin) });
        }
        Ok(Made { work, offsets, told, content })
    }
}

/// Where a kernel's parameters stand in what all are told, and their bytes.
type Section = (u64, u64);

/// What the kernels of planned work are told, one section after the other: of the kernel that
/// conforms, if there is work for it, and of the passes.
fn told(planned: &[Planned<'_>]) -> (Vec<u8>, Vec<(Option<Section>, Section)>) {
    let mut bytes = Vec::<u8>::new();
    let mut section = |content: &[u8]| {
        let start = (bytes.len() as u64).next_multiple_of(ALIGNMENT_BYTES);
        bytes.resize(start as usize, 0);
        bytes.extend_from_slice(content);
        (start, content.len() as u64)
    };
    let sections = planned.iter().map(|planned| {
        let conform = planned.conform.as_ref();
        let conform = conform.map(|(told, _)| section(bytemuck::bytes_of(told)));
        (conform, section(bytemuck::cast_slice(&planned.parameters)))
    });
    let sections = sections.collect();
    (bytes, sections)
}

impl Planned<'_> {
    fn shape(&self) -> Shape {
        let windows = self.conform.as_ref().map(|(_, windows)| {
            windows.map(|window| window.map(|window| (window.start, window.end)))
        });
        let places = self.places.map(|place| match place {
            Place::There(window) => PlaceShape::There(window.size()),
            Place::Made(first, words) => PlaceShape::Made(first, words),
            Place::None => PlaceShape::None,
        });
        Shape { form: self.form, samples: self.samples, windows, places }
    }

    /// Where columns begin in what is bound of them.
    fn offsets(&self) -> [u32; 3] {
        self.places.map(|place| match place {
            Place::There(window) => window.start as u32,
            Place::Made(..) | Place::None => 0,
        })
    }

    /// Bytes of the columns that are made.
    fn made_bytes(&self) -> u64 {
        let end = |place: &Place<'_>| match place {
            Place::Made(first, words) => (4 * (first + words)).next_multiple_of(VECTOR_BYTES),
            Place::There(_) | Place::None => 0,
        };
        self.places.iter().map(end).max().unwrap_or(0)
    }

    /// Bytes of the rows that are reduced.
    fn rows_bytes(&self) -> u64 {
        if self.form.rows { 4 * u64::from(ROW_WORDS) * self.samples as u64 } else { 0 }
    }

    /// Whether its columns are no larger than the device binds, and than memory is kept for.
    fn fits(&self, limit: u64) -> bool {
        let windows = self.conform.iter().flat_map(|(_, windows)| windows.iter().flatten());
        let there = self.places.iter().filter_map(|place| match place {
            Place::There(window) => Some(window),
            Place::Made(..) | Place::None => None,
        });
        let bindable = windows.chain(there).all(|window| window.size() <= limit);
        let made = self.places.iter().map(|place| match place {
            Place::Made(_, words) => *words as usize,
            Place::There(_) | Place::None => 0,
        });
        let small = self.samples == 1
            || made.max().unwrap_or(0) <= MOST_CONFORMED
                && (!self.form.rows || self.samples <= MOST_CONFORMED);
        bindable && small && self.rows_bytes() <= limit && self.made_bytes() <= limit
    }
}
