//! What the readers of Arrow data share: types, columns and batches.

use crate::input::format::{Column, ColumnType, Sink, Stop, batch_rows};
use arrow_array::ArrayRef;
use arrow_schema::{ArrowError, DataType, FieldRef, Schema};
use indicatif::ProgressBar;

/// The columns of an Arrow schema.
pub fn columns(schema: &Schema, rows: Option<u64>) -> Vec<Column> {
    let column = |field: &FieldRef| {
        let (data_type, width) = match field.data_type() {
            DataType::FixedSizeList(element, len @ 1..) => (element.data_type(), *len as usize),
            data_type => (data_type, 1),
        };
        let column_type = column_type(data_type);
        Column { name: field.name().clone(), column_type, width, rows }
    };
    schema.fields().iter().map(column).collect()
}

/// The type of the cells of an Arrow type.
fn column_type(data_type: &DataType) -> ColumnType {
    match data_type {
        DataType::Boolean => ColumnType::Booleans,
        // A column of nulls is a column of missing numbers.
        DataType::Null => ColumnType::Numbers,
        DataType::Dictionary(_, values) => column_type(values),
        data_type if data_type.is_numeric() => ColumnType::Numbers,
        data_type if data_type.is_string() => ColumnType::Text(data_type.to_string()),
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => ColumnType::Lists,
        data_type => ColumnType::Other(format!("values of type {data_type}")),
    }
}

/// Numbers in each row of an array.
pub fn width(data_type: &DataType) -> usize {
    if let DataType::FixedSizeList(_, len) = data_type { *len as usize } else { 1 }
}

/// Sends the columns of a batch of any size in batches of limited size.
pub fn send(columns: &[ArrayRef], bar: &ProgressBar, sink: Sink<'_>) -> Result<(), Stop> {
    let rows = columns.first().map_or(0, |column| column.len());
    let max_rows = batch_rows(columns.iter().map(|column| width(column.data_type())).sum());
    for start in (0..rows).step_by(max_rows) {
        let len = max_rows.min(rows - start);
        sink(columns.iter().map(|column| column.slice(start, len)).collect())?;
        bar.inc(len as u64);
    }
    Ok(())
}

impl From<ArrowError> for Stop {
    fn from(error: ArrowError) -> Self {
        match error {
            // The message without the name of the variant.
            ArrowError::IpcError(reason)
            | ArrowError::ParseError(reason)
            | ArrowError::InvalidArgumentError(reason) => Self::Damaged(reason),
            ArrowError::IoError(_, error) => error.into(),
            ArrowError::ExternalError(error) => Self::damaged(error),
            error => Self::damaged(error),
        }
    }
}
