//! Columns in buffers, and batches of them.

use super::dtype::Dtype;
use super::inputs::Inputs;
use super::schema::Shape;
use super::truth_encoding::TruthEncoding;
use crate::error::{Error, Input, UpdateError};
use crate::statistic::{Plan, Schema};
use wgpu::{Buffer, BufferSlice, BufferUsages};

/// Elements of a buffer on the evaluator's device: contiguous, or in rows with a stride.
///
/// The slice may begin at any multiple of the element size. The buffer needs the usage `STORAGE`
/// and, for a [checked](crate::EvaluatorBuilder::checked) evaluator, `COPY_SRC`. The evaluator
/// reads the contents that the buffer has when the evaluator's work is executed on the queue; later
/// writes have no effect.
///
/// # Example
///
/// ```
/// use weighbridge::wgpu::{self, util::DeviceExt};
/// use weighbridge::{Batch, BufferColumn, Device, Dtype, Evaluator, Task};
/// # if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") { return Ok(()) }
///
/// // A training loop's own device.
/// let instance = wgpu::Instance::default();
/// let adapter = pollster::block_on(instance.request_adapter(&Default::default()))?;
/// let (device, queue) = pollster::block_on(adapter.request_device(&Default::default()))?;
/// let buffer = |contents: &[u8]| {
///     device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
///         label: None,
///         contents,
///         usage: wgpu::BufferUsages::STORAGE,
///     })
/// };
/// // Rows of four elements, of which the last is padding.
/// let logits = [2.0_f32, 0.5, -1.0, 0.0, 0.0, 0.1, 0.2, 0.0];
/// let (logits, labels) = (buffer(bytemuck::cast_slice(&logits)), buffer(&[0, 2, 0, 0]));
///
/// let mut evaluator = Evaluator::builder(Task::Multiclass)
///     .classes(3)
///     .metric("accuracy")
///     .device(Device::shared(device.clone(), queue.clone()))
///     .build()?;
/// let prediction = BufferColumn::new(Dtype::F32, logits.slice(..)).rows(3, 4);
/// let truth = BufferColumn::new(Dtype::U8, labels.slice(..2));
/// evaluator.update(&Batch::new(prediction, truth))?;
/// assert_eq!(evaluator.result()?.weighted("accuracy")?, 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BufferColumn<'a> {
    pub(crate) buffer: &'a Buffer,
    pub(crate) dtype: Dtype,
    /// Where the slice begins.
    offset_bytes: u64,
    size_bytes: u64,
    /// Elements of a row, and from one row to the next.
    pub(crate) row: [usize; 2],
}

impl<'a> BufferColumn<'a> {
    /// All elements of a slice.
    pub fn new(dtype: Dtype, slice: BufferSlice<'a>) -> Self {
        Self {
            buffer: slice.buffer(),
            dtype,
            offset_bytes: slice.offset(),
            size_bytes: slice.size(),
            row: [1, 1],
        }
    }

    /// Rows of `width` elements, each of which begins `stride` elements after the one before it, to
    /// the end of the slice, which must not end within a row. Elements between rows are not read.
    pub fn rows(self, width: usize, stride: usize) -> Self {
        let is_dense = width == stride && width > 0;
        Self { row: if is_dense { [1, 1] } else { [width, stride] }, ..self }
    }

    /// Number of elements that are read.
    pub fn len(&self) -> usize {
        let elements = (self.size_bytes / self.dtype.size_bytes()) as usize;
        let [width, stride] = self.row;
        if width == stride {
            return elements;
        }
        let rows = elements.checked_sub(width).map_or(0, |rest| rest / stride.max(1) + 1);
        rows.saturating_mul(width)
    }

    /// Whether no elements are read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first element of the buffer.
    pub(crate) fn offset(&self) -> u64 {
        self.offset_bytes / self.dtype.size_bytes()
    }

    /// The bytes of the buffer that the slice has.
    pub(crate) fn bytes(&self) -> std::ops::Range<u64> {
        self.offset_bytes..self.offset_bytes + self.size_bytes
    }

    /// Fails if it cannot be read.
    fn check(&self, input: Input, checked: bool) -> Result<(), Error> {
        let invalid = |reason: String| Err(UpdateError::InvalidBuffer { input, reason }.into());
        let (dtype, element) = (self.dtype.name(), self.dtype.size_bytes());
        let needed = [
            (BufferUsages::STORAGE, true, "STORAGE"),
            (BufferUsages::COPY_SRC, checked, "COPY_SRC, to be checked"),
        ];
        for (usage, is_needed, name) in needed {
            if is_needed && !self.buffer.usage().contains(usage) {
                return invalid(format!("it lacks the usage {name}"));
            }
        }
        let [width, stride] = self.row;
        if width == 0 || stride < width {
            return invalid(format!(
                "rows of {width} elements, {stride} from one to the next: there must be at least \
                 one, and rows must not overlap"
            ));
        }
        let elements = (self.size_bytes / element) as usize;
        // Where a row would begin, or some of it is missing.
        let after_rows = elements % stride;
        if 0 < after_rows && after_rows < width {
            return invalid(format!(
                "the slice has {elements} elements, and ends within a row of {width}, {stride} from \
                 one to the next: it must end after one"
            ));
        }
        if !self.offset_bytes.is_multiple_of(element) {
            let offset = self.offset_bytes;
            return invalid(format!(
                "the slice begins at byte {offset}: {dtype} elements have {element} bytes, so it \
                 must begin at a multiple of that"
            ));
        }
        if !self.size_bytes.is_multiple_of(element) {
            let size = self.size_bytes;
            return invalid(format!(
                "the slice has {size} bytes: {dtype} elements have {element}, so it must have a \
                 multiple of that"
            ));
        }
        // Words are read.
        let (end, size) = (self.offset_bytes + self.size_bytes, self.buffer.size());
        if end.next_multiple_of(4) > size {
            return invalid(format!(
                "it has {size} bytes, and the slice ends at {end}: the buffer must have a multiple \
                 of 4 bytes"
            ));
        }
        Ok(())
    }
}

/// A batch on the device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BufferBatch<'a> {
    pub inputs: Inputs<BufferColumn<'a>>,
    /// Samples of a sequence.
    pub sequence_length: usize,
    pub truth_encoding: TruthEncoding,
}

impl<'a> BufferBatch<'a> {
    /// The truths; where there are none, the predictions.
    pub fn truth(&self) -> BufferColumn<'a> {
        *self.inputs.truth_or_prediction()
    }

    /// The schema of the columns: fails if their lengths or types are wrong, or if they cannot be
    /// read.
    pub fn schema(&self, plan: &Plan, checked: bool) -> Result<Schema, Error> {
        self.inputs.iter().try_for_each(|(input, column)| column.check(input, checked))?;
        let shape = Shape {
            elements: self.inputs.map(|_, column| column.len()),
            sequence_length: self.sequence_length,
            truth_encoding: self.truth_encoding,
        };
        let schema = shape.schema(plan)?;
        // Without elements, lengths do not show whether predictions are scores or classes.
        self.inputs
            .iter()
            .filter(|(_, column)| !column.is_empty())
            .try_for_each(|(input, column)| check_type(schema, input, column.dtype))?;
        Ok(schema)
    }

    /// Number of samples of a batch of this schema, with `outputs` outputs.
    pub fn samples(&self, schema: Schema, outputs: usize) -> usize {
        self.truth().len()
            / if self.truth_encoding.are_rows() { schema.classes as usize } else { outputs }
    }
}

fn check_type(schema: Schema, input: Input, dtype: Dtype) -> Result<(), Error> {
    let labels = match input {
        Input::Prediction => schema.prediction_classes().is_some(),
        Input::Truth => schema.truth_classes().is_some(),
        Input::Weight => false,
        Input::Mask | Input::Lengths => true,
    };
    let expected = match (input, dtype) {
        (Input::Lengths, Dtype::Bool) => Some("lengths must be whole numbers: u32, i32 or u8"),
        (Input::Mask | Input::Lengths, dtype) if !dtype.is_float() => None,
        (Input::Mask, _) => Some("a mask must be bool, u8, u32 or i32 (fractions are weights)"),
        (Input::Lengths, _) => Some("lengths must be whole numbers: u32, i32 or u8"),
        (_, Dtype::F16 | Dtype::Bf16) if labels => {
            Some("labels must be u32, i32, u8, bool or f32 (16 bits hold too few whole numbers)")
        }
        _ if labels || dtype.is_float() => None,
        _ => Some("in buffers, numbers must be f32, f16 or bf16"),
    };
    match expected {
        None => Ok(()),
        Some(expected) => {
            let (task, dtype) = (schema.task, dtype.name());
            Err(Error::Update(UpdateError::WrongType { input, dtype, task, expected }))
        }
    }
}
