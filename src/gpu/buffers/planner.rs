//! Which work a batch in buffers takes: its pieces, where the kernels find their columns, and what they
//! are told.

use super::parameters::{
    HAS_CLASS_WEIGHTS, HAS_IGNORED, HAS_LENGTHS, HAS_MASK, HAS_WEIGHT, INPUTS, MAKES_PREDICTION,
    MAKES_TRUTH, MAKES_WEIGHT, ONE_HOT, PREDICTION_IS_CLASS, Parameters, SOFT, TRUTH_IS_CLASS,
    WHOLE,
};
use super::window::{Input, Window};
use crate::batch::{BufferBatch, BufferColumn, ClassWeighting, Dtype, TruthEncoding};
use crate::error::{BufferError, Error};
use crate::gpu::dispatch::bindings::ALIGNMENT_BYTES;
use crate::gpu::dispatch::staging::SLOT_ELEMENTS;
use crate::gpu::engine::Engine;
use crate::kernel::bits::{flushed, ordered};
use crate::kernel::row::ROW_WORDS;
use crate::statistic::{FamilyKind, Schema, View};
use std::ops::Range;

/// Most samples of a piece: of numbers that are read where they are, and of others.
const MAX_SAMPLES: usize = 1 << 24;
const MAX_CONVERTED: usize = SLOT_ELEMENTS;

/// Pieces have multiples of so many samples, where they have as many: so the next one, too, begins
/// where a binding can.
const SAMPLES_ALIGNMENT: usize = 64;

/// Bytes of a vector that the passes read columns in.
pub(super) const VECTOR_BYTES: u64 = 16;

/// What the bind groups of work depend on, besides the buffers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    pub schema: Schema,
    pub samples: usize,
    /// The bytes that the kernel that conforms binds.
    windows: Option<[Option<(u64, u64)>; INPUTS]>,
    places: [PlaceShape; 3],
}

/// A place, wherever in a buffer it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PlaceShape {
    There(u64),
    PreparedBatch(u64, u64),
    None,
}

/// Where the kernels find a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// In the caller's buffer.
    There(Window<'a>),
    /// Among the columns that are made: the first word, and how many.
    PreparedBatch(u64, u64),
    /// Nowhere: it is not read.
    None,
}

/// Work that is planned, but for which nothing has been made.
#[derive(Debug)]
pub(super) struct WorkPlan<'a> {
    pub schema: Schema,
    samples: usize,
    /// The parameters of the kernel that conforms, and what it reads.
    pub convert: Option<(Parameters, [Option<Window<'a>>; INPUTS])>,
    pub places: [Place<'a>; 3],
    parameters: Vec<u32>,
}

impl Engine {
    /// Plans the work over a batch.
    pub(super) fn plan_batch<'a>(
        &self,
        batch: &BufferBatch<'a>,
        schema: Schema,
        class_weighting: &ClassWeighting,
    ) -> Result<Vec<WorkPlan<'a>>, Error> {
        let samples = batch.samples(schema, self.plan.outputs as usize);
        let mut planned = Vec::new();
        let mut start = 0;
        while start < samples {
            let range = self.chunk(batch, schema, class_weighting, start..samples)?;
            start = range.end;
            for view in self.plan.views() {
                planned.push(self.planned(batch, schema, class_weighting, view, &range));
            }
        }
        Ok(planned)
    }

    /// The most bytes that the device binds at once, and whose elements can be counted with 32 bits.
    fn limit(&self) -> u64 {
        let limits = self.connection.device.limits();
        let most = u64::from(u32::MAX) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
        limits.max_storage_buffer_binding_size.min(limits.max_buffer_size).min(most)
    }

    /// The samples of the next piece.
    fn chunk(
        &self,
        batch: &BufferBatch<'_>,
        schema: Schema,
        class_weighting: &ClassWeighting,
        rest: Range<usize>,
    ) -> Result<Range<usize>, Error> {
        let limit = self.limit();
        let most = self.stored.as_ref().map_or(MAX_SAMPLES, |stored| stored.most_samples());
        let mut len = rest.len().min(most);
        loop {
            let range = rest.start..rest.start + len;
            let views = self.plan.views();
            let mut planned =
                views.map(|view| self.planned(batch, schema, class_weighting, view, &range));
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

    /// Which elements of prediction, truth, weight, mask and lengths are those of a sample of a view, whose
    /// samples have this form.
    fn inputs<'a>(
        &self,
        batch: &BufferBatch<'a>,
        schema: Schema,
        view: View,
    ) -> [Option<Input<'a>>; INPUTS] {
        let outputs = self.plan.outputs as usize;
        let samples = batch.samples(schema, outputs);
        let one = |column, every| Input { column, step: 1, start: 0, reads: 1, every };
        let each = |column, reads: usize| {
            let step = if reads > 1 { reads } else { outputs };
            let is_output = view.kind == FamilyKind::Outputs;
            let start = if is_output && reads == 1 { view.output } else { 0 };
            Input { column, step, start, reads, every: 1 }
        };
        let whole = matches!(view.kind, FamilyKind::ExactMatch { .. });
        let of_prediction = if whole { outputs } else { schema.prediction_width() };
        let of_truth = match () {
            () if whole => outputs,
            () if batch.truth_encoding.are_rows() => schema.classes as usize,
            () => schema.truth_width(),
        };
        // One for each output, sample or sequence.
        let shared = |column: BufferColumn<'a>| match column.len() {
            len if len > samples => each(column, 1),
            len if len < samples => one(column, batch.steps),
            _ => one(column, 1),
        };
        [
            Some(each(batch.prediction, of_prediction)),
            Some(each(batch.truth, of_truth)),
            batch.weight.map(shared),
            batch.mask.map(shared),
            batch.lengths.map(|lengths| one(lengths, batch.steps)),
        ]
    }

    /// Plans the work over some samples of a view.
    fn planned<'a>(
        &self,
        batch: &BufferBatch<'a>,
        schema: Schema,
        class_weighting: &ClassWeighting,
        view: View,
        range: &Range<usize>,
    ) -> WorkPlan<'a> {
        let schema = view.schema(&self.plan, schema);
        let (samples, limit) = (range.len(), self.limit());
        let threshold = match view.kind {
            FamilyKind::ExactMatch { threshold } => Some(threshold),
            _ => None,
        };
        let whole = threshold.is_some();
        let inputs = self.inputs(batch, schema, view);
        let ignored =
            class_weighting.ignored_word(batch.truth.dtype, schema.classes, batch.truth_encoding);
        let masks = batch.mask.is_some() || batch.lengths.is_some() || ignored.is_some() || whole;
        let weighs = class_weighting.has_class_weights() && !whole;

        let alignment = self.connection.device.limits().min_storage_buffer_offset_alignment.into();
        let words = |input: Option<Input<'a>>, is_class: bool, vector_bytes| {
            let dtypes: &[Dtype] = if is_class { &[Dtype::U32, Dtype::I32] } else { &[Dtype::F32] };
            input?.words(range, vector_bytes, dtypes, alignment).filter(|_| !whole)
        };
        let vector_bytes = if schema.rows { 4 } else { VECTOR_BYTES };
        let [prediction, truth, weight, ..] = inputs;
        let of_prediction = words(prediction, schema.prediction_classes().is_some(), vector_bytes);
        let of_truth = words(truth, schema.truth_classes().is_some(), vector_bytes)
            .filter(|_| batch.truth_encoding != TruthEncoding::OneHot);
        let of_weight = words(weight, false, VECTOR_BYTES).filter(|_| !masks && !weighs);

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
            | flag(ONE_HOT, batch.truth_encoding == TruthEncoding::OneHot)
            | flag(SOFT, schema.soft)
            | flag(PREDICTION_IS_CLASS, schema.prediction_classes().is_some())
            | flag(TRUTH_IS_CLASS, schema.truth_classes().is_some())
            | flag(WHOLE, whole);

        let mut made = 0;
        let mut place = |there: Option<Window<'a>>, makes: u32, width: usize| match there {
            Some(window) => Place::There(window),
            None if flags & makes == 0 => Place::None,
            None => {
                let words = (samples * width) as u64;
                let first = made;
                made = (made + words).next_multiple_of(ALIGNMENT_BYTES / 4);
                Place::PreparedBatch(first, words)
            }
        };
        let (prediction_width, truth_width) =
            if whole { (1, 1) } else { (schema.prediction_width(), schema.truth_width()) };
        let places = [
            place(of_prediction, MAKES_PREDICTION, prediction_width),
            place(of_truth, MAKES_TRUTH, truth_width),
            place(of_weight, MAKES_WEIGHT, 1),
        ];
        let first_word = |place: Place<'_>| match place {
            Place::PreparedBatch(first, _) => first as u32,
            Place::There(_) | Place::None => 0,
        };
        let rows = |makes: u32, width: usize| {
            let words = if flags & makes != 0 && width > 1 { samples * width } else { 0 };
            words as u32
        };
        let base = self.layout.entry_of(&self.plan, view.total);
        let windows = inputs.map(|input| input.map(|input| input.window(range, limit)));
        let columns = windows
            .map(|window| window.map_or_else(Default::default, |(_, configured)| configured));
        let [prediction_at, truth_at, weight_at] = places.map(first_word);
        let parameters = Parameters {
            samples: samples as u32,
            flags,
            base,
            classes: schema.classes,
            outputs: self.plan.outputs,
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
        WorkPlan {
            schema,
            samples,
            convert: conforms.then_some((parameters, windows)),
            places,
            parameters: of_passes,
        }
    }
}

/// Where a kernel's parameters stand in what all are told, and their bytes.
pub(super) type ByteRange = (u64, u64);

/// What the kernels of planned work are told, one section after the other: of the kernel that
/// conforms, if there is work for it, and of the passes.
pub(super) fn configured(
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
        let convert = convert.map(|(configured, _)| section(bytemuck::bytes_of(configured)));
        (convert, section(bytemuck::cast_slice(&planned.parameters)))
    });
    let sections = sections.collect();
    (bytes, sections)
}

impl WorkPlan<'_> {
    pub fn shape(&self) -> Shape {
        let windows = self.convert.as_ref().map(|(_, windows)| {
            windows.map(|window| window.map(|window| (window.start, window.end)))
        });
        let places = self.places.map(|place| match place {
            Place::There(window) => PlaceShape::There(window.size()),
            Place::PreparedBatch(first, words) => PlaceShape::PreparedBatch(first, words),
            Place::None => PlaceShape::None,
        });
        Shape { schema: self.schema, samples: self.samples, windows, places }
    }

    /// Where columns begin in what is bound of them.
    pub fn offsets(&self) -> [u32; 3] {
        self.places.map(|place| match place {
            Place::There(window) => window.start as u32,
            Place::PreparedBatch(..) | Place::None => 0,
        })
    }

    /// Bytes of the columns that are made.
    pub fn made_bytes(&self) -> u64 {
        let end = |place: &Place<'_>| match place {
            Place::PreparedBatch(first, words) => {
                (4 * (first + words)).next_multiple_of(VECTOR_BYTES)
            }
            Place::There(_) | Place::None => 0,
        };
        self.places.iter().map(end).max().unwrap_or(0)
    }

    /// Bytes of the rows that are reduced.
    pub fn rows_bytes(&self) -> u64 {
        if self.schema.rows { 4 * u64::from(ROW_WORDS) * self.samples as u64 } else { 0 }
    }

    /// Whether its columns are no larger than the device binds, and than memory is kept for.
    fn fits(&self, limit: u64) -> bool {
        let windows = self.convert.iter().flat_map(|(_, windows)| windows.iter().flatten());
        let there = self.places.iter().filter_map(|place| match place {
            Place::There(window) => Some(window),
            Place::PreparedBatch(..) | Place::None => None,
        });
        let bindable = windows.chain(there).all(|window| window.size() <= limit);
        let made = self.places.iter().map(|place| match place {
            Place::PreparedBatch(_, words) => *words as usize,
            Place::There(_) | Place::None => 0,
        });
        let small = self.samples == 1
            || made.max().unwrap_or(0) <= MAX_CONVERTED
                && (!self.schema.rows || self.samples <= MAX_CONVERTED);
        bindable && small && self.rows_bytes() <= limit && self.made_bytes() <= limit
    }
}
