//! The columns of an input, as requested, and the types they may have.

use super::format::{Column, ColumnType};
use crate::error::Failure;
use weighbridge::Task;
use weighbridge::error::Input;

/// An input and the columns requested for it.
pub struct Role {
    pub task: Task,
    pub input: Input,
    /// Names of columns, lists of names, and prefixes, as given.
    pub patterns: Vec<String>,
}

impl Role {
    /// Whether the input, with rows of `width` numbers, is a label: a class, or a one-hot row.
    pub fn is_label(&self, width: usize) -> bool {
        match self.input {
            Input::Prediction => self.task == Task::Multiclass && width == 1,
            Input::Truth => self.task.has_labels(),
            Input::Weight | Input::Mask | Input::Lengths => false,
        }
    }

    /// Whether the input, with rows of `width` numbers, is a class, which may have a name.
    pub fn is_class(&self, width: usize) -> bool {
        self.is_label(width) && width == 1 && self.task != Task::Multilabel
    }

    /// Fails if the input, with rows of `width` numbers, cannot be read from a column of this type.
    /// `has_names` tells whether labels may be names.
    pub fn check(
        &self,
        column: &Column,
        width: usize,
        has_names: bool,
        file: &str,
    ) -> Result<(), Failure> {
        let is_label = self.is_label(width);
        let is_class = self.is_class(width);
        let content = match &column.column_type {
            ColumnType::Numbers | ColumnType::Cells => return Ok(()),
            ColumnType::Booleans if is_label => return Ok(()),
            ColumnType::Text(_) if is_class && has_names => return Ok(()),
            ColumnType::Booleans => "booleans".to_owned(),
            ColumnType::Text(data_type) => format!("text ({data_type})"),
            ColumnType::Lists => {
                let (file, column) = (file.to_owned(), column.name.clone());
                return Err(Failure::Lists { file, column, input: self.input });
            }
            ColumnType::Other(description) => description.clone(),
        };
        let expected = match (is_label, self.task) {
            (true, Task::Binary) => "labels 0 and 1, or names given with --class-names",
            (true, _) if is_class => "classes 0, 1, ..., or names given with --class-names",
            (true, Task::Multilabel) => "labels 0 and 1",
            (true, _) => "one-hot rows of 0 and 1",
            _ => "numbers",
        };
        let (file, column) = (file.to_owned(), column.name.clone());
        Err(Failure::WrongType { file, column, input: self.input, content, expected })
    }
}
