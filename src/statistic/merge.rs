//! How the content of totals is merged.

/// Data that is merged by addition or maximum.
pub(crate) trait Merge {
    /// Whether both have the same number of entries. Data of other shapes cannot be merged.
    fn has_shape_of(&self, _other: &Self) -> bool {
        true
    }

    /// Adds the data of other samples of the same statistic, which has the same shape.
    fn merge(&mut self, other: &Self);

    /// Whether samples can have produced it, where no samples produce `empty`: a state may come
    /// from a file.
    fn is_valid_for(&self, empty: &Self) -> bool {
        self.has_shape_of(empty)
    }
}

/// Adds two counts. Real counts do not overflow, but a state may come from a file.
pub(super) fn add(count: &mut u64, other: u64) {
    *count = count.saturating_add(other);
}
