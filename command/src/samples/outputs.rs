//! Predictions and truths of one output.

use super::{Buffers, Samples};
use weighbridge::Column;
use weighbridge::error::Input;

/// A prediction and its truth.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub prediction: f64,
    pub truth: f64,
    /// 1 if there are no weights. Pictures do not show more digits.
    pub weight: f32,
}

impl Samples<'_> {
    /// The pairs of an output in all rows; empty if the columns do not exist.
    pub fn pairs(&self, output: usize, buffers: &mut Buffers) -> Vec<Pair> {
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
        let pair =
            |((prediction, truth), weight)| Pair { prediction, truth, weight: weight as f32 };
        pairs.map(pair).collect()
    }
}

/// The number of an output in each row, or the only number of the row.
fn column(all: Column<'_>, rows: usize, output: usize) -> Vec<f64> {
    let width = (all.len() / rows.max(1)).max(1);
    let index = output.min(width - 1);
    macro_rules! numbers {
        ($numbers:expr) => {
            $numbers.iter().skip(index).step_by(width).map(|&x| x as f64).collect()
        };
    }
    match all {
        Column::F32(numbers) => numbers!(numbers),
        Column::F64(numbers) => numbers!(numbers),
        Column::U8(numbers) => numbers!(numbers),
        Column::I32(numbers) => numbers!(numbers),
        Column::U32(numbers) => numbers!(numbers),
        Column::I64(numbers) => numbers!(numbers),
        Column::U64(numbers) => numbers!(numbers),
        _ => Vec::new(), // columns of files have no other types
    }
}
