//! The WGSL that a statistic contributes to a pass: the calls that add a sample to it.

use crate::error::Error;
use crate::kernel::constant::Constant;
use crate::kernel::row::{ROW_NONFINITE, ROW_TRUTH_NONFINITE};
use crate::kernel::value::ValueSpec;

/// The location of a statistic in a pass.
#[derive(Debug)]
pub(crate) struct Site {
    /// Its index in the plan, for unique names.
    pub index: usize,
    /// The expression for its parameter.
    pub parameter: String,
    /// Whether samples are rows.
    pub has_rows: bool,
    /// The flags of inputs that it reads.
    pub notes: u32,
    /// The first entry of its faults.
    pub faults: u32,
    /// The entry of clipped samples.
    pub clipped: u32,
    /// The row of its first counter.
    pub counters: u32,
    /// The first rows of its sums.
    pub sums: Vec<u32>,
    /// The entry of its first maximum.
    pub maxima: u32,
    /// The entry of its first cell.
    pub cells: u32,
}

impl Site {
    /// A call of `rule` with the value of a sample.
    fn call(&self, rule: &str, value: ValueSpec) -> String {
        let Self { parameter, notes, faults, .. } = self;
        let value = value.function.call(&format!("{}, {parameter}", inputs(value)));
        format!("{rule}({value}, {notes}u, {faults}u, sample)")
    }

    /// The rows of its first N sums; an internal error if it has fewer.
    pub fn sum_rows<const N: usize>(&self) -> Result<[u32; N], Error> {
        let rows = self.sums.first_chunk().copied();
        rows.ok_or_else(|| Error::internal(format!("a statistic has fewer than {N} sums")))
    }

    /// The value of a sample, 0 if the sample is left out.
    pub fn value_or_zero(&self, value: ValueSpec) -> String {
        self.call("value_or_zero", value)
    }

    /// The value of a sample, `OUTSIDE` if the sample is left out.
    pub fn kept(&self, value: ValueSpec) -> String {
        self.call("kept", value)
    }
}

/// The arguments of a value's function.
fn inputs(value: ValueSpec) -> &'static str {
    if value.function.row_needs(Constant::ZERO).rows {
        "row"
    } else {
        "sample.prediction, sample.truth"
    }
}

/// Lines of WGSL, by the function that they belong to.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    /// Variables of the module.
    pub variables: String,
    /// Statements for each sample.
    pub accumulate: String,
    /// Statements before the first sample.
    pub begin: String,
    /// Statements after the last sample.
    pub finish: String,
}

impl Calls {
    /// Appends a statement for each sample.
    pub fn accumulate(&mut self, call: &str) {
        push_line(&mut self.accumulate, call);
    }

    /// Appends a statement after the last sample.
    pub fn finish(&mut self, call: &str) {
        push_line(&mut self.finish, call);
    }

    /// Counts samples of which a value clips an input, if it can clip.
    pub fn count_clipped(&mut self, value: ValueSpec, site: &Site) {
        if !value.function.may_clip() {
            return;
        }
        let (name, inputs) = (value.function.name(), inputs(value));
        let inside = match inputs {
            "row" => "(row.flags & ROW_OUTSIDE) == 0u",
            _ => "sample.prediction <= ONE",
        };
        let notes = site.notes & (ROW_NONFINITE | ROW_TRUTH_NONFINITE);
        let clips = format!("{name}_clips({inputs}, {})", site.parameter);
        self.accumulate(&format!("if (sample.notes & {notes}u) == 0u"));
        self.accumulate(&format!("    && {inside} && {clips} {{"));
        self.accumulate(&format!("    add_to_state({}u, 1u, 0u);", site.clipped));
        self.accumulate("}");
    }
}

/// Appends an indented line.
pub(crate) fn push_line(text: &mut String, line: &str) {
    text.push_str("    ");
    text.push_str(line);
    text.push('\n');
}
