//! Waiting for a device without blocking.

use crate::error::Error;
use crate::gpu;
use std::future::poll_fn;
use std::task::Poll;

/// Yields until an update need not wait for staging memory.
pub(super) async fn wait_for_staging(gpu: &mut Option<Box<gpu::Engine>>) -> Result<(), Error> {
    poll_fn(|context| {
        let Some(gpu) = gpu else { return Poll::Ready(Ok(())) };
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
