//! Streams of batches.

use super::Evaluator;
use crate::batch::AsBatch;
use crate::error::{Error, FailedBatch};
use futures_core::Stream;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

impl Evaluator {
    /// Adds every batch of a stream; returns how many there were.
    ///
    /// A batch is asked for when the one before it has been added. On a GPU that is when it lies in
    /// staging memory, which has room for three pieces of at most 2^20 predictions: so much is under
    /// way at most, and while the device works on it the next batch is made and written. Where there is
    /// no room for a batch to begin, this yields to other tasks; a batch of several pieces, or outputs,
    /// waits between them, and the CPU engine works where it is called.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update), with the number of the batch. Those before it have been added; the
    /// rest of a stream that was given by reference can be gone on with.
    ///
    /// # Example
    ///
    /// ```
    /// use futures::{executor::block_on, stream};
    /// use weighbridge::{Evaluator, Task};
    ///
    /// let batches = stream::iter([
    ///     (vec![0.9_f32, 0.2], vec![1_u32, 0], vec![1.0_f32, 2.0]),
    ///     (vec![0.4], vec![1], vec![0.5]),
    /// ]);
    /// let mut evaluator = Evaluator::builder(Task::Binary).metric("accuracy").build()?;
    /// assert_eq!(block_on(evaluator.update_stream(batches))?, 2);
    /// assert_eq!(evaluator.result()?.weighted("accuracy")?, 3.0 / 3.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn update_stream<S>(&mut self, batches: S) -> Result<u64, FailedBatch>
    where
        S: Stream,
        S::Item: AsBatch,
    {
        let mut batches = pin!(batches);
        let mut count = 0;
        while let Some(batch) = poll_fn(|context| batches.as_mut().poll_next(context)).await {
            let failed = |error| FailedBatch { batch: count, error };
            self.wait_for_staging().await.map_err(failed)?;
            self.update(&batch.as_batch()).map_err(failed)?;
            count += 1;
        }
        Ok(count)
    }

    /// The same of an iterator. Where there is no room, this waits.
    ///
    /// # Errors
    ///
    /// As [`update_stream`](Self::update_stream).
    ///
    /// # Example
    ///
    /// ```
    /// use weighbridge::{Batch, Evaluator, Task};
    ///
    /// let (prediction, truth) = ([1.0_f32, 2.0, 4.0], [1.0_f32, 3.0, 3.0]);
    /// let batches = prediction.chunks(2).zip(truth.chunks(2)).map(|(p, t)| Batch::new(p, t));
    /// let mut evaluator = Evaluator::new(Task::Regression)?;
    /// assert_eq!(evaluator.update_all(batches)?, 2);
    /// assert_eq!(evaluator.result()?.unweighted("mean_error")?, 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn update_all<I>(&mut self, batches: I) -> Result<u64, FailedBatch>
    where
        I: IntoIterator,
        I::Item: AsBatch,
    {
        let mut count = 0;
        for batch in batches {
            let failed = |error| FailedBatch { batch: count, error };
            self.update(&batch.as_batch()).map_err(failed)?;
            count += 1;
        }
        Ok(count)
    }

    /// Yields until an update need not wait for staging memory.
    async fn wait_for_staging(&mut self) -> Result<(), Error> {
        poll_fn(|context| {
            let Some(gpu) = &mut self.gpu else { return Poll::Ready(Ok(())) };
            match gpu.has_room() {
                Ok(false) => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                other => Poll::Ready(other.map(|_| ())),
            }
        })
        .await
    }
}
