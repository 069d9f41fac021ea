//! Rows for the library, from columns side by side.

use super::numbers::{Numbers, with_values};
use weighbridge::Column;

/// Rows written at a time, so that they stay in the cache.
const BLOCK_ROWS: usize = 32;

/// Reused memory for the rows of each input.
#[derive(Default)]
pub struct Buffers {
    pub prediction: RowBuffer,
    pub truth: RowBuffer,
    pub weight: RowBuffer,
}

/// Reused memory for rows, of the common type of the columns, or else of `f64`.
#[derive(Default)]
pub struct RowBuffer {
    f32: Vec<f32>,
    f64: Vec<f64>,
    u8: Vec<u8>,
}

impl RowBuffer {
    /// Columns of equal length as rows; a single column as it is.
    #[expect(clippy::unnecessary_cast, reason = "one of the types cast to f64 is f64")]
    pub fn rows<'a>(&'a mut self, columns: &'a [Numbers]) -> Column<'a> {
        if let [column] = columns {
            return column.column();
        }
        macro_rules! of_type {
            ($variant:ident $element:ident) => {{
                let slice = |numbers| match Numbers::column(numbers) {
                    Column::$variant(slice) => Some(slice),
                    _ => None,
                };
                let slices = columns.iter().map(slice).collect::<Option<Vec<_>>>();
                if let Some(slices) = slices {
                    let len = slices.iter().map(|slice| slice.len()).sum();
                    self.$element.resize(len, Default::default());
                    interleave(&slices, &mut self.$element);
                    return (&self.$element[..]).into();
                }
            }};
        }
        of_type!(F32 f32);
        of_type!(F64 f64);
        of_type!(U8 u8);
        // Columns of several types.
        let width = columns.len();
        self.f64.resize(columns.iter().map(Numbers::len).sum(), 0.0);
        for (index, numbers) in columns.iter().enumerate() {
            let elements = self.f64.iter_mut().skip(index).step_by(width);
            with_values!(numbers, values => {
                elements.zip(values.iter()).for_each(|(element, &x)| *element = x as f64);
            });
        }
        (&self.f64[..]).into()
    }
}

/// Writes columns as rows.
fn interleave<T: Copy>(columns: &[&[T]], rows: &mut [T]) {
    let width = columns.len();
    for (block, rows) in rows.chunks_mut(width * BLOCK_ROWS).enumerate() {
        for (index, column) in columns.iter().enumerate() {
            let column = &column[block * BLOCK_ROWS..];
            let elements = rows.iter_mut().skip(index).step_by(width);
            elements.zip(column).for_each(|(element, x)| *element = *x);
        }
    }
}
