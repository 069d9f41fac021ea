//! Predictions and truths of one output, row by row, rounded as the library rounds them.

use super::{Buffers, Samples};
use weighbridge::Column;
use weighbridge::error::Input;

/// A prediction and its truth.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub prediction: f32,
    pub truth: f32,
    /// 1 where there are no weights.
    pub weight: f32,
}

impl Samples<'_> {
    /// What is predicted and true of an output in all rows; nothing if there are no such columns.
    pub fn of_output(&self, output: usize, buffers: &mut Buffers) -> Vec<Pair> {
        let rows = self.len();
        let [prediction, truth, weight] = [
            (Input::Prediction, &mut buffers.prediction),
            (Input::Truth, &mut buffers.truth),
            (Input::Weight, &mut buffers.weight),
        ]
        .map(|(input, buffer)| match self.numbers(input) {
            [] => Vec::new(),
            numbers => column(buffer.rows(numbers), rows, output),
        });
        let weight = if weight.is_empty() { vec![1.0; rows] } else { weight };
        let pairs = prediction.into_iter().zip(truth).zip(weight);
        let pair = |((prediction, truth), weight)| Pair { prediction, truth, weight };
        pairs.map(pair).collect()
    }
}

/// One number of each row, or the only one of it.
fn column(all: Column<'_>, rows: usize, output: usize) -> Vec<f32> {
    let width = (all.len() / rows.max(1)).max(1);
    let index = output.min(width - 1);
    macro_rules! narrowed {
        ($numbers:expr) => {
            $numbers.iter().skip(index).step_by(width).map(|&x| x as f32).collect()
        };
    }
    match all {
        Column::F32(numbers) => narrowed!(numbers),
        Column::F64(numbers) => narrowed!(numbers),
        Column::U8(numbers) => narrowed!(numbers),
        Column::I32(numbers) => narrowed!(numbers),
        Column::U32(numbers) => narrowed!(numbers),
        Column::I64(numbers) => narrowed!(numbers),
        Column::U64(numbers) => narrowed!(numbers),
        _ => Vec::new(), // no column of a file is of another type
    }
}
