//! What is particular to a pass: the calls for each of its statistics.

use super::{PREDICTION_NONFINITE, Samples, TRUTH_NONFINITE, reads};
use crate::gpu::layout;
use crate::gpu::layout::{Pass, Place};
use crate::kernel::row;
use crate::statistic::{Binning, Factor, Plan, Statistic, ValueFn};

/// The functions that the fragments call for a pass, and the variables they need.
pub(super) fn statistics(plan: &Plan, samples: Samples<'_>, pass: &Pass) -> String {
    let rows = samples.are_rows();
    let mut calls = Calls { rows, ..Calls::default() };
    calls.total(samples, pass);
    if pass.weights {
        calls.weights();
    }
    for place in pass.places_of(plan, rows) {
        calls.statistic(&plan.statistics[place.index], *place);
    }
    let Calls { variables, accumulate, count_weight, count_invalid_label, begin, .. } = &calls;
    let Calls { begin_total, count_masked, flush, finish, .. } = &calls;
    format!(
        "{variables}\n\
         fn count_masked() {{\n{count_masked}}}\n\n\
         fn count_weight(weight: u32, valid: bool) {{\n{count_weight}}}\n\n\
         fn count_invalid_label(weight: u32) {{\n{count_invalid_label}}}\n\n\
         fn accumulate(sample: Sample) {{\n{accumulate}}}\n\n\
         fn begin_total(group: u32) {{\n{begin_total}}}\n\n\
         fn begin(first_quad: u32, stride: u32) {{\n{begin}}}\n\n\
         fn flush() {{\n{flush}}}\n\n\
         fn finish(first: bool, samples: u32) {{\n{finish}}}\n"
    )
}

/// Lines of WGSL, by the function they stand in.
#[derive(Default)]
struct Calls {
    /// Whether samples are rows.
    rows: bool,
    variables: String,
    accumulate: String,
    count_masked: String,
    count_weight: String,
    count_invalid_label: String,
    begin_total: String,
    begin: String,
    flush: String,
    finish: String,
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
    /// Which total the samples are added to: of contests each has a row of workgroups, or where scores are
    /// stored a dispatch.
    fn total(&mut self, samples: Samples<'_>, pass: &Pass) {
        let Samples::Contests { first_entry, entries, .. } = samples else {
            line!(self.begin_total, "base = parameters.base;");
            return;
        };
        let contest = if pass.stores { "stored.contest" } else { "group" };
        line!(self.begin_total, "base = {first_entry}u + {contest} * {entries}u;");
        line!(self.begin_total, "choose({contest});");
    }

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
        let of_rows = statistic.row_needs().rows;
        let inputs = if of_rows { "row" } else { "sample.prediction, sample.truth" };
        let call = |rule: &str, function: ValueFn| {
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
                "(row.flags & ROW_OUTSIDE) == 0u"
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
                let label = if self.rows { "sample.prediction" } else { "ONE" };
                line!(
                    self.accumulate,
                    "add_calibration({kept}, {bins}u, {cells}u, sample.truth == {label}, sample);"
                );
                self.use_cells();
            }
            Statistic::Histogram { division: Binning { of_logits, even, side } } => {
                let bin = if *of_logits { "logit_bin" } else { "probability_bin" };
                let bin = format!("{bin}(sample.prediction, {even}u, {side}u)");
                line!(self.accumulate, "add_to_histogram({bin}, {cells}u, {faults}u, sample);");
                self.use_cells();
            }
            Statistic::Scores => {
                line!(self.accumulate, "store({faults}u, sample);");
                line!(self.begin, "take_places(first_quad, stride);");
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

/// The note that a statistic of probabilities looks at besides.
fn unnormalized(statistic: &Statistic) -> u32 {
    let looks = statistic.value().is_some_and(|value| value.function.is_of_probabilities());
    if looks { row::ROW_UNNORMALIZED } else { 0 }
}
