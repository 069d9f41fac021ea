//! The WGSL of a plan's passes: fragments of `shaders/` joined under a header of constants.
//!
//! Every constant is born in Rust and rendered here. What is particular to a pass is a few lines of
//! calls, one group for each of its statistics; everything else is in the fragments.

use super::layout::{self, LIMB_BITS, Layout, Pass, Place};
use crate::error::Error;
use crate::exact::layout::{EXPONENT_BIAS, UNIT_EXPONENT};
use crate::statistic::value::is_identifier;
use crate::statistic::{Factor, Function, Library, Plan, Reads, Scores, Statistic, bits, row};
use std::fmt::Write;

/// Notes on what is unusual about a sample's inputs.
const PREDICTION_NONFINITE: u32 = row::ROW_NONFINITE;
const TRUTH_NONFINITE: u32 = 2;
const PREDICTION_SUBNORMAL: u32 = row::ROW_SUBNORMAL;
const TRUTH_SUBNORMAL: u32 = 8;

/// A fragment of WGSL: its path below `shaders/`, and its text.
type Fragment = (&'static str, &'static str);

const BITS: Fragment = ("bits.wgsl", include_str!("../../shaders/bits.wgsl"));
const CALIBRATION: Fragment = ("calibration.wgsl", include_str!("../../shaders/calibration.wgsl"));
const CELLS: Fragment = ("cells.wgsl", include_str!("../../shaders/cells.wgsl"));
const CLASSES: Fragment = ("classes.wgsl", include_str!("../../shaders/classes.wgsl"));
const COLUMNS: Fragment = ("columns.wgsl", include_str!("../../shaders/columns.wgsl"));
const CONTEXTS: Fragment = ("contexts.wgsl", include_str!("../../shaders/contexts.wgsl"));
const CUSTOM: Fragment = ("custom.wgsl", include_str!("../../shaders/custom.wgsl"));
const EXACT: Fragment = ("exact.wgsl", include_str!("../../shaders/exact.wgsl"));
const ELEMENTWISE: Fragment = ("elementwise.wgsl", include_str!("../../shaders/elementwise.wgsl"));

const ROWS: Fragment = ("rows.wgsl", include_str!("../../shaders/rows.wgsl"));

/// The constants that `bits.wgsl` and most others need.
const BITS_CONSTANTS: [(&str, u32); 8] = [
    ("ONE", bits::ONE),
    ("UNDERFLOW", bits::UNDERFLOW),
    ("OUTSIDE", bits::OUTSIDE),
    ("FIELD_MAX", bits::FIELD_MAX),
    ("FIELD_MIN", bits::FIELD_MIN),
    ("FIELD_SQUARE", bits::FIELD_SQUARE),
    ("FIELD_MOMENT", bits::FIELD_MOMENT),
    ("FIELD_LIMIT", bits::FIELD_LIMIT),
];

/// A composed WGSL module: one pass over the data.
#[derive(Clone, Debug)]
pub struct Module {
    /// The whole text.
    pub wgsl: String,
    /// Where each fragment begins: its name, and its first line, from 1.
    pub fragments: Vec<(String, usize)>,
}

impl Module {
    fn new() -> Self {
        Self { wgsl: String::new(), fragments: Vec::new() }
    }

    pub(super) fn push(&mut self, name: &str, text: &str) {
        self.fragments.push((name.to_owned(), self.wgsl.lines().count() + 1));
        self.wgsl.push_str(text);
        if !text.ends_with('\n') {
            self.wgsl.push('\n');
        }
    }

    fn push_library(&mut self, library: Library) {
        let (name, text) = library.wgsl();
        self.push("(constants of a library)", &rendered(library.constants()));
        self.push(name, text);
    }

    /// `bits.wgsl` and these libraries, to try functions of a pair of numbers one by one.
    pub(super) fn of_libraries(libraries: &[Library]) -> Self {
        let mut module = Self::new();
        module.push("(constants)", &rendered(&BITS_CONSTANTS));
        module.push(BITS.0, BITS.1);
        libraries.iter().for_each(|&library| module.push_library(library));
        module
    }

    /// A device's error, with the place in `shaders/` that its first line number means.
    pub(super) fn located(&self, error: Error) -> Error {
        let Error::DeviceFailed { adapter, reason } = error else { return error };
        let line = reason.split_once("wgsl:").and_then(|(_, rest)| {
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
        });
        let reason = match line {
            Some(line) => format!("{}: {reason}", self.locate(line)),
            None => reason,
        };
        Error::DeviceFailed { adapter, reason }
    }

    /// Where a line of the whole text stands: `shaders/FILE.wgsl:LINE`, or that of a user's value.
    pub fn locate(&self, line: usize) -> String {
        match self.place(line) {
            Some((name, line)) if is_identifier(name) => format!("the value {name}, line {line}"),
            Some((name, line)) => format!("shaders/{name}:{line}"),
            None => format!("line {line}"),
        }
    }

    /// The fragment that a line of the whole text stands in, and its line there.
    pub(super) fn place(&self, line: usize) -> Option<(&str, usize)> {
        let fragment = self.fragments.iter().rev().find(|(_, first)| *first <= line);
        fragment.map(|(name, first)| (name.as_str(), line - first + 1))
    }
}

/// Every fragment that a module can be composed of, by its path below `shaders/`.
pub fn fragments() -> Vec<(&'static str, &'static str)> {
    let values = Function::ALL.iter().map(|function| function.wgsl());
    let libraries = Library::ALL.iter().map(|library| library.wgsl());
    let kernel =
        [BITS, EXACT, CELLS, CALIBRATION, CLASSES, COLUMNS, CONTEXTS, CUSTOM, ELEMENTWISE, ROWS];
    kernel.into_iter().chain(libraries).chain(values).collect()
}

/// The modules of a plan over columns, or over rows of scores: one for each pass, and first the
/// reduction of the rows.
pub fn modules(plan: &Plan, scores: bool) -> Vec<Module> {
    let layout = Layout::new(plan);
    let reduction = scores.then(|| rows(plan));
    let passes = layout.passes.iter().map(|pass| module(plan, scores, &layout, pass));
    reduction.into_iter().chain(passes).collect()
}

/// The reduction of rows of scores.
pub(super) fn rows(plan: &Plan) -> Module {
    let reduction = plan.reduction();
    let team = layout::team(plan.classes);
    let probabilities = reduction.scores == Scores::Probabilities;
    let numbers = [
        ("ENTRY_ZERO", layout::ZERO),
        ("CLASSES", plan.classes),
        ("GROUP", layout::ROW_GROUP),
        ("TEAM", team),
        ("TEAMS", layout::ROW_GROUP / team),
        ("HIGHEST_SCORE", if probabilities { bits::ONE } else { u32::MAX }),
        ("LEAST_PROBABILITY", reduction.mean.unwrap_or_default()),
    ];
    let logits = reduction.scores == Scores::Logits;
    let switches = [
        ("NEEDS_RANK", reduction.rank),
        ("NEEDS_SQUARES", reduction.squares),
        ("NEEDS_MEAN", reduction.mean.is_some()),
        ("NEEDS_SUMS", reduction.rank || logits || probabilities),
        ("OF_LOGITS", logits),
        ("OF_PROBABILITIES", probabilities),
    ];
    let mut module = Module::new();
    let mut constants = rendered(&BITS_CONSTANTS) + &rendered(&numbers);
    for (name, value) in switches {
        let _ = writeln!(constants, "const {name}: bool = {value};");
    }
    module.push("(constants)", &constants);
    module.push(BITS.0, BITS.1);
    module.push(ROWS.0, ROWS.1);
    Library::ALL.iter().for_each(|&library| module.push_library(library));
    module
}

pub(super) fn module(plan: &Plan, scores: bool, layout: &Layout, pass: &Pass) -> Module {
    let mut module = Module::new();
    module.push("(constants)", &constants(plan, layout, pass));
    let samples = if scores { CONTEXTS } else { COLUMNS };
    for (name, text) in [BITS, EXACT, samples, ELEMENTWISE] {
        module.push(name, text);
    }
    let any = |wanted: fn(&Statistic) -> bool| {
        pass.places.iter().any(|place| wanted(&plan.statistics[place.index]))
    };
    let calibrates = any(|statistic| matches!(statistic, Statistic::Calibration { .. }));
    let counts_classes = any(|statistic| statistic.cells() > 0);
    let fragments = [
        (calibrates || counts_classes, CELLS),
        (calibrates, CALIBRATION),
        (counts_classes, CLASSES),
    ];
    for (_, (name, text)) in fragments.into_iter().filter(|(needed, _)| *needed) {
        module.push(name, text);
    }
    let functions = functions(plan, pass);
    if functions.iter().any(|function| matches!(function, Function::Custom(_))) {
        module.push(CUSTOM.0, CUSTOM.1);
    }
    let needed = |library: &&Library| {
        scores || functions.iter().any(|function| function.libraries().contains(library))
    };
    for &library in Library::ALL.iter().filter(needed) {
        module.push_library(library);
    }
    for function in functions {
        let (name, text) = function.wgsl();
        module.push(name, text);
    }
    module.push("(statistics)", &statistics(plan, scores, pass));
    module
}

/// The values of a pass, each once, with those that they call.
fn functions(plan: &Plan, pass: &Pass) -> Vec<Function> {
    let mut functions = Vec::new();
    for place in &pass.places {
        let Some(value) = plan.statistics[place.index].value() else { continue };
        for function in value.function.calls().iter().chain([&value.function]) {
            if !functions.contains(function) {
                functions.push(*function);
            }
        }
    }
    functions
}

fn constants(plan: &Plan, layout: &Layout, pass: &Pass) -> String {
    let any_nonfinite = PREDICTION_NONFINITE | TRUTH_NONFINITE;
    let first_bit = layout::VALUE.first_limb() * LIMB_BITS;
    debug_assert_eq!(layout::VALUE.first_limb(), layout::WEIGHT.first_limb());
    let (bias, unit) = (EXPONENT_BIAS as u32, -UNIT_EXPONENT as u32);
    let constants = [
        ("PREDICTION_NONFINITE", PREDICTION_NONFINITE),
        ("TRUTH_NONFINITE", TRUTH_NONFINITE),
        ("PREDICTION_SUBNORMAL", PREDICTION_SUBNORMAL),
        ("TRUTH_SUBNORMAL", TRUTH_SUBNORMAL),
        ("READS_PREDICTION", reads(Reads::Prediction)),
        ("ANY_NONFINITE", any_nonfinite),
        ("ANY_SUBNORMAL", PREDICTION_SUBNORMAL | TRUTH_SUBNORMAL),
        ("NOTE_UNNORMALIZED", row::ROW_UNNORMALIZED),
        ("MASKED", bits::MASKED),
        ("ENTRY_ZERO", layout::ZERO),
        ("FAULT_NONFINITE", layout::FAULT_NONFINITE),
        ("FAULT_OVERFLOW", layout::FAULT_OVERFLOW),
        ("FAULT_OUTSIDE", layout::FAULT_OUTSIDE),
        ("FAULT_UNDERFLOW", layout::FAULT_UNDERFLOW),
        ("FAULT_UNNORMALIZED", layout::FAULT_UNNORMALIZED),
        ("LIMB_BITS", LIMB_BITS),
        ("LIMB_MASK", (1 << LIMB_BITS) - 1),
        ("WEIGHT_LIMBS", layout::WEIGHT.limbs()),
        // The bit of a table at which the last bit of a number with exponent field 0 would stand.
        ("VALUE_BIAS", unit - bias - first_bit),
        ("PRODUCT_BIAS", 2 * bias - unit),
        ("MOMENT_BIAS", 2 * bias - unit + first_bit),
        ("WEIGHTED_MOMENT_BIAS", 3 * bias - unit),
        ("GROUP", layout.group),
        ("ROWS", pass.rows),
        ("LIMBS_TOTAL", (pass.rows * layout.group).max(1)),
        ("FIRST_ENTRY", pass.first_entry),
        // 0 for columns of numbers.
        ("PREDICTION_CLASSES", plan.form(false).prediction_classes().unwrap_or(0)),
        ("TRUTH_CLASSES", plan.form(false).truth_classes().unwrap_or(0)),
        ("CELL_BITS", layout::CELL_BITS),
        ("CELL_VALUE_BIAS", unit - bias - layout::VALUE.first_cell_limb() * layout::CELL_BITS),
        ("CELL_VALUE_LIMBS", layout::VALUE.cell_limbs()),
        ("CELL_COUNT_ENTRIES", layout::CELL_COUNT_ENTRIES),
        ("CELL_SUM_ENTRIES", layout::CELL_SUM_ENTRIES),
        ("CELL_WORDS", pass.cell_words),
        ("CELLS_TOTAL", pass.cell_words.max(1)),
        ("FIRST_CELL", pass.first_cell),
        ("CARRY_SAMPLES", pass.carry_samples),
        // Rounds after which no cell has taken more than 2^16 samples.
        ("FLUSH_ROUNDS", (1 << layout::CELL_BITS) / (pass.carry_samples * layout.group)),
        ("PARAMETER_VECTORS", parameter_vectors(plan)),
    ];
    let mut text = rendered(&BITS_CONSTANTS) + &rendered(&constants);
    let [x, y, z, w] = last_limbs(plan, pass);
    let _ = writeln!(text, "const LAST_LIMBS = vec4<u32>({x}u, {y}u, {z}u, {w}u);");
    text
}

fn rendered(constants: &[(&str, u32)]) -> String {
    constants.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "const {name}: u32 = {value}u;");
        text
    })
}

/// A bit for each row that is the last limb of its table, or a count of its own.
fn last_limbs(plan: &Plan, pass: &Pass) -> [u32; 4] {
    let mut last = [0; 4];
    for table in pass.tables(plan) {
        let row = table.end - 1;
        last[row as usize / 32] |= 1 << (row % 32);
    }
    last
}

/// Vectors of four words that hold the parameters of a plan's statistics.
pub(super) fn parameter_vectors(plan: &Plan) -> u32 {
    (plan.statistics.len() as u32).div_ceil(4).max(1)
}

/// The parameter of a statistic: what its value is told, or its threshold.
pub(super) fn parameter(statistic: &Statistic) -> u32 {
    match *statistic {
        Statistic::Confusion { threshold } => threshold.to_bits(),
        _ => statistic.value().map_or(0, |value| value.parameter.to_bits()),
    }
}

fn reads(reads: Reads) -> u32 {
    let mut notes = 0;
    if reads.prediction() {
        notes |= PREDICTION_NONFINITE | PREDICTION_SUBNORMAL;
    }
    if reads.truth() {
        notes |= TRUTH_NONFINITE | TRUTH_SUBNORMAL;
    }
    notes
}

/// The note that a statistic of probabilities looks at besides.
fn unnormalized(statistic: &Statistic) -> u32 {
    let looks = statistic.value().is_some_and(|value| value.function.is_of_probabilities());
    if looks { row::ROW_UNNORMALIZED } else { 0 }
}

/// What is particular to a pass: the calls for each of its statistics.
#[derive(Default)]
struct Calls {
    /// Whether samples are rows of scores.
    scores: bool,
    variables: String,
    accumulate: String,
    count_masked: String,
    count_weight: String,
    count_invalid_label: String,
    begin: String,
    flush: String,
    finish: String,
}

fn statistics(plan: &Plan, scores: bool, pass: &Pass) -> String {
    let mut calls = Calls { scores, ..Calls::default() };
    if pass.weights {
        calls.weights();
    }
    for place in &pass.places {
        calls.statistic(&plan.statistics[place.index], *place);
    }
    let Calls { variables, accumulate, count_weight, count_invalid_label, begin, .. } = &calls;
    let Calls { count_masked, flush, finish, .. } = &calls;
    format!(
        "{variables}\n\
         fn count_masked() {{\n{count_masked}}}\n\n\
         fn count_weight(weight: u32, valid: bool) {{\n{count_weight}}}\n\n\
         fn count_invalid_label(weight: u32) {{\n{count_invalid_label}}}\n\n\
         fn accumulate(sample: Sample) {{\n{accumulate}}}\n\n\
         fn begin() {{\n{begin}}}\n\n\
         fn flush() {{\n{flush}}}\n\n\
         fn finish(first: bool, samples: u32) {{\n{finish}}}\n"
    )
}

/// Appends one indented line of WGSL.
macro_rules! line {
    ($text:expr, $($format:tt)*) => {{
        $text.push_str("    ");
        $text.push_str(&format!($($format)*));
        $text.push('\n');
    }};
}

impl Calls {
    fn weights(&mut self) {
        let square_row = layout::WEIGHT.limbs();
        self.variables.push_str("var<private> zero_weights: u32;\n");
        self.variables.push_str("var<private> masked_samples: u32;\n");
        line!(self.count_masked, "masked_samples += 1u;");
        line!(self.count_weight, "zero_weights += select(0u, 1u, valid && weight == 0u);");
        line!(self.count_weight, "if !valid {{");
        line!(self.count_weight, "    add_to_state({}u, 1u, 0u);", layout::INVALID_WEIGHT);
        line!(self.count_weight, "}}");
        line!(self.count_invalid_label, "count_fault({}u, weight);", layout::INVALID_LABEL);
        line!(self.accumulate, "add_weight(sample.weight, 0u, {square_row}u);");
        line!(self.finish, "if first {{");
        line!(self.finish, "    add_to_state({}u, samples, 0u);", layout::SAMPLES);
        line!(self.finish, "}}");
        line!(self.finish, "if zero_weights != 0u {{");
        line!(self.finish, "    add_to_state({}u, zero_weights, 0u);", layout::ZERO_WEIGHT);
        line!(self.finish, "}}");
        line!(self.finish, "if masked_samples != 0u {{");
        line!(self.finish, "    add_to_state({}u, masked_samples, 0u);", layout::MASKED);
        line!(self.finish, "}}");
    }

    fn use_cells(&mut self) {
        if self.flush.is_empty() {
            line!(self.begin, "clear_cells();");
            line!(self.flush, "flush_cells();");
        }
    }

    fn statistic(&mut self, statistic: &Statistic, place: Place) {
        let Place { index, row, faults, cells } = place;
        let parameter =
            format!("parameters.given[{}].{}", index / 4, ["x", "y", "z", "w"][index % 4]);
        let reads = reads(statistic.reads()) | unnormalized(statistic);
        let of_rows = statistic.reduction().rows;
        let inputs = if of_rows { "row" } else { "sample.prediction, sample.truth" };
        let call = |rule: &str, function: Function| {
            let value = function.call(&format!("{inputs}, {parameter}"));
            format!("{rule}({value}, {reads}u, {faults}u, sample)")
        };
        let settled = |function| call("settle", function);
        if let Statistic::Sum(value) | Statistic::Maximum(value) | Statistic::Extremes(value) =
            statistic
            && value.function.may_clip()
        {
            let name = value.function.name();
            let clipped = format!("{name}_clips({inputs}, {parameter})");
            let inside = if of_rows {
                "(row.notes & ROW_OUTSIDE) == 0u"
            } else {
                "sample.prediction <= ONE"
            };
            line!(
                self.accumulate,
                "if (sample.notes & {}u) == 0u",
                reads & (PREDICTION_NONFINITE | TRUTH_NONFINITE)
            );
            line!(self.accumulate, "    && {inside} && {clipped} {{");
            line!(
                self.accumulate,
                "    add_to_state({}u, 1u, 0u);",
                faults + layout::FAULT_CLIPPED
            );
            line!(self.accumulate, "}}");
        }
        match statistic {
            Statistic::Sum(value) => {
                let value = settled(value.function);
                let weighted_row = row + layout::VALUE.limbs();
                line!(
                    self.accumulate,
                    "add_value({value}, {row}u, {weighted_row}u, sample.weight);"
                );
            }
            Statistic::Moment(moment) => {
                let [x, y] = moment.factors().map(|factor| match factor {
                    Factor::One => "ONE",
                    Factor::Prediction => "sample.prediction",
                    Factor::Truth => "sample.truth",
                });
                let weighted_row = row + layout::VALUE.limbs();
                line!(
                    self.accumulate,
                    "add_moment({x}, {y}, {reads}u, {faults}u, {row}u, {weighted_row}u, sample);"
                );
            }
            Statistic::Maximum(value) => {
                let (value, entry) = (settled(value.function), place.maximum());
                self.variables.push_str(&format!("var<private> _greatest_{index}: vec2<u32>;\n"));
                line!(
                    self.accumulate,
                    "_greatest_{index} = greatest(_greatest_{index}, {value}, sample.weight);"
                );
                line!(self.finish, "raise({entry}u, _greatest_{index});");
            }
            Statistic::Extremes(value) => {
                let (value, entry) = (call("kept", value.function), place.maximum());
                self.variables.push_str(&format!("var<private> _outermost_{index}: vec4<u32>;\n"));
                line!(
                    self.accumulate,
                    "_outermost_{index} = outermost(_outermost_{index}, {value}, sample.weight);"
                );
                line!(self.finish, "raise({entry}u, _outermost_{index}.xy);");
                line!(self.finish, "raise({}u, _outermost_{index}.zw);", entry + 2);
            }
            Statistic::Calibration { probability, bins } => {
                let kept = call("kept", probability.function);
                let label = if self.scores { "sample.prediction" } else { "ONE" };
                line!(
                    self.accumulate,
                    "add_calibration({kept}, {bins}u, {cells}u, sample.truth == {label}, sample);"
                );
                self.use_cells();
            }
            Statistic::Margins { classes } => {
                line!(self.accumulate, "add_margins({cells}u, {classes}u, {faults}u, sample);");
                self.use_cells();
            }
            Statistic::Matrix { classes } => {
                line!(self.accumulate, "add_to_matrix({cells}u, {classes}u, {faults}u, sample);");
                self.use_cells();
            }
            Statistic::Confusion { .. } => {
                let weight_row = row + 4;
                line!(
                    self.accumulate,
                    "add_confusion({parameter}, {faults}u, {row}u, {weight_row}u, sample);"
                );
            }
        }
    }
}
