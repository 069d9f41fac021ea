//! The positions of a strided tensor's elements.

/// Rows of contiguous elements, at a fixed stride.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub rows: usize,
    pub width: usize,
    pub stride: usize,
}

impl Rows {
    /// The rows of a tensor; none if its elements do not form rows or the rows overlap.
    pub fn of(shape: &[usize], strides: &[usize]) -> Option<Self> {
        if shape.contains(&0) {
            return Some(Self { rows: 0, width: 1, stride: 1 });
        }
        // From the last dimension to the first. The strides of dimensions of size 1 do not matter.
        let mut dimensions =
            shape.iter().zip(strides).rev().filter(|(size, _)| **size > 1).peekable();
        let mut width = 1;
        while let Some((size, _)) = dimensions.next_if(|(_, stride)| **stride == width) {
            width *= size;
        }
        let stride = dimensions.peek().map_or(width, |(_, stride)| **stride);
        let mut rows = 1;
        while let Some((size, _)) = dimensions.next_if(|(_, step)| **step == stride * rows) {
            rows *= size;
        }
        (dimensions.next().is_none() && stride >= width).then_some(Self { rows, width, stride })
    }

    /// Elements from the first to the last, including the gaps between rows.
    pub fn span(self) -> usize {
        if self.rows == 0 { 0 } else { (self.rows - 1) * self.stride + self.width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: usize, width: usize, stride: usize) -> Option<Rows> {
        Some(Rows { rows, width, stride })
    }

    #[test]
    fn dense_tensors_are_one_row() {
        assert_eq!(Rows::of(&[5], &[1]), rows(1, 5, 5));
        assert_eq!(Rows::of(&[2, 3, 4], &[12, 4, 1]), rows(1, 24, 24));
        assert_eq!(Rows::of(&[4, 1, 1], &[1, 9, 7]), rows(1, 4, 4));
        assert_eq!(Rows::of(&[1], &[8]), rows(1, 1, 1));
    }

    #[test]
    fn slices_of_columns_are_rows_with_a_stride() {
        assert_eq!(Rows::of(&[6, 3], &[8, 1]), rows(6, 3, 8));
        assert_eq!(Rows::of(&[2, 5, 3], &[40, 8, 1]), rows(10, 3, 8));
        assert_eq!(Rows::of(&[6], &[8]), rows(6, 1, 8));
    }

    #[test]
    fn other_layouts_have_no_rows() {
        assert_eq!(Rows::of(&[3, 2], &[1, 3]), None, "transposed");
        assert_eq!(Rows::of(&[3, 2], &[0, 1]), None, "expanded");
        assert_eq!(Rows::of(&[3, 2], &[1, 0]), None, "expanded");
        assert_eq!(Rows::of(&[2, 5, 3], &[48, 8, 1]), None, "sliced twice");
    }

    #[test]
    fn spans_end_with_the_last_element() {
        assert_eq!(Rows::of(&[6, 3], &[8, 1]).map(Rows::span), Some(43));
        assert_eq!(Rows::of(&[0, 3], &[3, 1]).map(Rows::span), Some(0));
    }
}
