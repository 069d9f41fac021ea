//! From arrays of a file to a batch, and from a fault in a batch to a cell of the file.

mod numbers;

use crate::failure::{CellFault, Failure, Place, shortened};
use crate::input::{Content, Source};
use arrow::array::{Array, ArrayRef};
use arrow::util::display::array_value_to_string;
use numbers::{Convert, Numbers};
use weighbridge::error::Input;
use weighbridge::{Batch, Error, Evaluator, Task};

/// Text of a cell in a message is cut after so many characters.
const MOST_CHARACTERS: usize = 40;

/// An input and the column it comes from.
pub struct Role {
    pub task: Task,
    pub input: Input,
    pub column: String,
}

impl Role {
    /// Whether the input is a label.
    fn is_label(&self) -> bool {
        match self.input {
            Input::Prediction => self.task == Task::Multiclass,
            Input::Truth => self.task != Task::Regression,
            Input::Weight => false,
        }
    }

    /// Fails if a column of such content cannot be this input.
    pub fn check(&self, content: &Content, file: &str) -> Result<(), Failure> {
        let held = match content {
            Content::Numbers | Content::Cells => return Ok(()),
            Content::Booleans if self.is_label() => return Ok(()),
            Content::Booleans => "booleans".to_owned(),
            Content::Other(held) => held.clone(),
        };
        Err(Failure::WrongType {
            file: file.to_owned(),
            column: self.column.clone(),
            input: self.input,
            held,
            expected: match (self.is_label(), self.task) {
                (true, Task::Binary) => "labels 0 and 1",
                (true, _) => "classes 0, 1, ...",
                _ => "numbers",
            },
        })
    }
}

/// What is said of labels on the command line.
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    /// Weights of some classes.
    pub class_weights: &'a [(u32, f64)],
    /// The label whose rows do not count.
    pub ignored: Option<i64>,
}

impl Labels<'_> {
    fn ignore(&self, truth: &Numbers, row: usize) -> bool {
        self.ignored.is_some() && truth.whole(row) == self.ignored
    }

    /// Whether the class of a row weighs something.
    fn weigh(&self, truth: &Numbers, row: usize) -> bool {
        let mut weightless = self.class_weights.iter().filter(|(_, weight)| *weight as f32 == 0.0);
        !weightless.any(|&(class, _)| truth.whole(row) == Some(class.into()))
    }
}

/// Consecutive rows of a file, an array for each role.
pub struct Samples<'a> {
    pub source: &'a Source,
    pub roles: &'a [Role],
    pub labels: Labels<'a>,
    /// The first row's number in the file, from 1.
    pub first_row: u64,
    pub arrays: &'a [ArrayRef],
}

impl Samples<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.arrays.first().map_or(0, |array| array.len())
    }

    /// Adds all rows, or none if one of them is faulty.
    pub fn add_to(&self, evaluator: &mut Evaluator) -> Result<(), Failure> {
        let convert = |(role, array): (&Role, &ArrayRef)| {
            Numbers::new(array, role.input, role.is_label()).map_err(|fault| match fault {
                Convert::Failed(error) => self.unreadable(role.input, &error),
                Convert::NotANumber { row } => self.fault(row, role.input, |text| {
                    CellFault::NotANumber { input: role.input, text }
                }),
            })
        };
        let columns = self.roles.iter().zip(self.arrays).map(convert);
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let [prediction, truth, weight @ ..] = columns.as_slice() else { return Ok(()) };
        self.check(prediction, truth, weight.first())?;
        let mut batch = Batch::new(prediction.column(), truth.column());
        if let Some(weight) = weight.first() {
            batch = batch.weights(weight.column());
        }
        evaluator.update(&batch).map_err(|error| self.explain(error))
    }

    /// Refuses missing cells, and NaN and infinity, in rows that weigh something; missing weights in
    /// all rows that count.
    ///
    /// The library takes these for undefined values; in a file they are faults to be mended.
    fn check(
        &self,
        prediction: &Numbers,
        truth: &Numbers,
        weight: Option<&Numbers>,
    ) -> Result<(), Failure> {
        let counts = |row: &usize| !self.labels.ignore(truth, *row);
        let weighs = |row: &usize| {
            let weight = weight.is_none_or(|weight| !weight.is_zero(*row));
            weight && self.labels.weigh(truth, *row) && counts(row)
        };
        let roles = self.roles.iter().zip([Some(prediction), Some(truth), weight]);
        let suspicious = roles.filter_map(|(role, numbers)| {
            let numbers = numbers?;
            let row = match role.input {
                Input::Weight => numbers.missing().find(counts),
                _ if role.is_label() => numbers.missing().find(weighs),
                _ => numbers.not_finite().find(weighs),
            };
            Some((row?, role.input, numbers))
        });
        let Some((row, input, numbers)) = suspicious.min_by_key(|(row, ..)| *row) else {
            return Ok(());
        };
        Err(self.fault(row, input, |text| {
            if numbers.is_missing(row) {
                CellFault::Missing { input }
            } else if text.contains(|c: char| c.is_ascii_digit()) {
                CellFault::TooLarge { input, text } // such as 1e999
            } else {
                CellFault::NotFinite { input, text }
            }
        }))
    }

    /// Names the cell that the library refuses.
    fn explain(&self, error: Error) -> Failure {
        match error {
            Error::InvalidWeight { row, .. } => {
                self.fault(row, Input::Weight, |text| CellFault::InvalidWeight { text })
            }
            Error::InvalidProduct { row, class, class_weight, .. } => {
                self.fault(row, Input::Weight, |text| CellFault::InvalidProduct {
                    text,
                    class,
                    class_weight,
                })
            }
            Error::InvalidLabel { input, row, classes, .. } => {
                self.fault(row, input, |text| CellFault::InvalidLabel { input, text, classes })
            }
            Error::TooLarge { input, row, .. } => {
                self.fault(row, input, |text| CellFault::TooLarge { input, text })
            }
            error => error.into(),
        }
    }

    /// A fault in a row of these samples, told with the text of the cell.
    fn fault(&self, row: usize, input: Input, fault: impl FnOnce(String) -> CellFault) -> Failure {
        let role = self.roles.iter().zip(self.arrays).find(|(role, _)| role.input == input);
        let text = role.and_then(|(_, array)| array_value_to_string(array, row).ok());
        let text = shortened(text.unwrap_or_default().trim(), MOST_CHARACTERS);
        let place = Place {
            file: self.source.name(),
            column: role.map(|(role, _)| role.column.clone()).unwrap_or_default(),
            row: self.first_row + row as u64,
            has_header: self.source.has_header(),
        };
        Failure::Cell { place, fault: fault(text) }
    }

    fn unreadable(&self, input: Input, error: &arrow::error::ArrowError) -> Failure {
        self.source.unreadable(&format!("the {input} cannot be converted: {error}"))
    }
}
