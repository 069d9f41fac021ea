//! What batches can be made of.

use super::{Batch, Source};

/// Samples that own their columns, or borrow them: an item of a stream of batches.
///
/// [`Batch`]es are such, and so are (prediction, truth) and (prediction, truth, weight) of anything
/// that references turn into [`Source`]s, such as `Vec<f32>` and `Vec<u32>`, or
/// [`BufferColumn`](crate::BufferColumn)s. Whatever else a batch needs, a mask or one-hot rows, a type
/// of one's own gives it.
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
