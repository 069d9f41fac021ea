//! The code that is specific to a pass: the functions that its fragments call.

use super::{PassInput, notes};
use crate::error::Error;
use crate::gpu::layout;
use crate::gpu::layout::{FAULT_CLIPPED, Pass, Place};
use crate::statistic::{Calls, Site, Statistic, push_line};

/// The functions that the fragments call for a pass, and the variables that these need.
pub(super) fn statistics(input: PassInput<'_>, pass: &Pass) -> Result<String, Error> {
    let mut header = Header::default();
    let mut calls = Calls::default();
    header.total(input, pass);
    if pass.weights {
        header.weights(&mut calls);
    }
    for (statistic, place) in pass.statistics(input.family, input.schema) {
        statistic.call(&site(statistic, place, pass, input), &mut calls)?;
        header.cells |= place.slots.has_cells();
    }
    let mut flush = String::new();
    if header.cells {
        push_line(&mut calls.begin, "clear_cells();");
        push_line(&mut flush, "flush_cells();");
    }
    let Calls { variables, accumulate, begin, finish } = &calls;
    let Header { count_weight, count_invalid_label, begin_total, count_masked, .. } = &header;
    Ok(format!(
        "{variables}\n\
         fn count_masked() {{\n{count_masked}}}\n\n\
         fn count_weight(weight: u32, valid: bool) {{\n{count_weight}}}\n\n\
         fn count_invalid_label(weight: u32) {{\n{count_invalid_label}}}\n\n\
         fn accumulate(sample: Sample) {{\n{accumulate}}}\n\n\
         fn begin_total(group: u32) {{\n{begin_total}}}\n\n\
         fn begin(first_quad: u32, stride: u32) {{\n{begin}}}\n\n\
         fn flush() {{\n{flush}}}\n\n\
         fn finish() {{\n{finish}}}\n"
    ))
}

/// The location of a statistic in a pass, for its WGSL.
fn site(statistic: Statistic, place: &Place, pass: &Pass, input: PassInput<'_>) -> Site {
    let &Place { index, row, faults, cells, .. } = place;
    // The parameters of views are set for each dispatch.
    let parameter = if 1 < pass.copies {
        format!("given({index}u + copy)")
    } else if input.family.kind.is_view() {
        format!("parameters.given[{}].{}", index / 4, ["x", "y", "z", "w"][index % 4])
    } else {
        format!("{}u", statistic.parameter())
    };
    Site {
        index,
        parameter,
        has_rows: input.schema.rows,
        notes: notes(statistic),
        faults,
        clipped: faults + FAULT_CLIPPED,
        counters: row,
        sums: place.sums().map(|(_, row)| row).collect(),
        maxima: place.maxima(),
        cells,
    }
}

/// Lines of WGSL besides those of statistics, by the function that they belong to.
#[derive(Default)]
struct Header {
    count_masked: String,
    count_weight: String,
    count_invalid_label: String,
    begin_total: String,
    /// Whether any statistic has cells.
    cells: bool,
}

/// Appends one indented line of WGSL.
macro_rules! line {
    ($text:expr, $($format:tt)*) => {
        push_line(&mut $text, &format!($($format)*))
    };
}

impl Header {
    /// Selects the total that samples are added to: each binary problem has a row of workgroups or,
    /// if scores are stored, a dispatch.
    fn total(&mut self, input: PassInput<'_>, pass: &Pass) {
        let PassInput { family, layout, .. } = input;
        if family.kind.is_view() {
            let entries = pass.copy_entries;
            line!(self.begin_total, "copy = group;");
            line!(self.begin_total, "base = parameters.base + copy * {entries}u;");
            return;
        }
        let problem = if pass.stores { "stored.problem" } else { "group" };
        let (first_entry, entries) = (layout.first_entry, layout.entries);
        line!(self.begin_total, "base = {first_entry}u + {problem} * {entries}u;");
        line!(self.begin_total, "choose({problem});");
    }

    fn weights(&mut self, calls: &mut Calls) {
        let square_row = layout::WEIGHT.limbs();
        calls.variables.push_str("var<private> zero_weights: u32;\n");
        calls.variables.push_str("var<private> masked_samples: u32;\n");
        line!(self.count_masked, "masked_samples += 1u;");
        line!(self.count_weight, "zero_weights += select(0u, 1u, valid && weight == 0u);");
        line!(self.count_weight, "if !valid {{");
        line!(self.count_weight, "    add_to_state({}u, 1u, 0u);", layout::INVALID_WEIGHT);
        line!(self.count_weight, "}}");
        line!(self.count_invalid_label, "count_fault({}u, weight);", layout::INVALID_LABEL);
        line!(calls.accumulate, "add_weight(sample.weight, 0u, {square_row}u);");
        line!(calls.finish, "if zero_weights != 0u {{");
        line!(calls.finish, "    add_to_state({}u, zero_weights, 0u);", layout::ZERO_WEIGHT);
        line!(calls.finish, "}}");
        line!(calls.finish, "if masked_samples != 0u {{");
        line!(calls.finish, "    add_to_state({}u, masked_samples, 0u);", layout::MASKED);
        line!(calls.finish, "}}");
    }
}
