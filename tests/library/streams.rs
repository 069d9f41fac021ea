//! Streams and iterators of batches.

use crate::common::devices::devices;
use futures::executor::block_on;
use futures::{SinkExt, StreamExt, channel::mpsc, future, stream};
use std::cell::Cell;
use weighbridge::error::{FailedBatch, UpdateError};
use weighbridge::{AsBatch, Batch, Device, Error, Evaluator, Task};

type Rows = (Vec<f32>, Vec<u32>, Vec<f32>);

fn batches() -> Vec<Rows> {
    let batch = |index: usize| -> Rows {
        // The last batch is smaller, and one is large enough for several chunks.
        let len = [3000, 17, (1 << 20) + 5, 512, 1][index % 5];
        let score = |row: usize| ((row * 7 + index) % 101) as f32 / 101.0;
        let label = |row: usize| u32::from((row * 13 + index) % 5 < 2);
        let weight = |row: usize| ((row + index) % 9) as f32 / 4.0;
        (
            (0..len).map(score).collect(),
            (0..len).map(label).collect(),
            (0..len).map(weight).collect(),
        )
    };
    (0..10).map(batch).collect()
}

fn evaluator(device: Device) -> Evaluator {
    let builder = Evaluator::builder(Task::Binary).metrics(["log_loss", "accuracy"]);
    builder.device(device).build().expect("an evaluator")
}

#[test]
fn streams_and_iterators_add_all_their_batches() {
    let batches = batches();
    let mut one_by_one = evaluator(Device::Cpu);
    batches.iter().for_each(|batch| one_by_one.update(&batch.as_batch()).expect("a batch"));
    let expected = one_by_one.state().expect("a state");
    for device in devices() {
        let mut streamed = evaluator(device.clone());
        assert_eq!(block_on(streamed.update_stream(stream::iter(batches.clone()))), Ok(10));
        assert_eq!(streamed.state().expect("a state"), expected, "{device:?}");
        let mut iterated = evaluator(device.clone());
        assert_eq!(iterated.update_all(batches.iter().map(|batch| batch.as_batch())), Ok(10));
        assert_eq!(iterated.state().expect("a state"), expected, "{device:?}");
    }
}

#[test]
fn errors_name_the_failed_batch_and_the_rest_can_follow() {
    let good = || (vec![0.9_f32, 0.2], vec![1_u32, 0], vec![1.0_f32, 2.0]);
    let bad = (vec![0.9_f32], vec![1_u32], vec![-1.0_f32]);
    let mut evaluator = evaluator(Device::Cpu);
    let mut rest = stream::iter([good(), good(), bad.clone(), good()]);
    let failed = block_on(evaluator.update_stream(&mut rest)).expect_err("a negative weight");
    let error = Error::Update(UpdateError::InvalidWeight { row: 0, weight: -1.0 });
    assert_eq!(failed, FailedBatch { batch: 2, error });
    let sentence =
        "batch 2: the weight in row 0 is -1: weights must be finite, not negative and below 2^64";
    assert_eq!(failed.to_string(), sentence);
    assert_eq!(evaluator.result().expect("a report").samples, 4);
    assert_eq!(block_on(evaluator.update_stream(rest)), Ok(1));
    assert_eq!(evaluator.result().expect("a report").samples, 6);
    let failed = evaluator.update_all([good(), bad]).expect_err("a negative weight");
    assert_eq!(failed.batch, 1);
    assert_eq!(evaluator.result().expect("a report").samples, 8);
}

/// A batch that counts how often it is added.
struct Counted<'a> {
    rows: Rows,
    added: &'a Cell<usize>,
}

impl AsBatch for Counted<'_> {
    fn as_batch(&self) -> Batch<'_> {
        self.added.set(self.added.get() + 1);
        self.rows.as_batch()
    }
}

#[test]
fn batches_are_not_requested_before_the_previous_one_is_added() {
    for device in devices() {
        let (produced, added) = (Cell::new(0), Cell::new(0));
        let counted = |rows: Rows| {
            assert_eq!(produced.get(), added.get(), "one batch at a time");
            produced.set(produced.get() + 1);
            Counted { rows, added: &added }
        };
        let mut evaluator = evaluator(device);
        assert_eq!(block_on(evaluator.update_stream(stream::iter(batches()).map(counted))), Ok(10));
        assert_eq!(added.get(), 10);
    }
}

/// The producer blocks while batches are not taken, and continues when there is room.
#[test]
fn channels_feed_evaluators_with_backpressure() {
    for device in devices() {
        let (mut sender, receiver) = mpsc::channel(0);
        let send = async move {
            for batch in batches() {
                sender.send(batch).await.expect("a receiver");
            }
        };
        let mut evaluator = evaluator(device);
        let (_, consumed) = block_on(future::join(send, evaluator.update_stream(receiver)));
        assert_eq!(consumed, Ok(10));
    }
}
