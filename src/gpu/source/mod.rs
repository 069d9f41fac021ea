//! The WGSL of a plan's passes: fragments of `shaders/` joined under a header of constants.
//!
//! Every constant is defined in Rust and rendered here. The code that is specific to a pass is a
//! few lines of calls, one group for each of its statistics; everything else is in the fragments.

mod calls;
mod module;
mod patch;
mod sort;

pub use self::module::Module;
pub(super) use self::patch::ShaderPatch;
pub use self::sort::sort;

use super::layout;
use super::layout::{FamilyLayout, LIMB_BITS, Layout, Pass, convert};
use crate::error::Error;
use crate::exact::layout::{EXPONENT_BIAS, SINGLE_UNIT_EXPONENT};
use crate::kernel::row_needs::ScoreKind;
use crate::kernel::{Fragment, bits, fragment, log_odds, row, vector};
use crate::statistic::{
    Family, FamilyKind, MathModule, Operands, Plan, Schema, ScoreScale, Statistic, ValueFn,
    all_fragments,
};
use std::fmt::Write;

/// Flags of a sample's inputs.
const PREDICTION_NONFINITE: u32 = row::ROW_NONFINITE;
const TRUTH_NONFINITE: u32 = row::ROW_TRUTH_NONFINITE;
const PREDICTION_SUBNORMAL: u32 = row::ROW_SUBNORMAL;
const TRUTH_SUBNORMAL: u32 = row::ROW_TRUTH_SUBNORMAL;

const ACCUMULATE: Fragment = fragment!("statistic/accumulate.wgsl");
const BINARY_PROBLEMS: Fragment = fragment!("input/binary_problems.wgsl");
const BITS: Fragment = fragment!("kernel/bits.wgsl");
const COLUMNS: Fragment = fragment!("input/columns.wgsl");
const CONVERT: Fragment = fragment!("input/convert.wgsl");
const CONVERT_ROWS: Fragment = fragment!("input/convert_rows.wgsl");
const CONVERT_SAMPLES: Fragment = fragment!("input/convert_samples.wgsl");
const CUSTOM: Fragment = fragment!("kernel/custom.wgsl");
const EXACT: Fragment = fragment!("statistic/exact.wgsl");
const LABELS: Fragment = fragment!("reduce/labels.wgsl");
const LOG_ODDS: Fragment = fragment!("kernel/log_odds.wgsl", log_odds::CONSTANTS);
const REDUCED_ROWS: Fragment = fragment!("input/reduced_rows.wgsl");
const ROW_REDUCE: Fragment = fragment!("reduce/row_reduce.wgsl");
const SCORE_ROWS: Fragment = fragment!("reduce/score_rows.wgsl");
const SOFT_LABELS: Fragment = fragment!("reduce/soft_labels.wgsl");
const VECTOR: Fragment = fragment!("kernel/vector.wgsl", vector::CONSTANTS);
const VECTOR_ROWS: Fragment = fragment!("reduce/vector_rows.wgsl");

/// The constants that `kernel/bits.wgsl` and most others need.
const BITS_CONSTANTS: [(&str, u32); 8] = [
    ("ONE", bits::ONE),
    ("UNDERFLOW", bits::UNDERFLOW),
    ("OUTSIDE", bits::OUTSIDE),
    ("FIELD_MAX", bits::FIELD_MAX),
    ("MIN_RESULT_EXPONENT", bits::MIN_RESULT_EXPONENT),
    ("FIELD_SQUARE", bits::FIELD_SQUARE),
    ("FIELD_MOMENT", bits::FIELD_MOMENT),
    ("FIELD_LIMIT", bits::FIELD_LIMIT),
];

/// Every fragment that a module can be composed of, without libraries and values.
fn kernels() -> Vec<Fragment> {
    let by_sample = [EXACT, ACCUMULATE, COLUMNS, REDUCED_ROWS, LOG_ODDS, BINARY_PROBLEMS, CUSTOM];
    let reduction = [ROW_REDUCE, SCORE_ROWS, LABELS, SOFT_LABELS, VECTOR, VECTOR_ROWS];
    let mut kernels = [
        &[BITS, CONVERT, CONVERT_ROWS, CONVERT_SAMPLES],
        by_sample.as_slice(),
        &reduction,
        sort::FRAGMENTS,
    ]
    .concat();
    for fragment in all_fragments() {
        if kernels.iter().all(|other| other.path != fragment.path) {
            kernels.push(fragment);
        }
    }
    kernels
}

/// Every file that a module can be composed of: its path below `shaders/`, and its text.
pub fn fragments() -> Vec<(&'static str, &'static str)> {
    let values = ValueFn::ALL.iter().map(|function| function.wgsl());
    let libraries = MathModule::ALL.iter().map(|library| library.wgsl());
    let kernels = kernels().into_iter().map(|fragment| (fragment.path, fragment.wgsl));
    kernels.chain(libraries).chain(values).collect()
}

/// The names of the constants of all fragments and libraries.
pub(super) fn constant_names() -> Vec<&'static str> {
    let fragments = kernels().into_iter().map(|fragment| fragment.constants);
    let constants = fragments.chain(MathModule::ALL.iter().map(|library| library.constants()));
    constants.flatten().map(|(name, _)| *name).collect()
}

/// The inputs and the totals of a pass.
#[derive(Clone, Copy)]
pub(super) struct PassInput<'a> {
    pub plan: &'a Plan,
    pub family: &'a Family,
    pub layout: &'a FamilyLayout,
    /// The schema of its samples. The samples of binary problems are columns, computed from rows.
    pub schema: Schema,
}

/// The modules of a plan over samples of a schema: the reduction of rows, if needed, then one
/// module per pass.
pub fn modules(plan: &Plan, schema: Schema) -> Result<Vec<Module>, Error> {
    let layout = Layout::new(plan);
    let reduction = schema.rows.then(|| reduction(plan, schema));
    let passes = passes(plan, schema, &layout)?;
    Ok(reduction.into_iter().chain(passes.into_iter().flatten()).collect())
}

/// One module per pass of each family over samples of a schema; none for families that do not take
/// this schema.
pub(super) fn passes(
    plan: &Plan,
    schema: Schema,
    layout: &Layout,
) -> Result<Vec<Vec<Module>>, Error> {
    let modules = |(family, layout): (&Family, &FamilyLayout)| {
        if !family.kind.takes(schema) {
            return Ok(Vec::new());
        }
        let columns = family.columns(plan.task, plan.classes);
        let schema = if family.kind.is_view() { schema } else { columns };
        let input = PassInput { plan, family, layout, schema };
        layout.passes.iter().map(|pass| module(input, pass)).collect()
    };
    layout.families(plan).map(modules).collect()
}

/// The kernel that converts buffers to the engines' representation: a thread converts a sample, or
/// a workgroup does if its row of truths or outputs is long.
pub fn convert(has_long_rows: bool) -> Module {
    let mut module = Module::new();
    let constants = [
        ("GROUP", layout::CONVERT_GROUP),
        ("ENTRY_ZERO", layout::ZERO),
        ("ENTRY_SMALL_WEIGHT", layout::SMALL_WEIGHT),
        ("ENTRY_CONVERTED", layout::CONVERTED),
        ("MASKED", bits::MASKED),
        ("NO_CLASS", row::NO_CLASS),
        ("INFINITY", bits::FIELD_MAX << 23),
    ];
    let constants = rendered(&BITS_CONSTANTS)
        + &rendered(&constants)
        + &rendered(&convert::INPUT_CONSTANTS)
        + &rendered(convert::CONSTANTS);
    module.push("(constants)", &constants);
    let main = if has_long_rows { CONVERT_ROWS } else { CONVERT_SAMPLES };
    [BITS, CONVERT, main].iter().for_each(|fragment| module.push_fragment(fragment));
    module
}

/// The reduction of rows, of scores or of numbers.
pub(super) fn reduction(plan: &Plan, schema: Schema) -> Module {
    let row_needs = plan.row_needs();
    let team = layout::team(schema.classes);
    let probabilities = row_needs.scores == ScoreKind::Probabilities;
    let numbers = [
        ("ENTRY_ZERO", layout::ZERO),
        ("ENTRY_REDUCED", layout::REDUCED),
        ("CLASSES", schema.classes),
        ("GROUP", layout::ROW_GROUP),
        ("TEAM", team),
        ("TEAMS", layout::ROW_GROUP / team),
        ("HIGHEST_SCORE", if probabilities { bits::ONE } else { u32::MAX }),
        ("MIN_PROBABILITY", row_needs.mean.unwrap_or_default().bits()),
        ("MIN_LOSS_PROBABILITY", row_needs.loss.unwrap_or_default().bits()),
    ];
    let logits = row_needs.scores == ScoreKind::Logits;
    let switches = [
        ("NEEDS_RANK", row_needs.rank),
        ("NEEDS_SQUARES", row_needs.squares),
        ("NEEDS_MEAN", row_needs.mean.is_some()),
        ("NEEDS_LOSS", row_needs.loss.is_some()),
        ("NEEDS_SUMS", schema.soft || row_needs.rank || row_needs.scores != ScoreKind::Any),
        ("OF_LOGITS", logits),
        ("OF_PROBABILITIES", probabilities),
        ("NEEDS_PRODUCTS", row_needs.squares),
        ("NEEDS_DIVERGENCE", row_needs.mean.is_some()),
    ];
    let mut module = Module::new();
    let mut constants = rendered(&BITS_CONSTANTS) + &rendered(&numbers);
    for (name, value) in switches {
        let _ = writeln!(constants, "const {name}: bool = {value};");
    }
    module.push("(constants)", &constants);
    [BITS, ROW_REDUCE].iter().for_each(|fragment| module.push_fragment(fragment));
    if schema.has_vectors() || schema.soft {
        module.push_fragment(&VECTOR);
        let (name, text) = ValueFn::PoissonDeviance.wgsl();
        module.push(name, text);
    }
    let fragments = match schema {
        _ if schema.has_vectors() => [VECTOR_ROWS].as_slice(),
        _ if schema.soft => &[SCORE_ROWS, SOFT_LABELS],
        _ => &[SCORE_ROWS, LABELS],
    };
    fragments.iter().for_each(|fragment| module.push_fragment(fragment));
    MathModule::ALL.iter().for_each(|&library| module.push_library(library));
    module
}

fn module(input: PassInput<'_>, pass: &Pass) -> Result<Module, Error> {
    let PassInput { family, schema, .. } = input;
    let mut module = Module::new();
    module.push("(constants)", &constants(input, pass));
    let of_samples = match family.kind {
        FamilyKind::OneVsRest { classes, scale } | FamilyKind::OneVsOne { classes, scale } => {
            let one_vs_one = matches!(family.kind, FamilyKind::OneVsOne { .. });
            let constants = constants_of_problems(classes, scale, one_vs_one);
            module.push("(constants of binary problems)", &constants);
            [LOG_ODDS, BINARY_PROBLEMS].as_slice()
        }
        _ if schema.rows => &[REDUCED_ROWS],
        _ => &[COLUMNS],
    };
    let mut fragments = [&[BITS, EXACT], of_samples, &[ACCUMULATE]].concat();
    let statistics = || pass.statistics(family, schema).map(|(statistic, _)| statistic);
    for fragment in statistics().flat_map(Statistic::fragments) {
        if fragments.iter().all(|other| other.path != fragment.path) {
            fragments.push(*fragment);
        }
    }
    fragments.iter().for_each(|fragment| module.push_fragment(fragment));
    let functions = functions(statistics());
    if functions.iter().any(|function| matches!(function, ValueFn::Custom(_))) {
        module.push_fragment(&CUSTOM);
    }
    let of_columns = family.kind.is_view() && !schema.rows;
    let needed = |library: &&MathModule| {
        !of_columns
            || statistics().any(|statistic| statistic.math().contains(library))
            || functions.iter().any(|function| function.math_modules().contains(library))
    };
    for &library in MathModule::ALL.iter().filter(needed) {
        module.push_library(library);
    }
    for (name, text) in texts(&functions) {
        module.push(name, text);
    }
    module.push("(statistics)", &calls::statistics(input, pass)?);
    Ok(module)
}

/// The values of statistics, each once.
fn functions(statistics: impl Iterator<Item = Statistic>) -> Vec<ValueFn> {
    let mut functions = Vec::new();
    for value in statistics.filter_map(Statistic::value) {
        if !functions.contains(&value.function) {
            functions.push(value.function);
        }
    }
    functions
}

/// The WGSL of values and of those that they call, each once: its name and its text.
fn texts(functions: &[ValueFn]) -> Vec<(&'static str, &'static str)> {
    let mut texts = Vec::new();
    for function in functions {
        let called = function.calls().iter().map(|fragment| (fragment.path, fragment.wgsl));
        for text in called.chain([function.wgsl()]) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts
}

fn constants_of_problems(classes: u32, scale: ScoreScale, one_vs_one: bool) -> String {
    let of_logits = scale == ScoreScale::LogOdds;
    let switches =
        format!("const OF_LOGITS: bool = {of_logits};\nconst ONE_VS_ONE: bool = {one_vs_one};\n");
    rendered(&[("CLASSES", classes)]) + &switches
}

// Both have the same VALUE_BIAS.
const _: () = assert!(layout::VALUE.first_limb() == layout::WEIGHT.first_limb());

fn constants(input: PassInput<'_>, pass: &Pass) -> String {
    let PassInput { plan, family, layout: family_layout, .. } = input;
    let columns = family.columns(plan.task, plan.classes);
    let any_nonfinite = PREDICTION_NONFINITE | TRUTH_NONFINITE;
    let first_bit = layout::VALUE.first_limb() * LIMB_BITS;
    let (bias, unit) = (EXPONENT_BIAS as u32, -SINGLE_UNIT_EXPONENT as u32);
    let constants = [
        ("PREDICTION_NONFINITE", PREDICTION_NONFINITE),
        ("TRUTH_NONFINITE", TRUTH_NONFINITE),
        ("PREDICTION_SUBNORMAL", PREDICTION_SUBNORMAL),
        ("TRUTH_SUBNORMAL", TRUTH_SUBNORMAL),
        ("READS_PREDICTION", reads(Operands::Prediction)),
        ("ANY_NONFINITE", any_nonfinite),
        ("ANY_SUBNORMAL", PREDICTION_SUBNORMAL | TRUTH_SUBNORMAL),
        ("NOTE_UNNORMALIZED", row::ROW_UNNORMALIZED),
        ("MASKED", bits::MASKED),
        ("ENTRY_ZERO", layout::ZERO),
        ("ENTRY_PROCESSED", pass.processed),
        ("ENTRY_DUE", layout::DUE),
        ("ENTRY_CONVERTED", layout::CONVERTED),
        ("ENTRY_REDUCED", layout::REDUCED),
        ("MAY_BE_MASKED", layout::MAY_BE_MASKED),
        ("IS_CONVERTED", layout::IS_CONVERTED),
        ("FAULT_NONFINITE", layout::FAULT_NONFINITE),
        ("FAULT_OVERFLOW", layout::FAULT_OVERFLOW),
        ("FAULT_OUTSIDE", layout::FAULT_OUTSIDE),
        ("FAULT_UNDERFLOW", layout::FAULT_UNDERFLOW),
        ("FAULT_UNNORMALIZED", layout::FAULT_UNNORMALIZED),
        ("LIMB_BITS", LIMB_BITS),
        ("LIMB_MASK", (1 << LIMB_BITS) - 1),
        ("WEIGHT_LIMBS", layout::WEIGHT.limbs()),
        // The bit of a table that corresponds to the last bit of a number with exponent field 0.
        ("VALUE_BIAS", unit - bias - first_bit),
        ("PRODUCT_BIAS", 2 * bias - unit),
        ("MOMENT_BIAS", 2 * bias - unit + first_bit),
        ("WEIGHTED_MOMENT_BIAS", 3 * bias - unit),
        ("GROUP", family_layout.group),
        ("ROWS", pass.rows),
        ("LIMBS_TOTAL", (pass.rows * family_layout.group).max(1)),
        ("FIRST_ENTRY", pass.first_entry),
        // 0 for columns of numbers.
        ("PREDICTION_CLASSES", columns.prediction_classes().unwrap_or(0)),
        ("TRUTH_CLASSES", columns.truth_classes().unwrap_or(0)),
        ("CELL_BITS", layout::CELL_BITS),
        ("CELL_VALUE_BIAS", unit - bias - layout::VALUE.first_cell_limb() * layout::CELL_BITS),
        ("CELL_VALUE_LIMBS", layout::VALUE.cell_limbs()),
        ("CELL_COUNT_ENTRIES", layout::CELL_COUNT_ENTRIES),
        ("CELL_SUM_ENTRIES", layout::CELL_SUM_ENTRIES),
        ("CELL_WORDS", pass.cell_words),
        ("CELLS_TOTAL", pass.cell_words.max(1)),
        ("FIRST_CELL", pass.first_cell),
        ("CARRY_SAMPLES", pass.carry_samples),
        // The number of rounds in which a cell receives at most 2^16 samples.
        ("FLUSH_ROUNDS", (1 << layout::CELL_BITS) / (pass.carry_samples * family_layout.group)),
        ("PARAMETER_VECTORS", parameter_vectors(family)),
    ];
    let mut text = rendered(&BITS_CONSTANTS) + &rendered(&constants);
    // The first pass of a view is the one that the other kernels' work is counted for.
    let takes = pass.weights && family.kind.is_view();
    let _ = writeln!(text, "const COUNTS_WEIGHTS: bool = {};", pass.weights);
    let _ = writeln!(text, "const TAKES_FROM_OTHERS: bool = {takes};");
    let _ = writeln!(text, "const HAS_ROWS: bool = {};", input.schema.rows);
    let [x, y, z, w] = last_limbs(pass);
    let _ = writeln!(text, "const LAST_LIMBS = vec4<u32>({x}u, {y}u, {z}u, {w}u);");
    text
}

fn rendered(constants: &[(&str, u32)]) -> String {
    constants.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "const {name}: u32 = {value}u;");
        text
    })
}

/// One bit per row, set if the row is the last limb of its table, or a counter.
fn last_limbs(pass: &Pass) -> [u32; 4] {
    let mut last = [0; 4];
    for table in pass.tables() {
        let row = table.end - 1;
        last[row as usize / 32] |= 1 << (row % 32);
    }
    last
}

/// Number of vectors of four words for the parameters of a family's statistics.
pub(super) fn parameter_vectors(family: &Family) -> u32 {
    (family.statistics.len() as u32).div_ceil(4).max(1)
}

/// The flags that a statistic reads.
fn notes(statistic: Statistic) -> u32 {
    let of_probabilities =
        statistic.value().is_some_and(|value| value.function.is_of_probabilities());
    reads(statistic.reads()) | if of_probabilities { row::ROW_UNNORMALIZED } else { 0 }
}

fn reads(reads: Operands) -> u32 {
    let mut notes = 0;
    if reads.prediction() {
        notes |= PREDICTION_NONFINITE | PREDICTION_SUBNORMAL;
    }
    if reads.truth() {
        notes |= TRUTH_NONFINITE | TRUTH_SUBNORMAL;
    }
    notes
}
