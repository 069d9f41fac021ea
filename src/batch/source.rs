//! Where the elements of an input are: in a slice on the host, or in a buffer on the device.

#[cfg(feature = "gpu")]
use super::BufferColumn;
use super::Column;

/// One input of a batch.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Source<'a> {
    /// On the host.
    Slice(Column<'a>),
    /// On the evaluator's device.
    #[cfg(feature = "gpu")]
    Buffer(BufferColumn<'a>),
}

/// Which samples count: booleans on the host, or elements of type u8, u32, i32 or bool in a buffer
/// on the device, where 0 is false and everything else is true.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a>(pub(super) Source<'a>);

impl<'a> Source<'a> {
    /// The column, if it is a slice.
    pub(super) fn slice(self) -> Option<Column<'a>> {
        match self {
            Self::Slice(column) => Some(column),
            #[cfg(feature = "gpu")]
            Self::Buffer(_) => None,
        }
    }

    /// The column, if it is in a buffer.
    #[cfg(feature = "gpu")]
    pub(super) fn buffer(self) -> Option<BufferColumn<'a>> {
        match self {
            Self::Slice(_) => None,
            Self::Buffer(column) => Some(column),
        }
    }
}

impl<'a, C: Into<Column<'a>>> From<C> for Source<'a> {
    fn from(column: C) -> Self {
        Self::Slice(column.into())
    }
}

impl<'a, S: AsRef<[bool]> + ?Sized> From<&'a S> for Mask<'a> {
    fn from(mask: &'a S) -> Self {
        Self(Source::Slice(Column::Bool(mask.as_ref())))
    }
}

#[cfg(feature = "gpu")]
impl<'a> From<BufferColumn<'a>> for Source<'a> {
    fn from(column: BufferColumn<'a>) -> Self {
        Self::Buffer(column)
    }
}

#[cfg(feature = "gpu")]
impl<'a> From<&'a BufferColumn<'_>> for Source<'a> {
    fn from(column: &'a BufferColumn<'_>) -> Self {
        Self::Buffer(*column)
    }
}

#[cfg(feature = "gpu")]
impl<'a> From<BufferColumn<'a>> for Mask<'a> {
    fn from(column: BufferColumn<'a>) -> Self {
        Self(Source::Buffer(column))
    }
}
