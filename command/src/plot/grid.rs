//! A grid of counts and weights by truth and residual, in memory that does not grow with the file.
//!
//! On each axis, a cell is 2^k wide and begins at a multiple of its width, where k is the smallest
//! integer for which the data spans at most [`CELLS`] cells. If later data has a wider range, cells
//! are merged in pairs, which only loses resolution: counts are integers and weights exact sums. So
//! the grid is identical, to the last bit, for any order of rows and any batches. A random sample
//! of points would miss outliers, and a grid with fixed ends would need a second pass over the
//! file.

use super::canvas::style::Side;
use crate::samples::Pair;
use weighbridge::ExactSum;

/// Most cells of an axis. At least half of them are used unless the data is a single number.
const CELLS: i64 = 128;
/// Most doublings between the width of a cell and the largest number, so that cell numbers fit
/// `i64`.
const DEPTH: i32 = 40;
/// k if all numbers are zero: smaller than any other.
const LEAST: i32 = -1000;

/// The coordinates of a sample: truth, and prediction − truth.
fn coordinates(pair: &Pair) -> [f64; 2] {
    [pair.truth, pair.prediction - pair.truth]
}

/// An axis of cells.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    /// The smallest and the largest number.
    ends: [f64; 2],
    /// The width of a cell is 2^k.
    k: i32,
    /// Number of the first cell, counted from the cell that begins at 0.
    first: i64,
}

impl Scale {
    fn of(ends: [f64; 2]) -> Self {
        let largest = ends[0].abs().max(ends[1].abs());
        let mut k = if largest > 0.0 { largest.log2().floor() as i32 - DEPTH } else { LEAST };
        k = k.max(LEAST);
        let cell = |x: f64, k: i32| (x / 2_f64.powi(k)).floor() as i64;
        while cell(ends[1], k) - cell(ends[0], k) >= CELLS {
            k += 1;
        }
        Self { ends, k, first: cell(ends[0], k) }
    }

    /// The lower end of a cell.
    fn begin(&self, cell: usize) -> f64 {
        (self.first + cell as i64) as f64 * 2_f64.powi(self.k)
    }

    fn cell(&self, x: f64) -> usize {
        let cell = (x / 2_f64.powi(self.k)).floor() as i64 - self.first;
        cell.clamp(0, CELLS - 1) as usize
    }

    /// The cell that contains a cell of a finer scale.
    fn containing(&self, finer: &Self, cell: usize) -> usize {
        let shift = (self.k - finer.k).clamp(0, 63);
        ((finer.first + cell as i64) >> shift).saturating_sub(self.first).clamp(0, CELLS - 1)
            as usize
    }
}

#[derive(Clone, Copy, Default)]
struct Cell {
    count: u64,
    weight: ExactSum,
}

impl Cell {
    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.weight.merge(&other.weight);
    }
}

/// The samples between two residuals.
pub struct Bar {
    pub from: f64,
    pub to: f64,
    count: u64,
    weight: f64,
}

impl Bar {
    pub fn amount(&self, side: Side) -> f64 {
        if side == Side::Weighted { self.weight } else { self.count as f64 }
    }
}

/// The samples in a cell that is not empty.
pub struct Spot {
    pub truth: [f64; 2],
    pub residual: [f64; 2],
    pub count: u64,
    pub weight: f64,
}

#[derive(Default)]
pub struct Grid {
    scales: Option<[Scale; 2]>,
    /// Row-major, with a row for each cell of residuals; empty before the first sample.
    cells: Vec<Cell>,
    /// Whether a weight was not 1.
    weighted: bool,
    /// Samples that are left out because of NaN or infinity.
    pub omitted: u64,
}

impl Grid {
    /// Adds samples.
    pub fn add(&mut self, samples: &[Pair]) {
        let is_finite = |sample: &&Pair| coordinates(sample).iter().all(|x| x.is_finite());
        let finite = || samples.iter().filter(is_finite);
        self.omitted += (samples.len() - finite().count()) as u64;
        let known = self.scales.map(|scales| scales.map(|scale| scale.ends));
        let mut ends = known.unwrap_or([[f64::INFINITY, f64::NEG_INFINITY]; 2]);
        for ends_at in finite().map(coordinates) {
            for ([low, high], x) in ends.iter_mut().zip(ends_at) {
                (*low, *high) = (low.min(x), high.max(x));
            }
        }
        if ends.iter().any(|[low, high]| low > high) {
            return;
        }
        let scales = ends.map(Scale::of);
        self.rescale(scales);
        for sample in finite() {
            let [x, y] = coordinates(sample);
            let index = scales[1].cell(y) * CELLS as usize + scales[0].cell(x);
            let cell = &mut self.cells[index];
            cell.count += 1;
            // The evaluator has refused invalid weights.
            let _ = cell.weight.add(sample.weight);
            self.weighted |= sample.weight != 1.0;
        }
    }

    /// Merges cells to make room for a wider range.
    fn rescale(&mut self, scales: [Scale; 2]) {
        let cells = CELLS as usize;
        match self.scales.replace(scales) {
            Some(old) if old.map(|s| (s.k, s.first)) == scales.map(|s| (s.k, s.first)) => {}
            Some(old) => {
                let finer =
                    std::mem::replace(&mut self.cells, vec![Cell::default(); cells * cells]);
                for (index, cell) in finer.iter().enumerate().filter(|(_, cell)| cell.count > 0) {
                    let x = scales[0].containing(&old[0], index % cells);
                    let y = scales[1].containing(&old[1], index / cells);
                    self.cells[y * cells + x].merge(cell);
                }
            }
            None => self.cells = vec![Cell::default(); cells * cells],
        }
    }

    /// Number of samples in the grid.
    pub fn samples(&self) -> u64 {
        self.cells.iter().map(|cell| cell.count).sum()
    }

    /// The sides to draw: both if they differ, without a side that has no weight.
    pub fn sides(&self) -> Vec<Side> {
        let has_weight = self.cells.iter().any(|cell| !cell.weight.is_zero());
        match (self.samples(), self.weighted) {
            (0, _) => Vec::new(),
            (_, false) => vec![Side::Both],
            (_, true) if has_weight => vec![Side::Weighted, Side::Unweighted],
            (_, true) => vec![Side::Unweighted],
        }
    }

    /// The smallest and the largest truth and residual; `None` before the first sample.
    pub fn ends(&self) -> Option<[[f64; 2]; 2]> {
        self.scales.map(|scales| scales.map(|scale| scale.ends))
    }

    /// The cells that are not empty.
    pub fn spots(&self) -> Vec<Spot> {
        let Some([truth, residual]) = self.scales else { return Vec::new() };
        let cells = CELLS as usize;
        let between = |scale: &Scale, cell: usize| [scale.begin(cell), scale.begin(cell + 1)];
        let spots = self.cells.iter().enumerate().filter(|(_, cell)| cell.count > 0);
        let spot = |(index, cell): (usize, &Cell)| Spot {
            truth: between(&truth, index % cells),
            residual: between(&residual, index / cells),
            count: cell.count,
            weight: cell.weight.to_f64(),
        };
        spots.map(spot).collect()
    }

    /// Bars of equal width over all residuals, at most `max`.
    pub fn residuals(&self, max: usize) -> Vec<Bar> {
        let Some([_, scale]) = self.scales else { return Vec::new() };
        let last = |shift: u32| (scale.first + scale.cell(scale.ends[1]) as i64) >> shift;
        let mut shift = 0;
        while last(shift) - (scale.first >> shift) >= max.max(2) as i64 {
            shift += 1;
        }
        let first = scale.first >> shift;
        let mut bars = vec![Cell::default(); (last(shift) - first + 1).max(1) as usize];
        for (row, cells) in self.cells.chunks(CELLS as usize).enumerate() {
            let index = ((scale.first + row as i64) >> shift) - first;
            let Some(bar) = bars.get_mut(index as usize) else { continue };
            cells.iter().for_each(|cell| bar.merge(cell));
        }
        let begin = |bar: usize| (first + bar as i64) as f64 * 2_f64.powi(scale.k + shift as i32);
        let bar = |(index, cell): (usize, &Cell)| Bar {
            from: begin(index),
            to: begin(index + 1),
            count: cell.count,
            weight: cell.weight.to_f64(),
        };
        bars.iter().enumerate().map(bar).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{CELLS, Grid, Scale};
    use crate::plot::canvas::style::Side;
    use crate::samples::Pair;

    /// All that is drawn of a grid.
    fn drawn(grid: &Grid) -> Vec<([f64; 2], [f64; 2], u64, f64)> {
        let spot = |spot: super::Spot| (spot.truth, spot.residual, spot.count, spot.weight);
        grid.spots().into_iter().map(spot).collect()
    }

    /// Pairs whose range keeps growing, in both directions.
    fn pairs() -> Vec<Pair> {
        let pair = |i: u32| {
            let truth = (f64::from(i) * 0.7).sin() * 1.02_f64.powi(i as i32) * 1e-3;
            let residual = (f64::from(i) * 1.3).cos() * 1.03_f64.powi(i as i32) * 1e-6;
            Pair { truth, prediction: truth + residual, weight: 0.1 * (i % 7) as f32 }
        };
        (0..900).map(pair).collect()
    }

    #[test]
    fn a_grid_does_not_depend_on_order_or_batches() {
        let mut whole = Grid::default();
        whole.add(&pairs());
        for len in [1, 7, 450] {
            let (mut forwards, mut backwards) = (Grid::default(), Grid::default());
            pairs().chunks(len).for_each(|batch| forwards.add(batch));
            pairs().chunks(len).rev().for_each(|batch| backwards.add(batch));
            assert_eq!(drawn(&forwards), drawn(&whole), "{len}");
            assert_eq!(drawn(&backwards), drawn(&whole), "{len}");
        }
    }

    #[test]
    fn every_sample_is_in_its_cell() {
        let mut grid = Grid::default();
        pairs().chunks(13).for_each(|batch| grid.add(batch));
        let mut count = 0;
        for (truth, residual, len, weight) in drawn(&grid) {
            let inside = |pair: &&Pair| {
                let [x, y] = super::coordinates(pair);
                (truth[0]..truth[1]).contains(&x) && (residual[0]..residual[1]).contains(&y)
            };
            let samples = pairs();
            let in_cell: Vec<_> = samples.iter().filter(inside).collect();
            assert_eq!(in_cell.len() as u64, len);
            let sum: f64 = in_cell.iter().map(|pair| f64::from(pair.weight)).sum();
            assert!((sum - weight).abs() <= 1e-12 * sum);
            count += len;
        }
        assert_eq!(count, 900);
        let bars = grid.residuals(20);
        assert!((10..=20).contains(&bars.len()), "{}", bars.len());
        assert_eq!(bars.iter().map(|bar| bar.amount(Side::Unweighted)).sum::<f64>(), 900.0);
    }

    #[test]
    fn all_finite_numbers_have_cells() {
        let numbers =
            [0.0, 1.0, -1.0, f64::MAX / 2.0, f64::MIN / 2.0, 1e-280, 1e-45, 1e8 + 64.0, 1e8];
        for low in numbers {
            for high in numbers.into_iter().filter(|high| *high >= low) {
                let scale = Scale::of([low, high]);
                let [first, last] = [low, high].map(|x| scale.cell(x));
                assert!(first == 0 && (last as i64) < CELLS, "{low} {high}");
                assert!(low == high || last as i64 >= CELLS / 2, "{low} {high} {last}");
                assert!(scale.begin(last) <= high && high < scale.begin(last + 1), "{low} {high}");
            }
        }
        let mut grid = Grid::default();
        let pair = |truth| Pair { truth, prediction: 1.0, weight: 1.0 };
        grid.add(&[pair(f64::NAN), pair(f64::INFINITY)]);
        assert_eq!((grid.omitted, grid.samples(), grid.sides()), (2, 0, Vec::new()));
        grid.add(&numbers.map(pair));
        assert_eq!((grid.omitted, grid.samples()), (2, 9));
    }
}
