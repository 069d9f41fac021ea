//! Histograms, drawn as outlines so that two of them fit in one frame.

use super::canvas::frame::{Area, Axis, BELOW, Frame, LEFT};
use super::canvas::legend::{self, Entry, guide};
use super::canvas::picture::{Picture, Stroke};
use super::canvas::style::{MARGIN, Side};
use super::grid::Grid;

const WIDTH: f64 = 560.0;
const TOP: f64 = 50.0;
const HEIGHT: f64 = 340.0;
const LABEL: &str = "residual (prediction − truth)";

/// Most bars of the histogram: of few residuals, and of many.
const BARS: [f64; 2] = [12.0, 128.0];

/// Draws the outline of bars `(from, to, height)`. Gaps between bars have height 0.
pub fn outline(picture: &mut Picture, frame: &Frame, side: Side, bars: &[(f64, f64, f64)]) {
    let mut points = Vec::new();
    let mut end = None;
    for &(from, to, height) in bars {
        if end != Some(from) {
            points.extend(end.map(|end| [end, 0.0]));
            points.push([from, 0.0]);
        }
        points.extend([[from, height], [to, height]]);
        end = Some(to);
    }
    points.extend(end.map(|end| [end, 0.0]));
    let points = points.into_iter().map(|point| frame.at(point)).collect();
    picture.group(side.class(), |picture| picture.line(points, Stroke::of(side)));
}

/// Draws the distribution of the residuals.
pub fn draw(title: &str, grid: &Grid) -> Option<Picture> {
    let sides = grid.sides();
    if sides.is_empty() {
        return None;
    }
    // About the number of bars of the Rice rule: the width can only be doubled.
    let rice = 2.0 * (grid.samples() as f64).cbrt() * std::f64::consts::SQRT_2;
    let mut bars = grid.residuals(rice.clamp(BARS[0], BARS[1]) as usize);
    let [_, ends] = grid.ends()?;
    let mut x = Axis::around(LABEL, [bars.first()?.from, bars.last()?.to]);
    if let ([low, high], [bar]) = (ends, &mut bars[..])
        && low == high
    {
        // The bar of a single number is too narrow to be visible.
        x = Axis::around(LABEL, ends);
        let half = (x.range[1] - x.range[0]) / 40.0;
        (bar.from, bar.to) = (low - half, high + half);
    }
    let share = |side: Side| -> Vec<(f64, f64, f64)> {
        let sum: f64 = bars.iter().map(|bar| bar.amount(side)).sum();
        bars.iter().map(|bar| (bar.from, bar.to, bar.amount(side) / sum)).collect()
    };
    let sides: Vec<_> = sides.into_iter().map(|side| (side, share(side))).collect();
    let most = sides.iter().flat_map(|(_, bars)| bars).map(|bar| bar.2).fold(0.0, f64::max);
    let mut entries: Vec<_> = sides
        .iter()
        .map(|(side, _)| Entry::Side { side: *side, text: String::new(), marked: false })
        .collect();
    entries.push(Entry::Guide("zero error"));
    let area = Area { left: LEFT, top: TOP, width: WIDTH, height: HEIGHT };
    let height = area.bottom() + BELOW + legend::height(entries.len()) + 1.5 * MARGIN;
    let mut picture = Picture::new(title, area.right() + 2.0 * MARGIN, height);
    let y = Axis { label: "share".to_owned(), range: [0.0, 1.08 * most], step: None };
    let (low, high) = (x.range[0], x.range[1]);
    let frame = Frame::draw(&mut picture, area, x, y);
    if (low..high).contains(&0.0) {
        let line = [[0.0, 0.0], [0.0, 1.08 * most]].map(|end| frame.at(end)).to_vec();
        picture.group("guide", |picture| picture.line(line, guide()));
    }
    for (side, bars) in &sides {
        outline(&mut picture, &frame, *side, bars);
    }
    legend::draw(&mut picture, area, &entries);
    Some(picture)
}
