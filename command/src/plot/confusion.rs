//! The confusion matrix as a heat map: each cell contains its sum of weights, and is shaded by its
//! share of the row, so that rare classes are as visible as frequent ones.

use super::canvas::picture::{Picture, Stroke};
use super::canvas::shade::{self, BAR, ink, shade};
use super::canvas::style::{GUIDE, INK, LABEL, MARGIN, Side, TICK};
use super::canvas::text;
use super::values::{SideValues, entry};
use kuva::render::render::TextAnchor;
use weighbridge::metric::{Axes, Value};
use weighbridge::{Report, Undefined};

/// Most rows that are drawn: more would be too small to see.
pub const MAX_ROWS: usize = 256;
/// Most rows for numbers in the cells.
const MAX_NUMBERED: usize = 64;
/// Most rows for zeros in the empty cells.
const MAX_ZEROS: usize = 10;
/// Most rows for numbers of three digits.
const MAX_PRECISE: usize = 16;
/// Largest and smallest side of a cell with a number in it.
const CELL: [f64; 2] = [92.0, 34.0];
/// Side of the matrix, unless its cells would become too small or too large.
const SIZE: f64 = 640.0;
/// Top of the matrix: of one side, and of two below their names.
const TOP: [f64; 2] = [54.0, 78.0];
/// Least distance of names at an axis.
const NAME: f64 = 17.0;

type Row = Result<Vec<f64>, Undefined>;

/// The matrices of a plot.
pub struct Matrices {
    pub sides: Vec<(Side, Vec<Row>)>,
    /// Names of rows and columns.
    names: [Vec<String>; 2],
    titles: [&'static str; 2],
}

/// The matrices in a report.
pub fn matrices(report: &Report, spec: &str) -> SideValues<Vec<Row>> {
    SideValues::read(report, spec, |_, value| match value {
        Value::Matrix(rows) => Some(rows.clone()),
        _ => None,
    })
}

impl Matrices {
    pub fn new(report: &Report, spec: &str, sides: Vec<(Side, Vec<Row>)>) -> Self {
        let rows = sides.first().map_or(0, |(_, rows)| rows.len());
        let named = report.class_names.as_deref().filter(|names| names.len() == rows);
        let row_names: Vec<_> = match named {
            Some(names) => names.iter().map(|name| text::name(name)).collect(),
            None => (0..rows).map(|row| row.to_string()).collect(),
        };
        let axes = entry(report, spec).map(|entry| entry.axes);
        let (titles, column_names) = match axes {
            Some(Axes::Labels(titles)) => {
                (["label", "outcome"], titles.iter().map(|title| (*title).to_owned()).collect())
            }
            _ => (["truth", "prediction"], row_names.clone()),
        };
        Self { sides, names: [row_names, column_names], titles }
    }

    /// Draws a heat map for each side.
    pub fn draw(&self, title: &str) -> Option<Picture> {
        let [rows, columns] = self.names.each_ref().map(Vec::len);
        if self.sides.is_empty() || rows == 0 {
            return None;
        }
        let many = rows.max(columns);
        let cell = match many {
            ..=MAX_NUMBERED => (SIZE / many as f64).clamp(CELL[1], CELL[0]),
            _ => (2.0 * SIZE / many as f64).max(4.0),
        };
        let [wide, tall] = self.names.each_ref().map(|names| text::widest(names, TICK));
        let is_upright = tall <= cell - 4.0;
        let below = if is_upright { 20.0 } else { 0.71 * tall + 16.0 };
        let left = MARGIN + 24.0 + wide.max(if is_upright { 0.0 } else { 0.71 * tall }) + 8.0;
        let panel = left + cell * columns as f64 + MARGIN;
        let width = panel * self.sides.len() as f64 + BAR;
        let top = if self.sides.len() > 1 { TOP[1] } else { TOP[0] };
        let bottom = top + cell * rows as f64;
        let mut picture = Picture::new(title, width.max(340.0), bottom + below + 24.0 + MARGIN);
        for (index, (side, matrix)) in self.sides.iter().rev().enumerate() {
            let corner = (panel * index as f64 + left, top);
            let middle = corner.0 + cell * columns as f64 / 2.0;
            if self.sides.len() > 1 {
                picture.text((middle, top - 12.0), side.name(), LABEL, TextAnchor::Middle);
            }
            picture.mosaic(side.class(), |picture| heat(picture, corner, cell, many, matrix));
            self.label(&mut picture, corner, cell, is_upright);
            let at = (middle, bottom + below + 18.0);
            picture.text(at, self.titles[1], LABEL, TextAnchor::Middle);
            let at = (corner.0 - left + MARGIN + 12.0, (top + bottom) / 2.0);
            picture.write(at, self.titles[0], LABEL, TextAnchor::Middle, Some(-90.0), INK);
        }
        let ticks: Vec<_> =
            [0.0, 0.5, 1.0].map(|share| (share, format!("{:.0} %", 100.0 * share))).into();
        let at = (panel * self.sides.len() as f64, top);
        shade::bar(&mut picture, at, cell * rows as f64, 0.0, &ticks, "share of row");
        Some(picture)
    }

    /// Writes the names of rows and columns, or every nth name if there are too many.
    fn label(&self, picture: &mut Picture, (left, top): (f64, f64), cell: f64, is_upright: bool) {
        let every = (NAME / cell).ceil() as usize;
        let bottom = top + cell * self.names[0].len() as f64;
        let middle = |index: usize| cell * (index as f64 + 0.5);
        let drop = f64::from(TICK) * 0.36;
        picture.group("names", |picture| {
            for (index, name) in self.names[0].iter().enumerate().step_by(every) {
                let at = (left - 8.0, top + middle(index) + drop);
                picture.text(at, name, TICK, TextAnchor::End);
            }
            for (index, name) in self.names[1].iter().enumerate().step_by(every) {
                if is_upright {
                    let at = (left + middle(index), bottom + 18.0);
                    picture.text(at, name, TICK, TextAnchor::Middle);
                } else {
                    let at = (left + middle(index) + drop, bottom + 14.0);
                    picture.write(at, name, TICK, TextAnchor::End, Some(-45.0), INK);
                }
            }
        });
    }
}

/// Draws the cells of a matrix, with numbers in them if there is room.
fn heat(picture: &mut Picture, (left, top): (f64, f64), cell: f64, many: usize, matrix: &[Row]) {
    let columns = matrix.iter().flatten().map(Vec::len).max().unwrap_or_default();
    let number = if many <= MAX_PRECISE { text::short } else { text::shortest };
    let longest = matrix.iter().flatten().flatten().map(|x| number(*x).len()).max();
    let room = (cell - 4.0) / (text::DIGIT * longest.unwrap_or(1).max(1) as f64);
    let size = if many <= MAX_NUMBERED { room.min(16.0) as u32 } else { 0 };
    for (row, numbers) in matrix.iter().enumerate() {
        let Ok(numbers) = numbers else { continue }; // a warning says why
        let sum: f64 = numbers.iter().sum();
        for (column, &x) in numbers.iter().enumerate() {
            let at = (left + cell * column as f64, top + cell * row as f64);
            let share = if sum > 0.0 { x / sum } else { 0.0 };
            if x > 0.0 {
                picture.rectangle(at, (at.0 + cell, at.1 + cell), shade(share));
            }
            if size > 0 && (x > 0.0 || many <= MAX_ZEROS) {
                let colour = if x > 0.0 { ink(share) } else { GUIDE };
                let at = (at.0 + cell / 2.0, at.1 + cell / 2.0 + f64::from(size) * 0.36);
                picture.write(at, &number(x), size, TextAnchor::Middle, None, colour);
            }
        }
    }
    let (right, bottom) = (left + cell * columns as f64, top + cell * matrix.len() as f64);
    let edge = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    picture.line(edge, Stroke { colour: INK, width: 1.0, dash: None });
}
