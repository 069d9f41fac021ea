//! From the arrays of a file to a batch, and from an error in a batch to the cell of the file.

mod buffers;
mod numbers;
#[cfg(feature = "plot")]
mod outputs;

pub use buffers::Buffers;
#[cfg(feature = "plot")]
pub use outputs::Pair;

use crate::classes::ClassNames;
use crate::error::{CellFault, Failure, Place};
use crate::input::{InputColumns, Role, Source};
use crate::labels::Labels;
use crate::words::shortened;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_cast::display::array_value_to_string;
pub use numbers::is_missing;
use numbers::{ConvertError, Numbers, ParseOptions};
use weighbridge::error::{Input, UpdateError};
use weighbridge::exact::{is_weight, rounded_weight};
use weighbridge::{Batch, Error, Evaluator, Task};

/// Longest text of a cell in a message.
const MAX_CHARACTERS: usize = 40;

/// Consecutive rows of a file.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub source: &'a Source,
    /// The inputs that have columns: prediction, truth and weight, in this order.
    pub roles: &'a [Role],
    /// The columns of each input.
    pub inputs: &'a [InputColumns],
    pub names: Option<&'a ClassNames>,
    pub labels: &'a Labels,
    /// The number of the first row in the file, from 1.
    pub first_row: u64,
}

/// The content of some rows of a file.
pub struct Samples<'a> {
    rows: Rows<'a>,
    /// The arrays of each input.
    arrays: Vec<Vec<ArrayRef>>,
    /// The numbers in them.
    numbers: Vec<Vec<Numbers>>,
}

/// The place of a number: the input, the array, and the index in the array.
#[derive(Clone, Copy)]
struct Cell {
    role: usize,
    array: usize,
    element: usize,
}

impl<'a> Samples<'a> {
    /// Converts the arrays of each input to numbers.
    pub fn new(rows: Rows<'a>, arrays: Vec<Vec<ArrayRef>>) -> Result<Self, Failure> {
        let mut samples = Self { rows, arrays, numbers: Vec::new() };
        for (role, arrays) in samples.arrays.iter().enumerate() {
            let numbers = arrays.iter().enumerate().map(|(array, _)| samples.convert(role, array));
            let numbers = numbers.collect::<Result<_, _>>()?;
            samples.numbers.push(numbers);
        }
        Ok(samples)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.arrays.iter().flatten().next().map_or(0, |array| array.len())
    }

    fn convert(&self, role: usize, array: usize) -> Result<Numbers, Failure> {
        let Role { input, .. } = self.rows.roles[role];
        let width = self.rows.inputs[role].width;
        let is_label = self.rows.roles[role].is_label(width);
        let is_class = self.rows.roles[role].is_class(width);
        let names = self.rows.names.filter(|_| is_class);
        let numbers =
            Numbers::new(&self.arrays[role][array], input, ParseOptions { is_label, names });
        numbers.map_err(|fault| match fault {
            ConvertError::Cast(error) => {
                let source = self.rows.source;
                source.unreadable(&format!("the {input} cannot be converted: {error}"))
            }
            ConvertError::NotANumber { row } => {
                self.fault(Cell { role, array, element: row }, |text| {
                    if is_class {
                        CellFault::NotALabel { input, text }
                    } else {
                        CellFault::NotANumber { input, text }
                    }
                })
            }
        })
    }

    /// Adds all rows, or none if one of them is invalid.
    pub fn add_to(&self, evaluator: &mut Evaluator, buffers: &mut Buffers) -> Result<(), Failure> {
        self.check()?;
        evaluator.update(&self.batch(buffers)).map_err(|error| self.explain(error))
    }

    /// All rows as a batch.
    pub fn batch<'b>(&'b self, buffers: &'b mut Buffers) -> Batch<'b> {
        let prediction = buffers.prediction.rows(self.numbers(Input::Prediction));
        let mut batch = match self.numbers(Input::Truth) {
            [] => Batch::values(prediction),
            truth => Batch::new(prediction, buffers.truth.rows(truth)),
        };
        let weight = self.numbers(Input::Weight);
        if !weight.is_empty() {
            batch = batch.weights(buffers.weight.rows(weight));
        }
        if self.is_one_hot() {
            batch = batch.one_hot();
        }
        batch
    }

    /// Refuses missing cells, NaN and infinity in rows with a weight above zero, and missing
    /// weights in all rows that are not ignored.
    ///
    /// The library sees NaN in both cases, and could not say that a cell is missing.
    fn check(&self) -> Result<(), Failure> {
        let first_invalid = |(cell, numbers): (Cell, &Numbers)| {
            let role = &self.rows.roles[cell.role];
            let counts = |&element: &usize| self.counts(Cell { element, ..cell });
            let has_weight = |&element: &usize| self.has_weight(Cell { element, ..cell });
            let element = match role.input {
                Input::Weight => numbers.missing().find(counts),
                _ if role.is_label(self.rows.inputs[cell.role].width) => {
                    numbers.missing().find(has_weight)
                }
                _ => numbers.not_finite().find(has_weight),
            };
            Some(Cell { element: element?, ..cell })
        };
        let invalid = self.columns().filter_map(first_invalid);
        let Some(cell) = invalid.min_by_key(|cell| self.row(*cell)) else {
            return Ok(());
        };
        let numbers = &self.numbers[cell.role][cell.array];
        let input = self.rows.roles[cell.role].input;
        Err(self.fault(cell, |text| {
            if numbers.is_missing(cell.element) {
                CellFault::Missing { input }
            } else if text.contains(|c: char| c.is_ascii_digit()) {
                CellFault::TooLarge { input, text } // such as 1e999
            } else {
                CellFault::NotFinite { input, text: as_number(text) }
            }
        }))
    }

    /// The numbers of an input; empty if it has no columns.
    fn numbers(&self, input: Input) -> &[Numbers] {
        let mut roles = self.rows.roles.iter().zip(&self.numbers);
        roles.find(|(role, _)| role.input == input).map_or(&[], |(_, numbers)| numbers)
    }

    /// Whether truths are one-hot rows.
    fn is_one_hot(&self) -> bool {
        let truth = InputColumns::find(self.rows.inputs, Input::Truth);
        let is_row = truth.is_some_and(|columns| columns.width > 1);
        is_row && self.rows.roles.iter().all(|role| role.task == Task::Multiclass)
    }

    /// The numbers of all inputs, each with the first cell of its array.
    fn columns(&self) -> impl Iterator<Item = (Cell, &Numbers)> {
        self.numbers.iter().enumerate().flat_map(|(role, numbers)| {
            let cell = move |(array, numbers)| (Cell { role, array, element: 0 }, numbers);
            numbers.iter().enumerate().map(cell)
        })
    }

    /// The label of the sample of a cell; in the multilabel task, the label of its output.
    fn label(&self, cell: Cell) -> Option<i64> {
        let whole = |cell: Cell| self.numbers[cell.role][cell.array].whole(cell.element);
        if self.is_one_hot() {
            // The only 1 among 0s.
            let row = self.row(cell);
            let mut labels = self.cells(Input::Truth, row).map(whole);
            let class = labels.position(|label| label != Some(0))?;
            let mut labels = self.cells(Input::Truth, row).map(whole).enumerate();
            let is_hot = labels.all(|(i, label)| label == Some(i64::from(i == class)));
            return is_hot.then_some(class as i64);
        }
        whole(self.corresponding(Input::Truth, cell)?)
    }

    /// Whether the label of a cell is not ignored.
    fn counts(&self, cell: Cell) -> bool {
        !self.rows.labels.is_ignored(self.label(cell))
    }

    /// Whether a cell counts with a weight above zero.
    fn has_weight(&self, cell: Cell) -> bool {
        let weight = self.corresponding(Input::Weight, cell).and_then(|cell| self.weight(cell));
        weight.map(rounded_weight) != Some(0.0)
            && self.rows.labels.has_weight(self.label(cell))
            && self.counts(cell)
    }

    /// The number in a cell as a weight.
    fn weight(&self, cell: Cell) -> Option<f64> {
        self.numbers[cell.role][cell.array].weight(cell.element)
    }

    /// The cell of another input for the same sample and output.
    fn corresponding(&self, input: Input, cell: Cell) -> Option<Cell> {
        let mut cells = self.cells(input, self.row(cell));
        if InputColumns::find(self.rows.inputs, input)?.width == 1 {
            return cells.next();
        }
        let numbers = self.numbers[cell.role].get(cell.array)?;
        cells.nth(cell.array + cell.element % numbers.width)
    }

    /// The row of a cell, from 0.
    fn row(&self, cell: Cell) -> usize {
        // While numbers are being converted, there is one in each row.
        let numbers = self.numbers.get(cell.role).and_then(|numbers| numbers.get(cell.array));
        cell.element / numbers.map_or(1, |numbers| numbers.width)
    }

    /// Finds the cell that the library refuses, by its row.
    fn explain(&self, error: Error) -> Failure {
        match error {
            Error::Update(UpdateError::InvalidWeight { row, .. }) => {
                let is_valid = |cell| self.weight(cell).is_some_and(is_weight);
                let is_fault = |cell| self.counts(cell) && !is_valid(cell);
                let cell = self.cell(Input::Weight, row, is_fault);
                self.fault(cell, |text| CellFault::InvalidWeight { text: as_number(text) })
            }
            Error::Update(UpdateError::WeightTooSmall { row, weight, exponent }) => {
                let cell = self.cell(Input::Weight, row, |cell| self.weight(cell) == Some(weight));
                self.fault(cell, |text| CellFault::WeightTooSmall { text, exponent })
            }
            Error::Update(UpdateError::WeightProductTooLarge {
                row, class, class_weight, ..
            }) => {
                let fault = |text| CellFault::InvalidProduct { text, class, class_weight };
                let is_fault = |cell| {
                    let weight = self.weight(cell).unwrap_or_default();
                    let is_too_large = is_weight(weight) && !is_weight(weight * class_weight);
                    self.label(cell) == Some(class.into()) && is_too_large
                };
                self.fault(self.cell(Input::Weight, row, is_fault), fault)
            }
            Error::Update(UpdateError::InvalidLabel { input, row, classes, .. }) => {
                let is_fault = |cell: Cell| {
                    let whole = self.numbers[cell.role][cell.array].whole(cell.element);
                    let is_class = whole.is_some_and(|class| (0..classes.into()).contains(&class));
                    !is_class && self.has_weight(cell)
                };
                self.fault(self.cell(input, row, is_fault), |text| match self.rows.names {
                    Some(names) if text.parse::<f64>().is_err() || names.look_like_values() => {
                        CellFault::UnknownClass { input, text, known: names.names.clone() }
                    }
                    _ => CellFault::InvalidLabel { input, text: as_number(text), classes },
                })
            }
            Error::Update(UpdateError::InvalidOneHot { row }) => {
                let cells = self.cells(Input::Truth, row).collect::<Vec<_>>();
                let text = cells.iter().map(|cell| self.text(*cell)).collect::<Vec<_>>().join(" ");
                let columns = InputColumns::find(self.rows.inputs, Input::Truth);
                let names = columns.map(|columns| columns.names.clone()).unwrap_or_default();
                let fault = CellFault::InvalidOneHot { text: shortened(&text, MAX_CHARACTERS) };
                Failure::Cell { place: self.place(names, row), fault }
            }
            Error::Update(UpdateError::TooLarge { input, row, .. }) => {
                let is_fault = |cell: Cell| {
                    let numbers = &self.numbers[cell.role][cell.array];
                    numbers.is_too_large(cell.element) && self.has_weight(cell)
                };
                let cell = self.cell(input, row, is_fault);
                self.fault(cell, |text| CellFault::TooLarge { input, text })
            }
            Error::Update(UpdateError::WeightShape { outputs: 1, .. }) => {
                let columns = InputColumns::find(self.rows.inputs, Input::Weight);
                let width = columns.map_or(0, |columns| columns.width);
                Failure::WholeSamples { file: self.rows.source.name(), width }
            }
            error => error.into(),
        }
    }

    /// The first cell of an input in a row that matches, or else the first cell.
    fn cell(&self, input: Input, row: usize, is_fault: impl Fn(Cell) -> bool) -> Cell {
        let matching = self.cells(input, row).find(|cell| is_fault(*cell));
        let cell = matching.or_else(|| self.cells(input, row).next());
        cell.unwrap_or(Cell { role: 0, array: 0, element: row })
    }

    /// The cells of an input in a row.
    fn cells(&self, input: Input, row: usize) -> impl Iterator<Item = Cell> {
        let is_input = move |(cell, _): &(Cell, _)| self.rows.roles[cell.role].input == input;
        self.columns().filter(is_input).flat_map(move |(cell, Numbers { width, .. })| {
            (row * width..(row + 1) * width).map(move |element| Cell { element, ..cell })
        })
    }

    /// The text of a cell.
    fn text(&self, cell: Cell) -> String {
        let array = &self.arrays[cell.role][cell.array];
        let array = array.as_fixed_size_list_opt().map_or(array, |rows| rows.values());
        let text = array_value_to_string(array, cell.element).unwrap_or_default();
        shortened(text.trim(), MAX_CHARACTERS)
    }

    /// An error about a cell, with its text.
    fn fault(&self, cell: Cell, fault: impl FnOnce(String) -> CellFault) -> Failure {
        let columns = &self.rows.inputs[cell.role];
        let name = columns.names.get(cell.array).cloned().unwrap_or_default();
        let numbers = self.numbers.get(cell.role).and_then(|numbers| numbers.get(cell.array));
        let width = numbers.map_or(1, |numbers| numbers.width);
        let column = if width == 1 { name } else { format!("{name}[{}]", cell.element % width) };
        let place = self.place(vec![column], self.row(cell));
        Failure::Cell { place, fault: fault(self.text(cell)) }
    }

    fn place(&self, columns: Vec<String>, row: usize) -> Place {
        Place {
            file: self.rows.source.name(),
            columns,
            row: self.rows.first_row + row as u64,
            has_header: self.rows.source.has_header(),
        }
    }
}

/// NaN and infinity in one spelling, whether they come from text or from numbers.
fn as_number(text: String) -> String {
    match text.parse::<f64>() {
        Ok(x) if !x.is_finite() && !text.contains(|c: char| c.is_ascii_digit()) => x.to_string(),
        _ => text,
    }
}
