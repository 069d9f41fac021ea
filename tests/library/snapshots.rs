//! Snapshots: the state at the time of the request, read later.

use crate::common::devices::devices;
use futures::executor::block_on;
use weighbridge::error::UpdateError;
use weighbridge::{AsBatch, Batch, Device, Error, Evaluator, Report, State, Task, Window};

const METRICS: [&str; 2] = ["mean_squared_error", "max_error"];

fn evaluator(device: &Device, checked: bool) -> Evaluator {
    let builder = Evaluator::builder(Task::Regression).metrics(METRICS);
    builder.device(device.clone()).checked(checked).build().expect("an evaluator")
}

type Rows = (Vec<f32>, Vec<f32>, Vec<f32>);

/// The batch of a round.
fn rows(turn: usize) -> Rows {
    let column = |scale: f32| -> Vec<f32> {
        (0..1000).map(|row| ((row * 31 + turn * 17) % 257) as f32 * scale).collect()
    };
    (column(0.5), column(0.625), column(0.25))
}

fn add(evaluator: &mut Evaluator, turn: usize) {
    evaluator.update(&rows(turn).as_batch()).expect("a batch");
}

/// States and reports after 0, 1, 2, … batches.
fn after_each(turns: usize) -> (Vec<State>, Vec<Report>) {
    let mut evaluator = evaluator(&Device::Cpu, false);
    let after = |turn: usize| {
        if turn > 0 {
            add(&mut evaluator, turn);
        }
        (evaluator.state().expect("a state"), evaluator.result().expect("a report"))
    };
    (0..=turns).map(after).unzip()
}

#[test]
fn snapshots_hold_earlier_updates_whenever_they_are_read() {
    let (states, reports) = after_each(6);
    for device in devices() {
        let _open = evaluator(&device, false); // so that the device is opened once
        let checks: &[bool] = if device == Device::Cpu { &[false] } else { &[false, true] };
        for &checked in checks {
            let mut evaluator = evaluator(&device, checked);
            let mut snapshots = vec![evaluator.snapshot().expect("a snapshot")];
            for turn in 1..=6 {
                add(&mut evaluator, turn);
                snapshots.push(evaluator.snapshot().expect("a snapshot"));
            }
            // The last one first, each in a different way; the second is never read.
            let read: Vec<_> = snapshots.into_iter().enumerate().rev().collect();
            for (turn, mut snapshot) in read {
                match turn % 4 {
                    0 => assert_eq!(snapshot.state().expect("a state"), states[turn]),
                    1 => drop(snapshot),
                    2 => {
                        let report = block_on(snapshot.result_async()).expect("a report");
                        assert_eq!(report.entries, reports[turn].entries);
                        assert_eq!(report.device.checked, checked);
                    }
                    _ => {
                        while !snapshot.is_ready().expect("a device that works") {}
                        let state = block_on(snapshot.state_async()).expect("a state");
                        assert_eq!(state, states[turn]);
                    }
                }
            }
            assert_eq!(evaluator.state().expect("a state"), states[6]);
            // A snapshot outlives its evaluator, and a reset.
            let snapshot = evaluator.snapshot().expect("a snapshot");
            evaluator.reset().expect("a reset");
            let empty = evaluator.snapshot().expect("a snapshot");
            drop(evaluator);
            assert_eq!(snapshot.state().expect("a state"), states[6]);
            assert_eq!(empty.state().expect("a state"), states[0]);
        }
    }
}

#[test]
fn at_most_n_updates_are_not_yet_saved() {
    let (states, _) = after_each(12);
    for device in devices() {
        let _open = evaluator(&device, false);
        for most_lost in [1, 2, 3, 4, 5, 8] {
            let builder = Evaluator::builder(Task::Regression).metrics(METRICS);
            let max = most_lost;
            let builder = builder.device(device.clone()).checkpoint_every(max);
            let mut evaluator = builder.build().expect("an evaluator");
            assert_eq!(evaluator.last_checkpoint(), None);
            for turn in 1..=12 {
                add(&mut evaluator, turn);
                let last_checkpoint = evaluator.last_checkpoint().map_or(0, |last_checkpoint| {
                    let turn = states.iter().position(|state| state == last_checkpoint);
                    turn.expect("a state after some batch")
                });
                let lost = turn - last_checkpoint;
                assert!(lost <= most_lost, "{lost} of {most_lost} after {turn}, {device:?}");
                // With a limit of 1, no copy is ever pending.
                assert!(most_lost > 1 || lost == 0, "{lost} after {turn}, {device:?}");
            }
            evaluator.reset().expect("a reset");
            assert_eq!(evaluator.last_checkpoint(), None);
            add(&mut evaluator, 1);
            assert!(
                evaluator
                    .last_checkpoint()
                    .is_none_or(|last_checkpoint| *last_checkpoint == states[1])
            );
        }
    }
}

#[test]
fn refused_batches_do_not_count_as_updates() {
    let builder = Evaluator::builder(Task::Regression).metrics(METRICS);
    let builder = builder.device(Device::Cpu).checkpoint_every(1);
    let mut evaluator = builder.build().expect("an evaluator");
    add(&mut evaluator, 1);
    let last_checkpoint = evaluator.last_checkpoint().cloned();
    let refused = evaluator.update(&Batch::new(&[1.0_f32], &[0.0_f32]).weights(&[-1.0_f32]));
    assert_eq!(refused, Err(Error::Update(UpdateError::InvalidWeight { row: 0, weight: -1.0 })));
    assert_eq!(evaluator.last_checkpoint().cloned(), last_checkpoint);
}

#[test]
fn windows_hold_recent_updates_and_lifetimes_hold_all() {
    for device in devices() {
        let _open = evaluator(&device, false);
        for updates in [1, 3, 20, 40] {
            let mut evaluator = evaluator(&device, device != Device::Cpu);
            // Earlier updates are only part of the lifetime.
            add(&mut evaluator, 100);
            let mut window = Window::new(evaluator, updates).expect("a window");
            for turn in 1..=30 {
                window.update(&rows(turn)).expect("a batch");
                if ![1, 2, 17, 30].contains(&turn) {
                    continue;
                }
                let mut lifetime = self::evaluator(&Device::Cpu, false);
                add(&mut lifetime, 100);
                let mut last = self::evaluator(&Device::Cpu, false);
                for earlier in 1..=turn {
                    add(&mut lifetime, earlier);
                    if earlier + updates > turn {
                        add(&mut last, earlier);
                    }
                }
                let [lifetime_report, last_report] = [&mut lifetime, &mut last]
                    .map(|evaluator| evaluator.result().expect("a report"));
                assert_eq!(window.lifetime().expect("a report").entries, lifetime_report.entries);
                let found = window.recent().expect("a report");
                assert_eq!(found.entries, last_report.entries, "{updates} of {turn}, {device:?}");
                assert_eq!(found.samples, last_report.samples);
                assert_eq!(*window.state().expect("a state"), lifetime.state().expect("a state"));
            }
        }
    }
}
