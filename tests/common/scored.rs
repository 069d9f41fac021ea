//! Samples with scores, and selections of them in any order.

use weighbridge::Batch;

/// Scores, labels and weights.
#[derive(Clone, Default)]
pub struct Data {
    pub scores: Vec<f32>,
    pub labels: Vec<u8>,
    pub weights: Vec<f32>,
}

impl Data {
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    pub fn batch(&self) -> Batch<'_> {
        Batch::new(&self.scores, &self.labels).weights(&self.weights)
    }

    pub fn of(&self, rows: &[usize]) -> Self {
        Self {
            scores: rows.iter().map(|&row| self.scores[row]).collect(),
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
            weights: rows.iter().map(|&row| self.weights[row]).collect(),
        }
    }
}
