//! Tensors as columns of buffers, held in place until the work that reads them is submitted.

use crate::error::Error;
use crate::layout::Rows;
use crate::tensor::AnyTensor;
use burn::backend::wgpu::{
    AutoCompiler, CubeBackend, CubeTensor, Wgpu, WgpuResource, into_contiguous,
};
use burn::backend::{BackendTensor, DispatchKindConversion, DispatchTensor};
use burn::cubecl::wgpu::WgpuServer;
use burn::tensor::{BoolStore, DType, Device};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use weighbridge::batch::{Inputs, TruthEncoding};
use weighbridge::error::Input;
use weighbridge::{Batch, BufferColumn, Dtype};

/// A batch of tensors whose elements stay in place while this lives: burn neither frees them nor
/// overwrites them. Submit the work that reads them before dropping this.
#[derive(Debug)]
#[must_use = "burn may overwrite the tensors once this is dropped"]
pub struct PinnedBatch {
    pub(crate) inputs: Inputs<PinnedTensor>,
    pub(crate) sequence_length: usize,
    pub(crate) truth_encoding: TruthEncoding,
}

impl PinnedBatch {
    /// The batch of buffers.
    pub fn batch(&self) -> Batch<'_> {
        let columns = self.inputs.as_ref().map(|_, tensor| tensor.column().into());
        Batch::from_inputs(columns)
            .sequence_length(self.sequence_length)
            .truth_encoding(self.truth_encoding)
    }
}

/// A tensor that stays in place. Both fields are needed: the tensor keeps burn from computing in
/// place, the resource keeps its memory from being reused.
pub(crate) struct PinnedTensor {
    _tensor: CubeTensor,
    _memory: Box<dyn Any + Send>,
    resource: WgpuResource,
    dtype: Dtype,
    rows: Rows,
}

impl PinnedTensor {
    /// The type of the elements. Fails if the tensor is on another device or its type is not
    /// supported.
    pub fn check(tensor: &AnyTensor, input: Input, device: &Device) -> Result<Dtype, Error> {
        if tensor.device != *device {
            let (found, expected) = (format!("{:?}", tensor.device), format!("{device:?}"));
            return Err(Error::OtherDevice { input, found, expected });
        }
        dtype(tensor.dtype(), input)
    }

    /// Submits the work that computes the tensor. The device must be a wgpu device.
    pub fn new(tensor: &AnyTensor, input: Input, device: &Device) -> Result<Self, Error> {
        let dtype = Self::check(tensor, input, device)?;
        let failed = |reason: String| Error::Tensor { input, reason: sentence(&reason) };
        // A tensor whose computation failed has no error to return: burn panics.
        catch_unwind(AssertUnwindSafe(|| Self::resolve(tensor.tensor.clone(), dtype)))
            .unwrap_or_else(|panic| Err(said(&*panic)))
            .map_err(failed)
    }

    fn resolve(tensor: DispatchTensor, dtype: Dtype) -> Result<Self, String> {
        let tensor = <DispatchTensor as DispatchKindConversion<Wgpu>>::try_into_backend(tensor)?;
        let tensor = unfused(tensor)?;
        let rows = |tensor: &CubeTensor| {
            let tiled = tensor.meta.is_tiled();
            Rows::of(tensor.meta.shape(), tensor.meta.strides()).filter(|_| !tiled)
        };
        let (tensor, rows) = match rows(&tensor) {
            Some(rows) => (tensor, rows),
            None => {
                let tensor = into_contiguous(tensor);
                let rows = rows(&tensor).ok_or("its elements could not be copied into rows")?;
                (tensor, rows)
            }
        };
        let memory = tensor
            .client
            .get_resource::<WgpuServer<AutoCompiler>>(tensor.handle.clone())
            .map_err(|error| error.to_string())?;
        let resource = memory.resource().clone();
        let needed = rows.span() as u64 * dtype.size_bytes();
        if needed > resource.size {
            let size = resource.size;
            return Err(format!("its elements need {needed} bytes, and its memory has {size}"));
        }
        Ok(Self { _tensor: tensor, _memory: Box::new(memory), resource, dtype, rows })
    }

    /// The elements.
    pub fn column(&self) -> BufferColumn<'_> {
        let Rows { rows, width, stride } = self.rows;
        let start = self.resource.offset;
        let end = start + self.rows.span() as u64 * self.dtype.size_bytes();
        let column = BufferColumn::new(self.dtype, self.resource.buffer.slice(start..end));
        if rows > 1 { column.rows(width, stride) } else { column }
    }
}

impl std::fmt::Debug for PinnedTensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PinnedTensor").field(&self.column()).finish()
    }
}

/// The tensor itself, once the operations that burn has deferred are done.
fn unfused(tensor: BackendTensor<Wgpu>) -> Result<CubeTensor, String> {
    Ok(match tensor {
        BackendTensor::Float(t) => t.client.clone().resolve_tensor_float::<CubeBackend>(t),
        BackendTensor::Int(t) => t.client.clone().resolve_tensor_int::<CubeBackend>(t),
        BackendTensor::Bool(t) => t.client.clone().resolve_tensor_bool::<CubeBackend>(t),
        other => return Err(format!("it is a tensor of kind {}", other.name())),
    })
}

/// weighbridge's equivalent of an element type of burn.
fn dtype(dtype: DType, input: Input) -> Result<Dtype, Error> {
    let advice = match dtype {
        DType::F32 => return Ok(Dtype::F32),
        DType::F16 => return Ok(Dtype::F16),
        DType::BF16 => return Ok(Dtype::Bf16),
        DType::I32 => return Ok(Dtype::I32),
        DType::U32 | DType::Bool(BoolStore::U32) => return Ok(Dtype::U32),
        DType::U8 => return Ok(Dtype::U8),
        DType::Bool(BoolStore::U8 | BoolStore::Native) => return Ok(Dtype::Bool),
        DType::QFloat(_) => "convert them to floats with Tensor::dequantize",
        dtype if dtype.is_float() => "cast them with Tensor::cast(FloatDType::F32)",
        _ => "cast them with Tensor::cast(IntDType::I32)",
    };
    Err(Error::Dtype { input, dtype, advice })
}

/// The message of a panic.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the operation that computes it failed").to_owned()
}

/// A message of burn in one line, without its backtrace.
fn sentence(text: &str) -> String {
    let lines = text.lines().map(str::trim).take_while(|line| !line.starts_with("Backtrace"));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
