//! An input and the columns it comes from.

use crate::error::Failure;
use crate::input::{Accumulator, Column};
use weighbridge::Task;
use weighbridge::error::Input;

/// An input and the columns it comes from.
pub struct Role {
    pub task: Task,
    pub input: Input,
    /// Names of columns, lists of them, and prefixes, as given.
    pub asked: Vec<String>,
}

impl Role {
    /// Whether the input, of so many numbers a row, is a label: a class, or the elements of a
    /// one-hot row.
    pub fn is_label(&self, width: usize) -> bool {
        match self.input {
            Input::Prediction => self.task == Task::Multiclass && width == 1,
            Input::Truth => self.task.has_labels(),
            Input::Weight | Input::Mask | Input::Lengths => false,
        }
    }

    /// Whether the input is a class, which may have a name.
    pub fn is_class(&self, width: usize) -> bool {
        self.is_label(width) && width == 1 && self.task != Task::Multilabel
    }

    /// Fails if such a column, of an input of so many numbers a row, cannot be this input.
    /// `named` tells whether labels may be names.
    pub fn check(
        &self,
        column: &Column,
        width: usize,
        named: bool,
        file: &str,
    ) -> Result<(), Failure> {
        let is_label = self.is_label(width);
        let is_class = self.is_class(width);
        let held = match &column.content {
            Accumulator::Numbers | Accumulator::Cells => return Ok(()),
            Accumulator::Booleans if is_label => return Ok(()),
            Accumulator::Text(_) if is_class && named => return Ok(()),
            Accumulator::Booleans => "booleans".to_owned(),
            Accumulator::Text(data_type) => format!("text ({data_type})"),
            Accumulator::Lists => {
                let (file, column) = (file.to_owned(), column.name.clone());
                return Err(Failure::Lists { file, column, input: self.input });
            }
            Accumulator::Other(held) => held.clone(),
        };
        let expected = match (is_label, self.task) {
            (true, Task::Binary) => "labels 0 and 1, or the names that --class-names gives",
            (true, _) if is_class => "classes 0, 1, ..., or the names that --class-names gives",
            (true, Task::Multilabel) => "labels 0 and 1",
            (true, _) => "one-hot rows of 0 and 1",
            _ => "numbers",
        };
        let (file, column) = (file.to_owned(), column.name.clone());
        Err(Failure::WrongType { file, column, input: self.input, held, expected })
    }
}
