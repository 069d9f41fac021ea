//! Tests of the tests: a broken shader makes the comparison of both engines fail on every adapter.
//! In the steady state an update creates nothing.

use super::adapters::{test_adapters, test_connections};
use super::mutant::{Mutant, mutant};
use super::statistic_mutants::{CALIBRATION, CONFUSION, MARGINS, MUTANTS};
use crate::batch::Chunk;
use crate::error::{DeviceError, Error};
use crate::gpu::device::connection::Connection;
use crate::gpu::dispatch::staging::SLOTS;
use crate::gpu::engine::Engine;
use crate::gpu::layout::Layout;
use crate::gpu::pending_batch::PendingBatch;
use crate::gpu::source::Module;
use crate::gpu::verify::self_test;
use crate::gpu::verify::self_test::Vectors;
use crate::statistic::{FamilyKind, Plan, ScoreScale, Statistic, Task, Totals, ValueFn, ValueSpec};
use std::sync::Arc;

/// Classes of rows of scores.
const ROW_CLASSES: u32 = 5;

fn plan_of(statistic: Statistic) -> Plan {
    if statistic.row_needs().rows {
        return Plan::new(Task::Multiclass, [statistic]).with_classes(ROW_CLASSES);
    }
    let tasks = [Task::Regression, Task::Binary, Task::Multiclass];
    let task = tasks.into_iter().find(|&task| statistic.check(task).is_ok()).expect("a task");
    Plan::new(task, [statistic])
}

/// Compares the CPU engine with one that has a text replaced, which must occur exactly once.
fn compare(connection: &Arc<Connection>, mutant: &Mutant<Statistic>) -> Result<(), Error> {
    let plan = plan_of(mutant.detector);
    let (engine, places) = mutant.engine(connection, &plan, "")?;
    assert_eq!(places, 1, "{}: not one place", mutant.what);
    self_test::compare(engine, connection, &plan)
}

/// Samples whose predictions and truths are the same numbers.
fn chunk<'a>(plan: &Plan, numbers: &'a [u32], weight: Option<&'a [u32]>) -> Chunk<'a> {
    Chunk { schema: plan.schema(false), prediction: numbers, truth: numbers, weight, masked: false }
}

/// Adds a batch of one chunk, which is declared to have `samples` samples.
fn add(engine: &mut Engine, chunk: &Chunk<'_>, samples: usize) -> Result<(), Error> {
    let mut pending = PendingBatch::new(engine);
    pending.add(chunk, 0)?;
    pending.commit(samples);
    Ok(())
}

#[test]
fn every_broken_shader_is_noticed_on_every_adapter() {
    for connection in test_connections() {
        let adapter = &connection.name;
        let mut sound = Vec::new();
        for mutant in MUTANTS {
            if !sound.contains(&mutant.detector) {
                compare(&connection, &mutant.unbroken()).expect("a sound shader");
                sound.push(mutant.detector);
            }
            match compare(&connection, mutant) {
                Err(Error::Device(DeviceError::SelfTestFailed { .. })) => {}
                // Lost scores, and samples that are not counted, are detected before totals are
                // compared.
                Err(Error::Device(DeviceError::Failed { .. })) => {}
                other => panic!("{adapter}: when {}, this is not detected: {other:?}", mutant.what),
            }
        }
    }
}

/// Rows of scores have a separate `process` function.
#[test]
fn a_mask_that_rows_ignore_is_noticed_on_every_adapter() {
    for connection in test_connections() {
        for statistic in [Statistic::sum(ValueFn::SoftmaxLoss), MARGINS] {
            let plan = Plan::new(Task::Multiclass, [statistic, Statistic::sum(ValueFn::Correct)]);
            let compare = |mutant: Mutant| {
                let (engine, places) = mutant.engine(&connection, &plan, "").expect("an engine");
                assert_ne!(places, 0, "{}: nowhere", mutant.what);
                self_test::compare(engine, &connection, &plan)
            };
            let broken = mutant("a mask is ignored", (), "if !is_masked(weight) {", "if true {");
            compare(broken.unbroken()).expect("a sound shader");
            let error = compare(broken).expect_err("this is detected");
            assert!(matches!(error, Error::Device(DeviceError::SelfTestFailed { .. })), "{error}");
        }
    }
}

/// Texts that are specific to binary problems: each occurs in the modules of both kinds.
const OF_PROBLEMS: &[Mutant] = &[
    mutant("every problem uses the first class", (), "choose(group);", "choose(0u);"),
    mutant("all problems share their totals", (), " + group * ", " + 0u * "),
    mutant("samples of other classes take part", (), "if is_excluded(row.truth) {", "if false {"),
    mutant("a class is compared with itself", (), "select(0u, 1u, other >= positive)", "0u"),
    mutant("an invalid truth counts", (), "if row.truth == NO_CLASS {", "if false {"),
    mutant("NaN in a row is ignored", (), "(row.flags & ROW_NONFINITE) != 0u", "false"),
    mutant("labels are inverted", (), "row.truth == positive)", "row.truth != positive)"),
    mutant("the score comes from the first class", (), "* CLASSES + positive]", "* CLASSES]"),
    mutant("the arg max is among the other classes", (), "label == row.arg_max", "false"),
    mutant("a class is among the other classes", (), "minus(row.sum, term)", "row.sum"),
    mutant("terms of other classes are dropped", (), "flush_result(ln1p(scaled_terms))", "0u"),
    mutant(
        "the sum of the terms below the largest is dropped",
        (),
        "flush_result(ln(row.sum))",
        "0u",
    ),
    mutant("a mask is ignored", (), "if !is_masked(weight) {", "if true {"),
];

#[test]
fn broken_binary_problems_are_noticed_on_every_adapter() {
    let of_histograms = self_test::plan_of_problems();
    let family = FamilyKind::OneVsRest { classes: 3, scale: ScoreScale::LogOdds };
    let of_scores = Plan::new(Task::Multiclass, []).with_classes(3);
    let of_scores = of_scores.with_binary_problems(family, [Statistic::Scores]);
    let of_stored = [
        mutant("stored problems share their totals", (), "stored.problem * ", "0u * "),
        mutant("stored problems use the first class", (), "choose(stored.problem);", "choose(0u);"),
    ];
    for connection in test_connections() {
        let compare = |plan: &Plan, mutant: Mutant| {
            // The modules of views with rows contain similar lines.
            let engine = mutant.engine(&connection, plan, "fn log_odds(");
            let (engine, places) = engine.expect("an engine");
            assert_ne!(places, 0, "{}: nowhere", mutant.what);
            self_test::compare(engine, &connection, plan)
        };
        let all = OF_PROBLEMS.iter().map(|mutant| (&of_histograms, *mutant));
        for (plan, mutant) in all.chain(of_stored.map(|mutant| (&of_scores, mutant))) {
            compare(plan, mutant.unbroken()).expect("a sound shader");
            let error = compare(plan, mutant).expect_err(mutant.what);
            let noticed = matches!(
                error,
                Error::Device(DeviceError::SelfTestFailed { .. })
                    | Error::Device(DeviceError::Failed { .. })
            );
            assert!(noticed, "{}: {error}", mutant.what);
        }
    }
}

/// Only very large data make a thread run many rounds. Here every round is short, and the cells are
/// flushed after every round, or after every third.
#[test]
fn totals_do_not_depend_on_rounds_and_flushes() {
    for connection in test_connections() {
        let statistics = [CALIBRATION, CONFUSION, Statistic::sum(ValueFn::SquaredHinge)];
        let plan = Plan::new(Task::Binary, statistics);
        for rounds in [1, 3] {
            let edit = move |mut module: Module| {
                for (name, value) in [("CARRY_SAMPLES", 8), ("FLUSH_ROUNDS", rounds)] {
                    let start = format!("const {name}: u32 = ");
                    let (before, after) = module.wgsl.split_once(&start).expect("a constant");
                    let (_, after) = after.split_once("u;").expect("its value");
                    module.wgsl = format!("{before}{start}{value}u;{after}");
                }
                module
            };
            let engine = Engine::edited(connection.clone(), &plan, edit).expect("sound");
            self_test::compare(engine, &connection, &plan).expect("the same totals");
        }
    }
}

#[test]
fn a_broken_shader_names_its_file_and_line() {
    for connection in test_connections() {
        let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::Error)]);
        let unknown = mutant("no such function", (), "return difference(", "return indifference(");
        let error = unknown.engine(&connection, &plan, "").map(|_| ()).expect_err(unknown.what);
        assert!(error.to_string().contains("shaders/kernel/value/error.wgsl:3:"), "{error}");
    }
}

#[test]
fn in_the_steady_state_an_update_creates_no_buffer_bind_group_or_pipeline() {
    // Separate connections, since those of the process are shared with other tests.
    for adapter in test_adapters() {
        let connection = Connection::new(adapter.clone()).expect("a second device");
        let connection = Arc::new(connection);
        let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::SquaredError)]);
        let mut engine = Engine::new(connection.clone(), &plan).expect("an engine");
        let numbers = vec![0x3f80_0000; 10_000];
        let chunk = chunk(&plan, &numbers, Some(&numbers));
        let mut add_often = |turns: usize| {
            for _ in 0..turns {
                add(&mut engine, &chunk, chunk.len()).expect("an update");
            }
            engine.totals().expect("totals");
            connection.created()
        };
        let warm = add_often(4);
        assert!(warm > 0, "creations are not counted");
        assert_eq!(add_often(20), warm);
    }
}

/// Lightning-AI/torchmetrics#2638, pytorch/ignite#240, pytorch/torcheval#200: metrics that read
/// from the device, or wait for it, at every step. Here an update waits only for staging memory,
/// which has room for one update per slot of the ring; `result` waits once.
#[test]
fn an_update_does_not_wait() {
    for adapter in test_adapters() {
        let connection = Arc::new(Connection::new(adapter).expect("a device"));
        let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::SquaredError)]);
        let mut engine = Engine::new(connection.clone(), &plan).expect("an engine");
        let numbers = vec![0x3f80_0000; 10_000];
        let chunk = chunk(&plan, &numbers, Some(&numbers));
        for _ in 0..SLOTS {
            add(&mut engine, &chunk, chunk.len()).expect("an update");
        }
        assert_eq!(connection.waited(), 0);
        engine.totals().expect("totals");
        assert_eq!(connection.waited(), 1);
        // An update that is made when there is room does not wait either.
        for _ in 0..20 {
            while !engine.has_room().expect("a device that works") {
                std::thread::yield_now();
            }
            add(&mut engine, &chunk, chunk.len()).expect("an update");
        }
        assert_eq!(connection.waited(), 1);
        engine.totals().expect("totals");
        connection.device.destroy();
        let error = (0..100).find_map(|_| engine.has_room().err()).expect("it is lost");
        assert!(matches!(error, Error::Device(DeviceError::Lost { .. })), "{error:?}");
    }
}

#[test]
fn a_state_too_large_for_a_device_is_refused_before_anything_is_allocated() {
    for connection in test_connections() {
        let limit = connection.device.limits().max_storage_buffer_binding_size;
        let statistic = Statistic::Matrix { classes: 2048 };
        let plan = Plan::new(Task::Multiclass, [statistic]).with_classes(2048);
        let bytes = Layout::new(&plan).state_size_bytes(&plan);
        assert!(bytes > limit, "{bytes} bytes fit {}", connection.name);
        let adapter = connection.name.clone();
        let error = Engine::new(connection, &plan).expect_err("it is too large");
        assert_eq!(error, DeviceError::StateTooLarge { adapter, bytes, limit }.into());
    }
}

#[test]
fn part_of_a_batch_does_not_pass_for_the_whole() {
    for connection in test_connections() {
        let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::SquaredError)]);
        let mut engine = Engine::new(connection, &plan).expect("an engine");
        let numbers = [0x3f80_0000; 5];
        let chunk = chunk(&plan, &numbers, None);
        add(&mut engine, &chunk, 5).expect("a whole batch");
        // The first chunk of a batch whose second chunk fails.
        PendingBatch::new(&mut engine).add(&chunk, 0).expect("a chunk");
        let error = engine.totals().expect_err("half a batch").to_string();
        assert!(error.contains("it has part of a batch that failed"), "{error}");
        // Complete batches that follow do not repair it.
        add(&mut engine, &chunk, 5).expect("a whole batch");
        let error = engine.totals().expect_err("half a batch").to_string();
        assert!(error.contains("it has part of a batch that failed"), "{error}");
        engine.reset().expect("a reset");
        drop(PendingBatch::new(&mut engine));
        add(&mut engine, &chunk, 5).expect("a whole batch");
        engine.totals().expect("nothing was abandoned");
        // The number of samples reveals work that was not done, or was done twice.
        add(&mut engine, &chunk, 7).expect("a batch");
        let error = engine.totals().expect_err("two samples are missing").to_string();
        assert!(error.contains("it counted 10 samples instead of 12"), "{error}");
        engine.reset().expect("a reset");
        add(&mut engine, &chunk, 3).expect("a batch");
        let error = engine.totals().expect_err("two samples too many").to_string();
        assert!(error.contains("it counted 5 samples instead of 3"), "{error}");
        engine.reset().expect("a reset");
        assert_eq!(engine.totals(), Ok(vec![Totals::empty(&plan.families[0].statistics)]));
    }
}

#[test]
fn a_lost_device_is_an_error_and_no_panic() {
    for adapter in test_adapters() {
        let connection = Connection::new(adapter.clone()).expect("a second device");
        let connection = Arc::new(connection);
        let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::SquaredError)]);
        let mut engine = Engine::new(connection.clone(), &plan).expect("an engine");
        let numbers = vec![0x3f80_0000; 10_000];
        let chunk = chunk(&plan, &numbers, None);
        add(&mut engine, &chunk, chunk.len()).expect("an update");
        connection.device.destroy();
        let lost = |result: Result<(), Error>| {
            let error = result.expect_err("the device is lost");
            assert!(matches!(error, Error::Device(DeviceError::Lost { .. })), "{error:?}");
            let message = format!("the device {} was lost: ", adapter.name);
            assert!(error.to_string().starts_with(&message), "{error}");
        };
        lost(engine.totals().map(|_| ()));
        lost(PendingBatch::new(&mut engine).add(&chunk, 0));
        lost(engine.reset());
        lost(Engine::new(connection.clone(), &plan).map(|_| ()));
    }
}

/// Kernels that do not process all samples, and one whose loops are cut on lavapipe.
#[test]
fn kernels_that_are_cut_are_noticed_on_every_adapter() {
    let sum = Plan::new(Task::Regression, [Statistic::sum(ValueFn::SquaredError)]);
    let rows = Plan::new(Task::Multiclass, [Statistic::sum(ValueFn::SoftmaxLoss)]);
    let rows = rows.with_classes(ROW_CLASSES);
    let passes = (1..=24).map(|delta| {
        Statistic::Sum(ValueSpec { function: ValueFn::Huber, parameter: f64::from(delta).into() })
    });
    let passes = Plan::new(Task::Regression, passes);
    assert!(Layout::new(&passes).families[0].passes.len() > 1);
    let cases = [
        (
            &sum,
            "const TAKES_FROM_OTHERS: bool = true;",
            "a pass over the samples was cut",
            "(var k = 0u; k < count;",
            "(var k = 0u; k < min(count, 3u);",
        ),
        (&sum, "", "a pass over the samples was cut", "processed += 1u;", ""),
        (
            &passes,
            "const TAKES_FROM_OTHERS: bool = false;",
            "a pass over the samples was cut",
            "(var k = 0u; k < count;",
            "(var k = 0u; k < min(count, 3u);",
        ),
        (
            &rows,
            "fn finish_row",
            "the reduction of rows was cut",
            "tile * TEAMS < samples;",
            "tile * TEAMS + TEAMS < samples;",
        ),
        (&rows, "fn finish_row", "the reduction of rows was cut", "reduced_rows += 1u;", ""),
    ];
    let burn = "var step = 0u; for (; step < 70000u + zero; step++) {} zero |= step >> 31u;";
    for connection in test_connections() {
        let adapter = &connection.name;
        let error = |plan: &Plan, only: &'static str, broken: Mutant| {
            let (mut engine, places) = broken.engine(&connection, plan, only).expect("an engine");
            assert_ne!(places, 0, "{}", broken.sound);
            let schema = plan.schema(plan.row_needs().rows);
            let vectors = Vectors::of(plan, schema, 4099);
            let chunk = vectors.chunk();
            add(&mut engine, &chunk, chunk.len()).expect("a batch");
            engine.totals().err().map(|error| error.to_string())
        };
        for (plan, only, message, sound, broken) in cases {
            let mutant = mutant("a kernel is cut", (), sound, broken);
            assert_eq!(error(plan, only, mutant.unbroken()), None, "{adapter}");
            let found = error(plan, only, mutant).expect("an error");
            assert!(found.contains(message), "{adapter}: {found}");
        }
        for (plan, after, message) in [
            (&sum, "begin_total(group.y);", "a pass over the samples was cut"),
            (&rows, "let member = lane % TEAM;", "the reduction of rows was cut"),
        ] {
            let burning: &'static str = Box::leak(format!("{after} {burn}").into_boxed_str());
            let found = error(plan, "", mutant("loops use up the limit", (), after, burning));
            let is_cut = connection.loop_steps().is_some();
            assert_eq!(
                found.as_ref().is_some_and(|found| found.contains(message)),
                is_cut,
                "{adapter}: {found:?}"
            );
        }
    }
}
