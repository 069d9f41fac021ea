//! Plans the work over a batch in buffers: its chunks, the locations of their columns, and their
//! parameters.

use super::context::Context;
use super::window::{SampleColumn, Window};
use crate::batch::{BufferBatch, BufferColumn, ClassWeighting, Dtype, Inputs, TruthEncoding};
use crate::error::{Error, Input, UpdateError};
use crate::gpu::dispatch::bindings::ALIGNMENT_BYTES;
use crate::gpu::dispatch::staging::SLOT_ELEMENTS;
use crate::gpu::layout::convert::{
    HAS_CLASS_WEIGHTS, HAS_IGNORED, HAS_LENGTHS, HAS_MASK, HAS_WEIGHT, MAKES_PREDICTION,
    MAKES_TRUTH, MAKES_WEIGHT, NEEDS_PROBABILITIES, ONE_HOT, PREDICTION_IS_CLASS, Parameters, SOFT,
    TRUTH_IS_CLASS, WHOLE,
};
use crate::gpu::layout::{IS_CONVERTED, MAY_BE_MASKED};
use crate::kernel::bits::{flushed, ordered};
use crate::kernel::row::ROW_WORDS;
use crate::statistic::{FamilyKind, Schema, View};
use std::ops::Range;

/// The largest number of samples of a chunk: of numbers that are read in place, and of others.
const MAX_SAMPLES: usize = 1 << 24;
const MAX_CONVERTED: usize = SLOT_ELEMENTS;

/// A row with more elements is too long for a thread.
const LONG_ROW: u32 = 512;

/// Chunks have a multiple of this number of samples, if they have more, so that the next chunk
/// starts at an offset that can be bound.
const SAMPLES_ALIGNMENT: usize = 64;

/// Bytes of the vectors in which the passes read columns.
pub(super) const VECTOR_BYTES: u64 = 16;

/// The properties of a batch, besides its buffers, that the bind groups of its work depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    pub schema: Schema,
    pub samples: usize,
    /// The byte ranges that the conversion kernel binds.
    windows: Option<Inputs<(u64, u64)>>,
    columns: [ColumnShape; 3],
}

/// A column without its offset in the buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum ColumnShape {
    InPlace(u64),
    Converted(u64, u64),
    Absent,
}

/// Where the kernels find a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum ColumnSource<'a> {
    /// In the caller's buffer.
    InPlace(Window<'a>),
    /// Among the converted columns: the first word, and the number of words.
    Converted(u64, u64),
    /// The column is not read.
    Absent,
}

/// Work that is planned, but not prepared.
#[derive(Debug)]
pub(super) struct WorkPlan<'a> {
    pub schema: Schema,
    samples: usize,
    /// The parameters and inputs of the conversion kernel.
    pub convert: Option<(Parameters, Inputs<Window<'a>>)>,
    /// Whether a workgroup converts a sample, because its row of truths or outputs is long.
    pub has_long_rows: bool,
    pub columns: [ColumnSource<'a>; 3],
    parameters: Vec<u32>,
}

/// The inputs of a plan of the work over a batch.
#[derive(Clone, Copy)]
pub(super) struct Planner<'a> {
    pub context: &'a Context<'a>,
    pub batch: &'a BufferBatch<'a>,
    pub schema: Schema,
    pub class_weighting: &'a ClassWeighting,
}

impl<'a> Planner<'a> {
    /// Plans the work over the batch.
    pub fn plan(&self) -> Result<Vec<WorkPlan<'a>>, Error> {
        let plan = self.context.plan;
        let samples = self.batch.samples(self.schema, plan.outputs as usize);
        let mut planned = Vec::new();
        let mut start = 0;
        while start < samples {
            let (len, chunk) = self.next_chunk(start..samples)?;
            start += len;
            planned.extend(chunk);
        }
        Ok(planned)
    }

    /// The largest number of bytes that the device binds at once and whose elements can be indexed
    /// with 32 bits.
    fn limit(&self) -> u64 {
        let max_bytes = u64::from(u32::MAX) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
        self.context.connection.max_binding_bytes().min(max_bytes)
    }

    /// The number of samples of the next chunk, and the work over it for each view.
    fn next_chunk(&self, rest: Range<usize>) -> Result<(usize, Vec<WorkPlan<'a>>), Error> {
        let limit = self.limit();
        let mut len = rest.len().min(self.context.max_samples.unwrap_or(MAX_SAMPLES));
        loop {
            let range = rest.start..rest.start + len;
            let views = self.context.plan.views();
            let planned = views.map(|view| self.plan_chunk(view, &range));
            let planned = planned.collect::<Result<Vec<_>, _>>()?;
            if planned.iter().all(|planned| planned.fits(limit)) {
                return Ok((len, planned));
            }
            if len == 1 {
                let adapter = self.context.connection.name.clone();
                return Err(UpdateError::SampleTooLarge { adapter, limit }.into());
            }
            let half = len / 2;
            len = if half > SAMPLES_ALIGNMENT {
                half.next_multiple_of(SAMPLES_ALIGNMENT).min(len - 1)
            } else {
                half
            };
        }
    }

    /// The elements of each input that belong to a sample of this schema, of a view.
    fn sample_columns(&self, schema: Schema, view: View) -> Inputs<SampleColumn<'a>> {
        let Self { context: Context { plan, .. }, batch, .. } = *self;
        let outputs = plan.outputs as usize;
        let samples = batch.samples(schema, outputs);
        let one = |column, every| SampleColumn { column, step: 1, start: 0, reads: 1, every };
        let each = |column, reads: usize| {
            let step = if reads > 1 { reads } else { outputs };
            let is_output = view.kind == FamilyKind::Outputs;
            let start = if is_output && reads == 1 { view.output } else { 0 };
            SampleColumn { column, step, start, reads, every: 1 }
        };
        let whole = matches!(view.kind, FamilyKind::ExactMatch { .. });
        let of_prediction = if whole { outputs } else { schema.prediction_width() };
        let of_truth = match batch.truth_encoding {
            _ if whole => outputs,
            TruthEncoding::OneHot | TruthEncoding::Soft => schema.classes as usize,
            TruthEncoding::Labels => schema.truth_width(),
        };
        // One element per output, sample or sequence.
        let shared = |column: BufferColumn<'a>| match column.len() {
            len if len > samples => each(column, 1),
            len if len < samples => one(column, batch.sequence_length),
            _ => one(column, 1),
        };
        let mut columns = batch.inputs.map(|input, column| match input {
            Input::Prediction => each(column, of_prediction),
            Input::Truth => each(column, of_truth),
            Input::Weight | Input::Mask => shared(column),
            Input::Lengths => one(column, batch.sequence_length),
        });
        // Values without truths are also bound as truths.
        columns.truth = Some(each(batch.truth(), of_truth));
        columns
    }

    /// Plans the work over a range of samples of a view.
    fn plan_chunk(&self, view: View, range: &Range<usize>) -> Result<WorkPlan<'a>, Error> {
        let Self { context, batch, class_weighting, .. } = *self;
        let Context { connection, plan, layout, parameters: of_passes, .. } = *context;
        let schema = view.schema(plan, self.schema);
        let (samples, limit) = (range.len(), self.limit());
        let (threshold, probabilities) = match view.kind {
            FamilyKind::ExactMatch { threshold, probabilities } => (Some(threshold), probabilities),
            _ => (None, false),
        };
        let whole = threshold.is_some();
        let inputs = self.sample_columns(schema, view);
        let Inputs { weight: batch_weight, mask, lengths, .. } = batch.inputs;
        let truth_dtype = batch.truth().dtype;
        let ignored =
            class_weighting.ignored_word(truth_dtype, schema.classes, batch.truth_encoding);
        let masks = mask.is_some() || lengths.is_some() || ignored.is_some() || whole;
        let weighs = class_weighting.has_class_weights() && !whole;

        let alignment = connection.device.limits().min_storage_buffer_offset_alignment.into();
        let words = |input: Option<SampleColumn<'a>>, is_class: bool, vector_bytes| {
            let dtypes: &[Dtype] = if is_class { &[Dtype::U32, Dtype::I32] } else { &[Dtype::F32] };
            if whole { None } else { input?.words(range, vector_bytes, dtypes, alignment) }
        };
        let vector_bytes = if schema.rows { 4 } else { VECTOR_BYTES };
        let Inputs { prediction, truth, weight, .. } = inputs;
        let of_prediction =
            words(Some(prediction), schema.prediction_classes().is_some(), vector_bytes);
        let of_truth = match batch.truth_encoding {
            TruthEncoding::OneHot => None,
            TruthEncoding::Labels | TruthEncoding::Soft => {
                words(truth, schema.truth_classes().is_some(), vector_bytes)
            }
        };
        let of_weight = if masks || weighs { None } else { words(weight, false, VECTOR_BYTES) };

        let flag = |flag, set: bool| if set { flag } else { 0 };
        let mut flags =
            flag(MAKES_PREDICTION, of_prediction.is_none()) | flag(MAKES_TRUTH, of_truth.is_none());
        let has_weight = batch_weight.is_some() || masks || weighs;
        flags |= flag(MAKES_WEIGHT, has_weight && of_weight.is_none());
        let converts = flags != 0;
        flags |= flag(HAS_WEIGHT, batch_weight.is_some())
            | flag(HAS_MASK, mask.is_some())
            | flag(HAS_LENGTHS, lengths.is_some())
            | flag(HAS_IGNORED, ignored.is_some())
            | flag(HAS_CLASS_WEIGHTS, weighs)
            | flag(ONE_HOT, batch.truth_encoding == TruthEncoding::OneHot)
            | flag(SOFT, schema.soft)
            | flag(PREDICTION_IS_CLASS, schema.prediction_classes().is_some())
            | flag(TRUTH_IS_CLASS, schema.truth_classes().is_some())
            | flag(WHOLE, whole)
            | flag(NEEDS_PROBABILITIES, probabilities);

        // Elements of a sample that the conversion scans.
        let row = match batch.truth_encoding {
            _ if whole => plan.outputs,
            TruthEncoding::OneHot => schema.classes,
            TruthEncoding::Soft if ignored.is_some() || weighs => schema.classes,
            TruthEncoding::Soft | TruthEncoding::Labels => 0,
        };

        let mut converted = 0;
        let mut column = |in_place: Option<Window<'a>>, makes: u32, width: usize| match in_place {
            Some(window) => ColumnSource::InPlace(window),
            None if flags & makes == 0 => ColumnSource::Absent,
            None => {
                let words = (samples * width) as u64;
                let first = converted;
                converted = (converted + words).next_multiple_of(ALIGNMENT_BYTES / 4);
                ColumnSource::Converted(first, words)
            }
        };
        let (prediction_width, truth_width) =
            if whole { (1, 1) } else { (schema.prediction_width(), schema.truth_width()) };
        let columns = [
            column(of_prediction, MAKES_PREDICTION, prediction_width),
            column(of_truth, MAKES_TRUTH, truth_width),
            column(of_weight, MAKES_WEIGHT, 1),
        ];
        let first_word = |column: ColumnSource<'_>| match column {
            ColumnSource::Converted(first, _) => first as u32,
            ColumnSource::InPlace(_) | ColumnSource::Absent => 0,
        };
        let rows = |makes: u32, width: usize| {
            let words = if flags & makes != 0 && width > 1 { samples * width } else { 0 };
            words as u32
        };
        let base = layout.entry_of(plan, view.total)?;
        let windows = inputs.map(|_, input| input.window(range, limit));
        let of_inputs = windows.map(|_, (_, parameters)| parameters).into_array();
        let [prediction_at, truth_at, weight_at] = columns.map(first_word);
        let parameters = Parameters {
            samples: samples as u32,
            flags,
            base,
            classes: schema.classes,
            outputs: plan.outputs,
            steps: batch.sequence_length as u32,
            ignored: ignored.unwrap_or_default(),
            threshold: threshold.map_or(0, |threshold| ordered(flushed(threshold.bits()))),
            prediction_words: rows(MAKES_PREDICTION, prediction_width),
            truth_words: rows(MAKES_TRUTH, truth_width),
            prediction_at,
            truth_at,
            weight_at,
            unused: [0; 3],
            columns: of_inputs.map(Option::unwrap_or_default),
        };
        let windows = windows.map(|_, (window, _)| window);
        let mut of_passes = of_passes.to_vec();
        let of_pass = flag(MAY_BE_MASKED, has_weight && masks) | flag(IS_CONVERTED, converts);
        let fixed = [samples as u32, u32::from(has_weight), of_pass, base];
        of_passes[..fixed.len()].copy_from_slice(&fixed);
        Ok(WorkPlan {
            schema,
            samples,
            convert: converts.then_some((parameters, windows)),
            has_long_rows: row > LONG_ROW,
            columns,
            parameters: of_passes,
        })
    }
}

/// Offset and size in bytes of a kernel's parameters among the parameters of all kernels.
pub(super) type ByteRange = (u64, u64);

/// The parameters of all kernels of planned work, one section after the other: of the conversion
/// kernel, if it is needed, and of the passes.
pub(super) fn parameter_bytes(
    planned: &[WorkPlan<'_>],
) -> (Vec<u8>, Vec<(Option<ByteRange>, ByteRange)>) {
    let mut bytes = Vec::<u8>::new();
    let mut section = |content: &[u8]| {
        let start = (bytes.len() as u64).next_multiple_of(ALIGNMENT_BYTES);
        bytes.resize(start as usize, 0);
        bytes.extend_from_slice(content);
        (start, content.len() as u64)
    };
    let sections = planned.iter().map(|planned| {
        let convert = planned.convert.as_ref();
        let convert = convert.map(|(parameters, _)| section(bytemuck::bytes_of(parameters)));
        (convert, section(bytemuck::cast_slice(&planned.parameters)))
    });
    let sections = sections.collect();
    (bytes, sections)
}

impl WorkPlan<'_> {
    pub fn shape(&self) -> Shape {
        let windows = self.convert.as_ref();
        let windows =
            windows.map(|(_, windows)| windows.map(|_, window| (window.start, window.end)));
        let columns = self.columns.map(|column| match column {
            ColumnSource::InPlace(window) => ColumnShape::InPlace(window.size()),
            ColumnSource::Converted(first, words) => ColumnShape::Converted(first, words),
            ColumnSource::Absent => ColumnShape::Absent,
        });
        Shape { schema: self.schema, samples: self.samples, windows, columns }
    }

    /// The offsets of columns in their bindings.
    pub fn offsets(&self) -> [u32; 3] {
        self.columns.map(|column| match column {
            ColumnSource::InPlace(window) => window.start as u32,
            ColumnSource::Converted(..) | ColumnSource::Absent => 0,
        })
    }

    /// Bytes of the converted columns.
    pub fn converted_bytes(&self) -> u64 {
        let end = |column: &ColumnSource<'_>| match column {
            ColumnSource::Converted(first, words) => {
                (4 * (first + words)).next_multiple_of(VECTOR_BYTES)
            }
            ColumnSource::InPlace(_) | ColumnSource::Absent => 0,
        };
        self.columns.iter().map(end).max().unwrap_or(0)
    }

    /// Bytes of the reduced rows.
    pub fn rows_bytes(&self) -> u64 {
        if self.schema.rows { 4 * u64::from(ROW_WORDS) * self.samples as u64 } else { 0 }
    }

    /// Whether its columns are within the device's binding size and the limit of retained memory.
    fn fits(&self, limit: u64) -> bool {
        let windows = self.convert.iter().flat_map(|(_, windows)| windows.iter());
        let windows = windows.map(|(_, window)| window);
        let in_place = self.columns.iter().filter_map(|column| match column {
            ColumnSource::InPlace(window) => Some(window),
            ColumnSource::Converted(..) | ColumnSource::Absent => None,
        });
        let bindable = windows.chain(in_place).all(|window| window.size() <= limit);
        let converted = self.columns.iter().map(|column| match column {
            ColumnSource::Converted(_, words) => *words as usize,
            ColumnSource::InPlace(_) | ColumnSource::Absent => 0,
        });
        let small = self.samples == 1
            || converted.max().unwrap_or(0) <= MAX_CONVERTED
                && (!self.schema.rows || self.samples <= MAX_CONVERTED);
        bindable && small && self.rows_bytes() <= limit && self.converted_bytes() <= limit
    }
}
