//! Tests that need an evaluator's internals: engines that differ, and devices that are lost.

use super::{Evaluator, EvaluatorBuilder};
use crate::batch::Batch;
use crate::device::Device;
use crate::error::{DeviceError, Error};
use crate::gpu;
use crate::gpu::tests::adapters::test_adapters;
use crate::statistic::Task;

#[test]
fn a_checked_evaluator_compares_through_merges_and_resets_and_says_where_engines_differ() {
    for adapter in test_adapters() {
        let build = |checked: bool| {
            let builder = Evaluator::builder(Task::Regression).metrics(["mean_error", "max_error"]);
            let device = Device::Named(adapter.name.clone());
            builder.device(device).checked(checked).build().expect("an evaluator")
        };
        let batch = Batch::new(&[1.0_f32, 2.5], &[0.5_f32, 4.0]);
        let (mut checked, mut plain) = (build(true), build(false));
        plain.update(&batch).expect("a batch");
        checked.merge(&plain.state().expect("a state")).expect("the same plan");
        checked.update(&batch).expect("a batch");
        plain.update(&batch).expect("a batch");
        assert_eq!(checked.state(), plain.state());
        checked.reset().expect("a reset");
        plain.reset().expect("a reset");
        checked.update(&batch).expect("a batch");
        plain.update(&batch).expect("a batch");
        assert_eq!(checked.state(), plain.state());

        // Makes one of the engines wrong.
        let valid = checked.engines.cpu_shadow.clone();
        checked.engines.cpu_shadow[0].statistics[0].faults.underflow += 1;
        let error = checked.result().expect_err("the engines differ").to_string();
        let beginning =
            format!("CPU and {} disagree in maximum:absolute_error: CPU ", adapter.name);
        assert!(error.starts_with(&beginning), "{error}");
        checked.engines.cpu_shadow = valid;
        checked.engines.cpu_shadow[0].weights.samples += 1;
        let error = checked.result().expect_err("the engines differ").to_string();
        assert!(error.contains("disagree in weights: CPU Weights { samples: 3,"), "{error}");
    }
}

#[test]
fn after_a_device_is_lost_another_evaluator_resumes_from_the_last_checkpoint() {
    let batch = Batch::new(&[1.0_f32, 2.5], &[0.5_f32, 4.0]);
    for adapter in test_adapters() {
        let every = 4;
        let builder = Evaluator::builder(Task::Regression).checkpoint_every(every);
        let device = Device::Named(adapter.name.clone());
        let mut evaluator = builder.device(device).build().expect("an evaluator");
        let engine =
            gpu::Engine::on_own_device(adapter, &evaluator.engines.plan).expect("a device");
        evaluator.engines.gpu = Some(Box::new(engine));
        (0..10).for_each(|_| evaluator.update(&batch).expect("a batch"));
        let unread = evaluator.snapshot().expect("a snapshot");
        evaluator.engines.gpu.as_ref().expect("a device").destroy();
        let lost = |error: Error| {
            assert!(matches!(error, Error::Device(DeviceError::Lost { .. })), "{error:?}");
        };
        // Some may be submitted before the loss is known.
        let update = |_| evaluator.update(&batch).err();
        lost((0..100).find_map(update).expect("the device is lost"));
        lost(evaluator.result().expect_err("the device is lost"));
        lost(evaluator.snapshot().expect_err("the device is lost"));
        // This snapshot was taken before the device was lost, but not read.
        let _ = unread.state();
        let last_checkpoint = evaluator.last_checkpoint().expect("a checkpoint").clone();
        let samples = last_checkpoint.totals[0].weights.samples;
        assert!((12..=20).contains(&samples), "{samples} samples");
        let builder = EvaluatorBuilder::from(&last_checkpoint).device(Device::Cpu);
        let mut other = builder.build().expect("an evaluator");
        other.merge(&last_checkpoint).expect("a state of this plan");
        other.update(&batch).expect("a batch");
        assert_eq!(other.result().expect("a report").samples, samples + 2);
    }
}
