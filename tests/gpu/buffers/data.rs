//! Elements of any type, in a device buffer and on the host.

use super::shared::Shared;
use half::{bf16, f16};
use std::fmt;
use weighbridge::batch::FaultPolicy;
use weighbridge::batch::{Mask, Source};
use weighbridge::wgpu::util::{BufferInitDescriptor, DeviceExt};
use weighbridge::wgpu::{Buffer, BufferUsages};
use weighbridge::{Batch, BufferColumn, Column, Dtype};

/// Elements, as bits.
#[derive(Clone)]
pub struct Data {
    pub dtype: Dtype,
    pub bits: Vec<u32>,
}

/// The same elements on the host.
#[derive(Debug)]
pub enum Host {
    F32(Vec<f32>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U8(Vec<u8>),
    Bool(Vec<bool>),
}

impl Host {
    pub fn column(&self) -> Column<'_> {
        match self {
            Self::F32(numbers) => numbers.into(),
            Self::U32(numbers) => numbers.into(),
            Self::I32(numbers) => numbers.into(),
            Self::U8(numbers) => numbers.into(),
            Self::Bool(numbers) => numbers.into(),
        }
    }
}

/// The position of elements in a buffer.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Number of elements before the first.
    pub offset: usize,
    /// Elements per row, and the gap between rows.
    pub row: usize,
    pub gap: usize,
}

impl Place {
    pub const DENSE: Self = Self { offset: 0, row: 1, gap: 0 };
}

/// A buffer with elements in it.
#[derive(Debug)]
pub struct Uploaded {
    buffer: Buffer,
    dtype: Dtype,
    place: Place,
    end: u64,
}

impl Uploaded {
    pub fn column(&self) -> BufferColumn<'_> {
        let Place { offset, row, gap } = self.place;
        let start = offset as u64 * self.dtype.size_bytes();
        let column = BufferColumn::new(self.dtype, self.buffer.slice(start..self.end));
        if gap == 0 { column } else { column.rows(row, row + gap) }
    }

    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = &self.bits[..self.bits.len().min(8)];
        write!(f, "{} × {}: {first:#x?}...", self.bits.len(), self.dtype.name())
    }
}

impl Data {
    pub fn new(dtype: Dtype, bits: Vec<u32>) -> Self {
        Self { dtype, bits }
    }

    /// Whole numbers of any type.
    pub fn whole(dtype: Dtype, numbers: &[i64]) -> Self {
        let bits = |&number: &i64| match dtype {
            Dtype::F32 => (number as f32).to_bits(),
            Dtype::Bool => u32::from(number != 0),
            Dtype::U8 => (number & 0xff) as u32,
            _ => number as u32,
        };
        Self::new(dtype, numbers.iter().map(bits).collect())
    }

    pub fn host(&self) -> Host {
        let bits = self.bits.iter().copied();
        match self.dtype {
            Dtype::F32 => Host::F32(bits.map(f32::from_bits).collect()),
            Dtype::F16 => {
                Host::F32(bits.map(|bits| f16::from_bits(bits as u16).to_f32()).collect())
            }
            Dtype::Bf16 => {
                Host::F32(bits.map(|bits| bf16::from_bits(bits as u16).to_f32()).collect())
            }
            Dtype::U32 => Host::U32(bits.collect()),
            Dtype::I32 => Host::I32(bits.map(|bits| bits as i32).collect()),
            Dtype::U8 => Host::U8(bits.map(|bits| bits as u8).collect()),
            Dtype::Bool => Host::Bool(bits.map(|bits| bits != 0).collect()),
            other => panic!("no elements of type {}", other.name()),
        }
    }

    /// A buffer with these elements, surrounded by poison.
    pub fn upload(&self, shared: &Shared, place: Place) -> Uploaded {
        let size = self.dtype.size_bytes() as usize;
        let mut bytes = vec![0xa5_u8; place.offset * size];
        for row in self.bits.chunks(place.row) {
            row.iter().for_each(|bits| bytes.extend(&bits.to_le_bytes()[..size]));
            bytes.resize(bytes.len() + place.gap * size, 0xa5);
        }
        let end = bytes.len() as u64;
        bytes.resize(bytes.len().next_multiple_of(4).max(4), 0xa5);
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let descriptor = BufferInitDescriptor { label: None, contents: &bytes, usage };
        let buffer = shared.device.create_buffer_init(&descriptor);
        Uploaded { buffer, dtype: self.dtype, place, end }
    }
}

/// The columns of a batch.
#[derive(Clone, Debug)]
pub struct Inputs {
    pub prediction: Data,
    pub truth: Option<Data>,
    pub weight: Option<Data>,
    pub mask: Option<Data>,
    pub lengths: Option<Data>,
    pub steps: usize,
    pub one_hot: bool,
    pub soft: bool,
}

impl Inputs {
    pub fn new(prediction: Data, truth: Option<Data>) -> Self {
        let (weight, mask, lengths) = (None, None, None);
        Self { prediction, truth, weight, mask, lengths, steps: 1, one_hot: false, soft: false }
    }

    pub fn with_weight(self, weight: Data) -> Self {
        Self { weight: Some(weight), ..self }
    }

    fn all(&self) -> [Option<&Data>; 5] {
        let Self { prediction, truth, weight, mask, lengths, .. } = self;
        [Some(prediction), truth.as_ref(), weight.as_ref(), mask.as_ref(), lengths.as_ref()]
    }

    pub fn host(&self) -> [Option<Host>; 5] {
        let mut all = self.all().map(|data| data.map(Data::host));
        if let (Some(mask), Some(data)) = (&mut all[3], &self.mask) {
            *mask = Host::Bool(data.bits.iter().map(|&bits| bits != 0).collect());
        }
        all
    }

    pub fn upload(&self, shared: &Shared, places: [Place; 5]) -> [Option<Uploaded>; 5] {
        let mut places = places.into_iter();
        self.all().map(|data| {
            let place = places.next().unwrap_or(Place::DENSE);
            data.map(|data| data.upload(shared, place))
        })
    }

    pub fn host_batch<'a>(&self, columns: &'a [Option<Host>; 5]) -> Batch<'a> {
        let mask = columns[3].as_ref().and_then(|mask| match mask {
            Host::Bool(mask) => Some(Mask::from(mask)),
            _ => None,
        });
        let sources = columns.each_ref().map(|host| host.as_ref().map(|host| host.column().into()));
        self.batch(sources, mask)
    }

    pub fn device_batch<'a>(&self, columns: &'a [Option<Uploaded>; 5]) -> Batch<'a> {
        let mask = columns[3].as_ref().map(|mask| Mask::from(mask.column()));
        let sources =
            columns.each_ref().map(|column| column.as_ref().map(|one| one.column().into()));
        self.batch(sources, mask)
    }

    fn batch<'a>(&self, sources: [Option<Source<'a>>; 5], mask: Option<Mask<'a>>) -> Batch<'a> {
        let [prediction, truth, weight, _, lengths] = sources;
        let prediction = prediction.expect("predictions");
        let mut batch = match truth {
            Some(truth) => Batch::new(prediction, truth),
            None => Batch::values(prediction),
        };
        if let Some(weight) = weight {
            batch = batch.weights(weight);
        }
        if let Some(mask) = mask {
            batch = batch.mask(mask);
        }
        if let Some(lengths) = lengths {
            batch = batch.lengths(lengths);
        }
        let batch = if self.one_hot { batch.one_hot() } else { batch };
        let batch = if self.soft { batch.soft() } else { batch };
        batch.sequence_length(self.steps).on_fault(FaultPolicy::Count)
    }
}
