//! Tests of the tests: a broken shader makes the comparison of both engines fail, on every adapter.

use super::connection::Connection;
use super::engine::Engine;
use super::self_test;
use super::source::Module;
use super::teeth::connections;
use crate::error::Error;
use crate::statistic::{Function, Moment, Plan, SampleValue, Statistic, Task};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A break: the statistic that must notice, the sound text, and the broken one.
struct Mutant {
    what: &'static str,
    statistic: Statistic,
    sound: &'static str,
    broken: &'static str,
}

const HUBER: Statistic = Statistic::Sum(SampleValue { function: Function::Huber, parameter: 1.5 });
const LARGEST: Statistic =
    Statistic::Maximum(SampleValue { function: Function::AbsoluteError, parameter: 0.0 });
pub(super) const CONFUSION: Statistic = Statistic::Confusion { threshold: 0.5 };
const LOG_LOSS: Statistic =
    Statistic::Sum(SampleValue { function: Function::LogLoss, parameter: 0.25 });
const MARGINS: Statistic = Statistic::Margins { classes: 2 };
const MATRIX: Statistic = Statistic::Matrix { classes: 2 };
pub(super) const CALIBRATION: Statistic = Statistic::Calibration {
    probability: SampleValue { function: Function::Probability, parameter: 0.0 },
    bins: 7,
};

const TOP_2: Statistic = Statistic::Sum(SampleValue { function: Function::TopK, parameter: 2.0 });
const HINGE: Statistic = Statistic::sum(Function::CategoricalHinge);
const LIKELIHOOD_LOSS: Statistic =
    Statistic::Sum(SampleValue { function: Function::LikelihoodLoss, parameter: 0.25 });
const LIKELIHOOD_TOP: Statistic = Statistic::Calibration {
    probability: SampleValue { function: Function::LikelihoodTop, parameter: 0.0 },
    bins: 7,
};

const fn mutant(
    what: &'static str,
    statistic: Statistic,
    sound: &'static str,
    broken: &'static str,
) -> Mutant {
    Mutant { what, statistic, sound, broken }
}

const MUTANTS: &[Mutant] = &[
    mutant(
        "a carry between limbs is dropped",
        Statistic::sum(Function::SquaredError),
        "limbs[index] + passed",
        "limbs[index]",
    ),
    mutant(
        "a carry into the high word of the state is dropped",
        Statistic::sum(Function::Error),
        "select(0u, 1u, before + low < before)",
        "0u",
    ),
    mutant(
        "the sign of a sum of a group is dropped",
        Statistic::sum(Function::Error),
        "select(0u, 0xffffffffu, total < 0)",
        "0u",
    ),
    mutant(
        "operands are swapped",
        Statistic::sum(Function::Error),
        "number(prediction) - number(truth)",
        "number(truth) - number(prediction)",
    ),
    mutant(
        "the last sample is skipped",
        Statistic::sum(Function::AbsoluteError),
        "min(samples - quad * 4u, 4u)",
        "min(samples - quad * 4u - 1u, 4u)",
    ),
    mutant(
        "a column is left out of the sum of a group",
        Statistic::sum(Function::AbsoluteError),
        "step < GROUP",
        "step < GROUP - 1u",
    ),
    mutant(
        "the upper half of a product is dropped",
        Statistic::Moment(Moment::Product),
        "a1 * b1 + (middle >> 12u)",
        "a1 * b1",
    ),
    mutant(
        "the upper half of a weighted moment is misplaced",
        Statistic::Moment(Moment::TruthSquare),
        "position + LIMB_BITS",
        "position + LIMB_BITS - 1u",
    ),
    mutant(
        "the weight is left out",
        Statistic::sum(Function::SquaredError),
        "multiply(mantissa(bits), mantissa(weight))",
        "multiply(mantissa(bits), 0x800000u)",
    ),
    mutant(
        "subnormal weights get an implicit bit",
        Statistic::sum(Function::SquaredError),
        "select(0x800000u, 0u, field(bits) == 0u)",
        "0x800000u",
    ),
    mutant(
        "underflow is not flushed",
        Statistic::sum(Function::SquaredError),
        "select(squared, small, field(d) < FIELD_SQUARE)",
        "squared",
    ),
    mutant(
        "a branch of the Huber loss is taken the wrong way",
        HUBER,
        "select(linear, inner, d <= parameter)",
        "select(inner, linear, d <= parameter)",
    ),
    mutant(
        "a score at the threshold is positive",
        CONFUSION,
        "ordered(sample.prediction) > ordered",
        "ordered(sample.prediction) >= ordered",
    ),
    mutant(
        "a fault is not counted in the weighted value",
        CONFUSION,
        "add_to_state(entry + 1u, 1u, 0u);",
        "",
    ),
    mutant(
        "a sample of weight zero takes part in a weighted maximum",
        LARGEST,
        "select(bits, 0u, weight == 0u)",
        "bits",
    ),
    mutant("a limb of a cell is dropped", CALIBRATION, "add_to_cell(limb + 3u, high >> 16u);", ""),
    mutant(
        "bits are lost where a term of a cell crosses a word",
        CALIBRATION,
        " | ((bits >> 1u) >> (31u - shift))",
        "",
    ),
    mutant(
        "a sample outside the domain stands in a bin",
        CALIBRATION,
        "if probability == OUTSIDE {",
        "if false {",
    ),
    mutant("the last bin does not hold 1", CALIBRATION, "min(index, bins - 1u)", "index"),
    mutant(
        "the last cells of a workgroup stay where they are",
        CALIBRATION,
        " || round == rounds - 1u",
        "",
    ),
    mutant(
        "a clipped sample is not counted",
        LOG_LOSS,
        "sample.prediction <= ONE && log_loss_clips",
        "sample.prediction > ONE && log_loss_clips",
    ),
    mutant(
        "the log loss takes the label for the other",
        LOG_LOSS,
        "select(SIGN | prediction, prediction, truth == ONE)",
        "select(prediction, SIGN | prediction, truth == ONE)",
    ),
    mutant("hits are counted for a wrong class", MARGINS, "if prediction == truth {", "if true {"),
    mutant(
        "truths and predictions are swapped",
        MATRIX,
        "class_of(sample.truth) * classes + class_of(sample.prediction)",
        "class_of(sample.prediction) * classes + class_of(sample.truth)",
    ),
    mutant("a class that is none is valid", MARGINS, "word < classes;", "word <= classes;"),
    mutant(
        "weights of 2^64 are valid",
        LARGEST,
        "field(bits) < FIELD_LIMIT)",
        "field(bits) <= FIELD_LIMIT)",
    ),
    mutant(
        "every sample has the row of the first of four",
        TOP_2,
        "rows[loaded + k]",
        "rows[loaded]",
    ),
    mutant("a truth that is no class counts", TOP_2, "row.truth == NO_CLASS", "false"),
    mutant(
        "a class at rank k is among the first k",
        TOP_2,
        "rank < parameter",
        "rank <= parameter",
    ),
    mutant("an infinite score goes unnoticed", TOP_2, "w, row.notes)", "w, 0u)"),
    mutant(
        "the largest score is that of another class where the arg max is the truth",
        HINGE,
        "row.arg_max == row.truth",
        "false",
    ),
    mutant(
        "a least probability does not count as such",
        LIKELIHOOD_LOSS,
        "max(row.of_truth, parameter)",
        "row.of_truth",
    ),
    mutant(
        "a row outside the domain is clipped",
        LIKELIHOOD_LOSS,
        "&& (row.notes & ROW_OUTSIDE) == 0u &&",
        "&&",
    ),
    mutant(
        "rows that do not sum to 1 are not counted",
        LIKELIHOOD_TOP,
        "(notes & NOTE_UNNORMALIZED) != 0u",
        "false",
    ),
    mutant(
        "the label of a bin is that of the truth alone",
        LIKELIHOOD_TOP,
        "sample.truth == sample.prediction",
        "sample.truth == ONE",
    ),
    mutant(
        "the predicted class is that of the truth",
        LIKELIHOOD_TOP,
        "bitcast<u32>(f32(row.arg_max))",
        "bitcast<u32>(f32(row.truth))",
    ),
];

/// Classes of rows of scores.
const ROW_CLASSES: u32 = 5;

fn plan_of(statistic: Statistic) -> Plan {
    if statistic.reduction().rows {
        return Plan::new(Task::Multiclass, [statistic]).with_classes(ROW_CLASSES);
    }
    let task = match statistic {
        Statistic::Confusion { .. } | Statistic::Calibration { .. } => Task::Binary,
        Statistic::Margins { .. } | Statistic::Matrix { .. } => Task::Multiclass,
        Statistic::Sum(_) | Statistic::Maximum(_) | Statistic::Moment(_) => Task::Regression,
    };
    Plan::new(task, [statistic])
}

/// Compares engines of which one has a text replaced, which must stand in one place.
fn compare(connection: &Arc<Connection>, mutant: &Mutant) -> Result<(), Error> {
    let plan = plan_of(mutant.statistic);
    let &Mutant { what, sound, broken, .. } = mutant;
    let places = Arc::new(AtomicUsize::new(0));
    let found = places.clone();
    let edit = move |mut module: Module| {
        found.fetch_add(module.wgsl.matches(sound).count(), Ordering::Relaxed);
        module.wgsl = module.wgsl.replace(sound, broken);
        module
    };
    let engine = Engine::edited(connection.clone(), &plan, edit)?;
    assert_eq!(places.load(Ordering::Relaxed), 1, "{what}: not one place");
    self_test::compare(engine, connection, &plan)
}

#[test]
fn every_broken_shader_is_noticed_on_every_adapter() {
    for connection in connections() {
        let adapter = &connection.adapter.name;
        let mut sound = Vec::new();
        for mutant in MUTANTS {
            if !sound.contains(&mutant.statistic) {
                let unbroken = Mutant { broken: mutant.sound, ..*mutant };
                compare(&connection, &unbroken).expect("a sound shader");
                sound.push(mutant.statistic);
            }
            match compare(&connection, mutant) {
                Err(Error::AdapterRefused { .. }) => {}
                other => panic!("{adapter}: when {}, nobody notices: {other:?}", mutant.what),
            }
        }
    }
}
