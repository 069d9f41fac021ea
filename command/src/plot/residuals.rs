//! Residuals against truth as a density map of samples or of weight.

use super::canvas::frame::{Area, Axis, BELOW, Frame, LEFT};
use super::canvas::legend::guide;
use super::canvas::picture::Picture;
use super::canvas::shade::{self, BAR, shade};
use super::canvas::style::{LABEL, MARGIN, Side};
use super::canvas::text;
use super::grid::Grid;
use kuva::render::render::TextAnchor;

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 400.0;
/// Top of a frame: of one side, and of two below their names.
const TOP: [f64; 2] = [50.0, 72.0];

/// Shade of the emptiest cell, visible on white.
const LIGHTEST: f64 = 0.25;
/// Ratio of the fullest cell to the emptiest one with its own shade.
const SPAN: f64 = 1e4;
/// Least ratio of the ends of the colour bar for a tick between them.
const MIDDLE: f64 = 16.0;
/// Least extent of a cell, in pixels. Cells are smaller only if all truths, or all residuals, are
/// nearly equal.
const MIN_EXTENT: f64 = 3.0;
/// Least extent of a cell if all truths, or all residuals, are equal.
const MIN_EXTENT_OF_ONE: f64 = 8.0;

/// Draws a frame for each side.
pub fn draw(title: &str, grid: &Grid) -> Option<Picture> {
    let (sides, [truths, residuals]) = (grid.sides(), grid.ends()?);
    let panel = LEFT + WIDTH + BAR + MARGIN;
    let width = panel * sides.len() as f64;
    let top = if sides.len() > 1 { TOP[1] } else { TOP[0] };
    let mut picture = Picture::new(title, width, top + HEIGHT + BELOW + MARGIN);
    for (index, side) in sides.iter().rev().enumerate() {
        let left = panel * index as f64 + LEFT;
        let area = Area { left, top, width: WIDTH, height: HEIGHT };
        if sides.len() > 1 {
            let at = (left + WIDTH / 2.0, top - 10.0);
            picture.text(at, side.name(), LABEL, TextAnchor::Middle);
        }
        let x = Axis::around("truth", truths);
        let y = Axis::around("residual (prediction − truth)", residuals);
        let (low, high) = (y.range[0], y.range[1]);
        let ends = x.range;
        let frame = Frame::draw(&mut picture, area, x, y);
        density(&mut picture, &frame, *side, grid);
        if (low..high).contains(&0.0) {
            let line = ends.map(|x| frame.at([x, 0.0])).to_vec();
            picture.group("guide", |picture| picture.line(line, guide()));
        }
    }
    Some(picture)
}

/// Draws the cells, shaded by the logarithm of their content.
fn density(picture: &mut Picture, frame: &Frame, side: Side, grid: &Grid) {
    let weighted = side == Side::Weighted;
    let amount = |count: u64, weight: f64| if weighted { weight } else { count as f64 };
    let mut spots: Vec<_> =
        grid.spots().into_iter().map(|spot| (amount(spot.count, spot.weight), spot)).collect();
    spots.retain(|(amount, _)| *amount > 0.0);
    let most = spots.iter().map(|(amount, _)| *amount).fold(0.0, f64::max);
    let least = spots.iter().map(|(amount, _)| *amount).fold(most, f64::min).max(most / SPAN);
    let share = |amount: f64| {
        if most > least { (amount / least).ln().max(0.0) / (most / least).ln() } else { 1.0 }
    };
    let min_extent = grid
        .ends()
        .unwrap_or_default()
        .map(|[low, high]| if low < high { MIN_EXTENT } else { MIN_EXTENT_OF_ONE });
    picture.mosaic(side.class(), |picture| {
        for (amount, spot) in &spots {
            let (left, bottom) = frame.at([spot.truth[0], spot.residual[0]]);
            let (right, top) = frame.at([spot.truth[1], spot.residual[1]]);
            let (left, right) = widened(left, right, min_extent[0]);
            let (top, bottom) = widened(top, bottom, min_extent[1]);
            let fill = shade(LIGHTEST + (1.0 - LIGHTEST) * share(*amount));
            picture.rectangle((left, top), (right, bottom), fill);
        }
    });
    let mut ticks = vec![(1.0, text::short(most))];
    if most > least {
        // Everything below has the same shade.
        let lightest = if spots.iter().any(|(amount, _)| *amount < least) { "≤ " } else { "" };
        ticks.push((0.0, format!("{lightest}{}", text::short(least))));
    }
    if most >= MIDDLE * least {
        let middle = (least * most).sqrt();
        ticks.push((0.5, text::short(if weighted { middle } else { middle.round() })));
    }
    let label = if weighted { "weight per cell" } else { "samples per cell" };
    let at = (frame.area.right() + MARGIN / 2.0, frame.area.top);
    shade::bar(picture, at, frame.area.height, LIGHTEST, &ticks, label);
}

/// Widens an extent around its middle until it is visible.
fn widened(from: f64, to: f64, min: f64) -> (f64, f64) {
    let middle = (from + to) / 2.0;
    let half = ((to - from) / 2.0).max(min / 2.0);
    (middle - half, middle + half)
}
