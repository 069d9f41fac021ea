//! Types that can be used as a batch.

use super::{Batch, Source};

/// Samples that own or borrow their columns: an item of a stream of batches.
///
/// Implemented for [`Batch`], and for tuples (prediction, truth) and (prediction, truth, weight) of
/// types whose references convert to [`Source`], such as `Vec<f32>`, `Vec<u32>` and
/// [`BufferColumn`](crate::BufferColumn). For a mask, one-hot rows or other settings, implement it
/// for a custom type.
///
/// # Example
///
/// ```
/// use weighbridge::{AsBatch, Batch};
///
/// struct Padded {
///     scores: Vec<f32>,
///     labels: Vec<u32>,
///     mask: Vec<bool>,
/// }
///
/// impl AsBatch for Padded {
///     fn as_batch(&self) -> Batch<'_> {
///         Batch::new(&self.scores, &self.labels).mask(&self.mask)
///     }
/// }
/// ```
pub trait AsBatch {
    /// The batch.
    fn as_batch(&self) -> Batch<'_>;
}

impl AsBatch for Batch<'_> {
    fn as_batch(&self) -> Batch<'_> {
        *self
    }
}

impl<P, T> AsBatch for (P, T)
where
    for<'a> &'a P: Into<Source<'a>>,
    for<'a> &'a T: Into<Source<'a>>,
{
    fn as_batch(&self) -> Batch<'_> {
        Batch::new(&self.0, &self.1)
    }
}

impl<P, T, W> AsBatch for (P, T, W)
where
    for<'a> &'a P: Into<Source<'a>>,
    for<'a> &'a T: Into<Source<'a>>,
    for<'a> &'a W: Into<Source<'a>>,
{
    fn as_batch(&self) -> Batch<'_> {
        Batch::new(&self.0, &self.1).weights(&self.2)
    }
}
